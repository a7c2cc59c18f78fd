"""A person's rights over what is recorded of them: a copy, and that it is erased. Nothing here crosses tenants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping

from lurewatch.casework.archive import MOST_ROWS, Page
from lurewatch.casework.erasure import forget
from lurewatch.casework.screening.nouns import LONGEST_ID, folded
from lurewatch.casework.store import Store, erasing, exporting
from lurewatch.errors import InputError

_BATCH = 50
_CURSOR = re.compile(r"([0-9])\.([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased or rewritten; all zero where nothing was left of the subject."""

    conversations: int = 0
    messages: int = 0
    verdicts: int = 0
    events: int = 0
    flags: int = 0
    alerts: int = 0
    pairs: int = 0


class Subjects:
    """Erases and exports people in a store. All doors raise StoreError when it is away."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def erase(self, tenant: str, subject: str) -> Erased:
        """Erase what a tenant has of a person: their id as sender or ``user_id``, as it was sent, or as one of a pair.

        Their texts, ids and evidence go, also out of verdicts, states and events that are not told yet; scores, types
        and dates stay. In conversations that only name them as ``user_id``, all messages are taken for theirs but
        those of the roles protected and agent. One conversation is one transaction: cut short, it is done by asking
        again.

        Raises:
            InputError: the id is empty or too long.
        """
        names = _names(subject)
        total: dict[str, int] = {}
        after = 0
        while True:
            async with self._store.reading() as connection:
                found = await erasing.conversations_of(connection, tenant, names, after, _BATCH)
            for seq in found:
                _add(total, await self._conversation(tenant, seq, names))
            if len(found) < _BATCH:
                break
            after = found[-1]
        async with self._store.writing() as connection:
            _add(total, await erasing.erase_names(connection, tenant, names))
        return Erased(**total)

    async def _conversation(self, tenant: str, seq: int, names: tuple[str, ...]) -> dict[str, int]:
        async with self._store.writing() as connection:
            held = await erasing.hold(connection, seq)
            if held is None:
                return {}
            said = await erasing.messages_of(connection, seq)
            places = _places(said, held, names)
            theirs = [row for row in said if row["position"] in places]
            counts = await forget(connection, held, theirs, names)
            ids = await erasing.erase_messages(connection, theirs)
            await erasing.erase_of_verdicts(connection, tenant, ids)
        return {"conversations": 1, "messages": len(theirs), **counts}

    async def export(
        self, tenant: str, subject: str, *, cursor: str | None = None, limit: int = 50
    ) -> Page[dict[str, Any]]:
        """A page of what a tenant has of a person: messages, verdicts on them, flags, alerts and pairs, each with its
        ``kind`` and its columns.

        Raises:
            InputError: the id is empty or too long, the cursor none of ours, or the limit not in [1, MOST_ROWS].
        """
        names = _names(subject)
        if not 1 <= limit <= MOST_ROWS:
            raise InputError(f"the limit is from 1 to {MOST_ROWS}", pointer="/limit")
        kind, after = _place(cursor)
        items: list[dict[str, Any]] = []
        async with self._store.reading() as connection:
            for number in range(kind, len(exporting.KINDS)):
                name = exporting.KINDS[number]
                room = limit - len(items)
                rows = await exporting.rows(connection, name, tenant, names, after, room + 1)
                items += [{"kind": name, **_shown(row)} for row in rows[:room]]
                if len(rows) > room:
                    return Page(tuple(items), f"{number}.{rows[room - 1]['place'] if room else after}")
                after = 0
        return Page(tuple(items), None)


def _names(subject: str) -> tuple[str, ...]:
    """The id as it was sent, and as pairs are compared."""
    if not subject.strip() or len(subject) > LONGEST_ID:
        raise InputError(f"the id of a person has 1 to {LONGEST_ID} characters", pointer="/subject")
    return tuple(sorted({subject, folded(subject)}))


def _places(said: Any, held: RowMapping, names: tuple[str, ...]) -> set[int]:
    theirs = {row["position"] for row in said if row["sender"] in names}
    if held["user_id"] in names and not theirs:
        return {row["position"] for row in said if row["role"] not in exporting.ROLES_OF_OTHERS}
    return theirs


def _add(total: dict[str, int], counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        total[name] = total.get(name, 0) + count


def _shown(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items() if name != "place"}


def _place(cursor: str | None) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    match = _CURSOR.fullmatch(cursor)
    if match is None or int(match[1]) >= len(exporting.KINDS):
        raise InputError("the cursor is none of ours. Take it from the page before, or leave it out", pointer="/cursor")
    return int(match[1]), int(match[2])
