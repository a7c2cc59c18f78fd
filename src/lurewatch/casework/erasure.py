"""Messages of one conversation are forgotten: in it, in its verdicts and in what is told of it.

However long the conversation is, each transaction is short: what was recorded is rewritten page by page, and only the
end of it, with the conversation itself and the messages, while the conversation is locked. The messages come last, so
that whoever is interrupted finds them again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.forgetting import Forgotten, Values
from lurewatch.casework.store import Store, erasing
from lurewatch.casework.store.schema import outbox, verdicts

Choose = Callable[[RowMapping, Sequence[RowMapping]], list[RowMapping]]
"""Which messages of a conversation are to be forgotten; the rows are without texts."""
_KINDS = ("verdicts", "events")
_COLUMNS = ("verdict", "decisions", "knowledge", "memory")


@dataclass(frozen=True, slots=True)
class Forgot:
    """What is forgotten of a locked conversation but its messages: these ``messages``, with so many ``counts``.

    ``verdicts`` are the ids of those on these messages; ``evidence`` the positions of those that were evidence.
    """

    held: RowMapping
    messages: list[RowMapping]
    counts: dict[str, int]
    verdicts: list[str]
    evidence: frozenset[int]


Finish = Callable[[AsyncConnection, Forgot], Awaitable[None]]
"""What is done of the messages themselves, in the last transaction."""


async def forget(store: Store, seq: int, choose: Choose, finish: Finish, names: Collection[str] = ()) -> Forgot | None:
    """Forget messages of a conversation, and ``names`` in what was recorded of it; None where it is gone.

    Raises StoreError; what was rewritten before stays so.
    """
    work = _Work(names)
    async with store.reading() as connection:
        held = await erasing.look(connection, seq)
        if held is None:
            return None
        said = choose(held, await erasing.messages_of(connection, seq))
    await work.collect(store, held, said)
    await work.rewrite(store, held)

    async def rest(connection: AsyncConnection) -> Forgot | None:
        held = await erasing.hold(connection, seq)
        if held is None:
            return None
        said = choose(held, await erasing.messages_of(connection, seq))
        await work.collect_new(connection, held, said)
        counts = await work.rewrite_rest(connection, held)
        changed: dict[str, object] = {"state": work.forgotten.without(held["state"])}
        if held["user_id"] in names:
            changed["user_id"] = ""
        await erasing.change_state(connection, seq, changed)
        await work.rewrite_dossiers(connection, seq)
        ids = await erasing.verdicts_on(connection, said)
        forgot = Forgot(held, said, counts, ids, frozenset(work.evidence))
        await finish(connection, forgot)
        return forgot

    return await store.changed(rest)


class _Rewritten(NamedTuple):
    """Up to which ``seq`` rows were rewritten, and how many of them were changed."""

    last: int = 0
    changed: int = 0


_NOTHING = _Rewritten()


@dataclass(slots=True)
class _Work:
    """How far it is. Of one conversation, rows with a higher ``seq`` were committed later: it is locked meanwhile."""

    names: Collection[str]
    forgotten: Forgotten = field(init=False)
    evidence: set[int] = field(default_factory=set)
    _read: set[int] = field(default_factory=set)
    _seen: int = 0
    _found: int = 0
    _rewritten: dict[str, _Rewritten] = field(default_factory=lambda: dict.fromkeys(_KINDS, _NOTHING))

    def __post_init__(self) -> None:
        self.forgotten = Forgotten(frozenset(), self.names, Values(self.names))

    async def collect(self, store: Store, held: RowMapping, said: Sequence[RowMapping]) -> None:
        """Learn what is to be looked for, page by page."""
        async with store.reading() as connection:
            await self.collect_new(connection, held, said)

    async def collect_new(self, connection: AsyncConnection, held: RowMapping, said: Sequence[RowMapping]) -> None:
        """Learn what is to be looked for from what was not read yet."""
        values = self.forgotten.values
        verdicts_on = await erasing.verdicts_on(connection, said)
        self.forgotten = Forgotten({row["position"] for row in said}, self.names, values, frozenset(verdicts_on))
        new = [row["seq"] for row in said if row["seq"] not in self._read]
        async for texts in erasing.texts_of(connection, new):
            values.add(texts)
        self._read.update(new)
        while page := await erasing.verdicts_of(connection, held["seq"], self._seen):
            for row in page:
                for position, told in self.forgotten.told_by(row["verdict"]).items():
                    values.add(told)
                    self.evidence.add(position)
            self._seen = page[-1]["seq"]
            self._found += len(page)

    async def rewrite(self, store: Store, held: RowMapping) -> None:
        """Rewrite what is there page by page, each in a transaction of its own; what is short can wait for the last."""
        if self._found <= erasing.PAGE:
            return
        for kind in _KINDS:
            read = erasing.PAGE
            while read == erasing.PAGE:
                read, self._rewritten[kind] = await store.changed(partial(self._held_page, held=held, kind=kind))

    async def _held_page(self, connection: AsyncConnection, held: RowMapping, kind: str) -> tuple[int, _Rewritten]:
        # Locked, as two who read the same page would each write over what the other left out.
        await erasing.hold(connection, held["seq"])
        return await self._page(connection, held, kind, self._rewritten[kind])

    async def rewrite_rest(self, connection: AsyncConnection, held: RowMapping) -> dict[str, int]:
        """Rewrite what came since; how many rows of each kind were changed in all."""
        rewritten = dict(self._rewritten)  # as this is undone where the transaction is
        for kind in _KINDS:
            read = 1
            while read:
                read, rewritten[kind] = await self._page(connection, held, kind, rewritten[kind])
        return {kind: done.changed for kind, done in rewritten.items()}

    async def rewrite_dossiers(self, connection: AsyncConnection, seq: int) -> None:
        """Rewrite what was put away of senders."""
        last = None
        while page := await erasing.dossiers_of(connection, seq, last):
            for row in page:
                left = self.forgotten.without_dossier(row["sender"], row["dossier"])
                if left != row["dossier"]:
                    await erasing.change_dossier(connection, seq, row["sender"], left)
            last = page[-1]["sender"]

    async def _page(
        self, connection: AsyncConnection, held: RowMapping, kind: str, done: _Rewritten
    ) -> tuple[int, _Rewritten]:
        """How many rows were read behind those that are done, and what is done with them."""
        table: Table = verdicts if kind == "verdicts" else outbox
        if kind == "verdicts":
            rows = await erasing.verdicts_of(connection, held["seq"], done.last)
        else:
            rows = await erasing.events_of(connection, held, done.last)
        changes = {row["seq"]: left for row in rows if (left := self._left(kind, row))}
        await erasing.change(connection, table, changes)
        last = rows[-1]["seq"] if rows else done.last
        return len(rows), _Rewritten(last, done.changed + len(changes))

    def _left(self, kind: str, row: RowMapping) -> dict[str, Any]:
        if kind == "verdicts":
            return {name: left for name in _COLUMNS if (left := self.forgotten.without(row[name])) != row[name]}
        without = self.forgotten.without_act if row["alert"] else self.forgotten.without
        left = without(row["payload"])
        return {"payload": left} if left != row["payload"] else {}
