"""A person's rights over what is recorded of them: a copy, and that it is erased. Nothing here crosses tenants."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.archive import MOST_ROWS
from lurewatch.casework.erasure import Forgot, forget
from lurewatch.casework.screening.nouns import LONGEST_ID, folded
from lurewatch.casework.store import Store, erasing, exporting, indicators, journal
from lurewatch.errors import InputError

_BATCH = 50
_CURSOR = re.compile(r"([0-9])\.([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased or rewritten; all zero where nothing was left of the subject.

    ``receipt`` is what the audit log calls it.
    """

    receipt: str
    conversations: int = 0
    messages: int = 0
    verdicts: int = 0
    events: int = 0
    flags: int = 0
    alerts: int = 0
    pairs: int = 0


@dataclass(frozen=True, slots=True)
class Copy:
    """A page of records; ``cursor`` asks for the next, None at the end. ``receipt``: what the audit log calls it."""

    items: tuple[dict[str, Any], ...]
    cursor: str | None
    receipt: str


class Subjects:
    """Erases and exports people in a store, and has both in the audit log, which never names the person.

    All doors raise StoreError when the store is away. ``key`` is the id of the caller's key.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    async def erase(
        self, tenant: str, subject: str, *, key: str = "", progress: Callable[[int], None] = lambda _: None
    ) -> Erased:
        """Erase what a tenant has of a person: their id as sender or ``user_id``, as it was sent, or as one of a pair.

        Their texts, ids and evidence go, also out of verdicts, states and events that are not told yet; scores, types
        and dates stay. In conversations that only name them as ``user_id``, all messages are taken for theirs but
        those of the roles protected and agent. What confirmed scams used is forgotten of conversations in which their
        messages were evidence. Done conversation by conversation, of which ``progress`` is told the number; cut short,
        it is finished by asking again.

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
                progress(total.get("conversations", 0))
            if len(found) < _BATCH:
                break
            after = found[-1]

        async def unnamed(connection: AsyncConnection) -> Erased:
            counts = dict(total)
            _add(counts, await erasing.erase_names(connection, tenant, names))
            receipt = await self._log(connection, "subject_erased", tenant, key, counts)
            return Erased(receipt, **counts)

        return await self._store.changed(unnamed)

    async def _conversation(self, tenant: str, seq: int, names: tuple[str, ...]) -> dict[str, int]:
        def theirs(held: RowMapping, said: Sequence[RowMapping]) -> list[RowMapping]:
            places = _places(said, held, names)
            return [row for row in said if row["position"] in places]

        async def finish(connection: AsyncConnection, forgot: Forgot) -> None:
            await erasing.erase_messages(connection, forgot.messages)
            await erasing.erase_of_verdicts(connection, tenant, forgot.verdicts)
            accused = {row["position"] for row in forgot.messages if row["role"] not in exporting.ROLES_OF_OTHERS}
            if accused & forgot.evidence:
                await indicators.forget(connection, seq)

        forgot = await forget(self._store, seq, theirs, finish, names)
        return {"conversations": 1, "messages": len(forgot.messages), **forgot.counts} if forgot else {}

    async def _log(
        self, connection: AsyncConnection, action: journal.Action, tenant: str, key: str, counts: Mapping[str, int]
    ) -> str:
        receipt = uuid.uuid4().hex
        act = journal.Act(action, tenant, receipt, self._clock(), key or journal.SYSTEM, dict(counts))
        await journal.add(connection, act)
        return receipt

    async def export(
        self, tenant: str, subject: str, *, cursor: str | None = None, limit: int = 50, key: str = ""
    ) -> Copy:
        """A page of what a tenant has of a person: messages, verdicts on them, flags, alerts and pairs, each with its
        ``kind`` and its columns.

        Raises:
            InputError: the id is empty or too long, the cursor none of ours, or the limit not in [1, MOST_ROWS].
        """
        names = _names(subject)
        if not 1 <= limit <= MOST_ROWS:
            raise InputError(f"the limit is from 1 to {MOST_ROWS}", pointer="/limit")
        kind, after = _place(cursor)
        async with self._store.writing() as connection:
            items, following = await _page(connection, tenant, names, (kind, after), limit)
            receipt = await self._log(connection, "subject_exported", tenant, key, {"records": len(items)})
        return Copy(tuple(items), following, receipt)


async def _page(
    connection: AsyncConnection, tenant: str, names: tuple[str, ...], place: tuple[int, int], limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    items: list[dict[str, Any]] = []
    kind, after = place
    for number in range(kind, len(exporting.KINDS)):
        name = exporting.KINDS[number]
        room = limit - len(items)
        rows = await exporting.rows(connection, name, tenant, names, after, room + 1)
        items += [{"kind": name, **_shown(row)} for row in rows[:room]]
        if len(rows) > room:
            return items, f"{number}.{rows[room - 1]['place'] if room else after}"
        after = 0
    return items, None


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
