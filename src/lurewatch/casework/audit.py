"""The audit log: what was decided and done, looked through, and verified against the seals on it.

Entries are written in the transaction of what they tell of and sealed soon after (``sealing``). Whoever changes,
removes or inserts an entry or a batch breaks the chain there. Who may write the database can also forge the rest of
the chain, or cut off its end: against that, keep a ``head`` elsewhere and have it looked for. Nothing vouches for what
is not sealed yet.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.sealing import DIGEST, FIRST_PREVIOUS, chained, digest
from lurewatch.casework.store import Store, journal
from lurewatch.errors import InputError, StoreError

_PAGE = 500
_BATCH_PAGE = 20
_BEFORE_ALL = -(2**62)
"""A batch with a number below one is a forgery, and is to be seen."""
_HEAD = re.compile(r"[1-9][0-9]{0,17}:[0-9a-f]{64}")

Change = Literal["changed", "removed", "inserted", "reordered"]
Told = Callable[[int, int], None]
"""Hears how many batches were looked at, and of how many."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where the log is not what was sealed; ``entry`` is its ``seq``, None where it is the batch itself."""

    batch: int
    entry: int | None
    change: Change


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of the log: the first ``broken`` place, None where it is whole.

    ``batches`` and ``entries`` are as many as are whole before it, ``unsealed`` all that no batch vouches for yet.
    ``head`` names the last whole batch as NUMBER:HASH, empty where there is none.
    """

    batches: int
    entries: int
    unsealed: int
    head: str
    broken: Break | None = None


async def newest_fits(connection: AsyncConnection) -> bool:
    """Whether the newest batch is itself, follows the one before, and seals the entries that are in it.

    It costs one batch however long the log is; ``Audit.verify`` looks at all of them.
    """
    newest = await journal.last_batch(connection)
    if newest is None:
        return True
    try:
        *before, batch = await journal.batches(connection, newest["number"] - 2, 2)
        entries = await journal.sealed(connection, (batch["number"], _BEFORE_ALL), batch["count"] + 1)
        previous = before[-1]["hash"] if before else FIRST_PREVIOUS
        seals = b"".join(DIGEST.pack(row["seq"], digest(row)) for row in entries)
        is_linked = batch["previous"] == previous and bool(before) == (batch["number"] > 1)
        return is_linked and bool(batch["hash"] == chained(batch) and batch["digests"] == seals)
    except (TypeError, ValueError):  # SQLite takes words for numbers and times, and gives them back
        return False


class Audit:
    """Verifies and shows the log of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def verify(self, expect: str = "", told: Told = lambda _done, _of: None) -> Report:
        """Walk the whole log, a page at a time; what is sealed meanwhile is left out.

        With the ``head`` of an earlier report to ``expect``, a log that does not hold that very batch is broken there.

        Raises:
            InputError: what is expected is no head.
            StoreError: the store cannot be used.
        """
        walk = _Walk(_head(expect), told)
        unsealed = 0
        async with aclosing(self._batches()) as batches, aclosing(self._entries()) as entries:
            try:
                async with self._store.reading() as connection:
                    end, unsealed = await journal.extent(connection)
                broken = await walk.through(batches, entries, end)
            except (TypeError, ValueError):  # SQLite takes words for numbers and times, and gives them back
                broken = walk.unreadable()
        return walk.report(unsealed, broken)

    async def latest(
        self, equal: Mapping[str, str] | None = None, *, before: int | None = None, limit: int = 50
    ) -> tuple[list[dict[str, Any]], int | None]:
        """Entries, the newest first, and before which ``seq`` the next page begins, if any.

        ``equal`` narrows them by ``journal.FILTERS``. Of each entry ``detail`` is read.

        Raises:
            StoreError: the store cannot be used, or holds what no entry is.
        """
        try:
            async with self._store.reading() as connection:
                found = await journal.newest(connection, equal or {}, before, limit + 1)
            page = [dict(row) | {"detail": msgspec.json.decode(row["detail"])} for row in found[:limit]]
        except (TypeError, ValueError, msgspec.DecodeError) as error:
            raise StoreError(
                "an entry of the audit log cannot be read. `lurewatch audit verify` says which was changed"
            ) from error
        return page, page[-1]["seq"] if len(found) > limit else None

    async def _batches(self) -> AsyncGenerator[RowMapping, None]:
        after = _BEFORE_ALL
        while True:
            async with self._store.reading() as connection:
                page = await journal.batches(connection, after, _BATCH_PAGE)
            for row in page:
                yield row
            if len(page) < _BATCH_PAGE:
                return
            after = page[-1]["number"]

    async def _entries(self) -> AsyncGenerator[RowMapping, None]:
        after, size = (_BEFORE_ALL, 0), _PAGE
        while True:
            try:
                async with self._store.reading() as connection:
                    page = await journal.sealed(connection, after, size)
            except (TypeError, ValueError):
                if size == 1:
                    raise
                size = 1  # so that what is before the one that cannot be read is still looked at
                continue
            for row in page:
                yield row
            if len(page) < size:
                return
            after = page[-1]["batch"], page[-1]["seq"]


class _Walk:
    """Goes through batches and their entries in order, side by side, as far as they are whole."""

    def __init__(self, kept: tuple[int, str] | None, told: Told) -> None:
        self._kept = kept
        self._told = told
        self._past = [(0, 0, FIRST_PREVIOUS)]
        """The last two that were whole: number, entries so far, hash."""
        self._row: RowMapping | None = None
        self._place: tuple[int, int | None] = 1, None
        """The batch, and the entry in it, that are looked for."""

    def report(self, unsealed: int, broken: Break | None) -> Report:
        """What was found."""
        number, entries, last = self._past[-1]
        return Report(number, entries, unsealed, f"{number}:{last}" if number else "", broken)

    def unreadable(self) -> Break:
        """What was looked for is there, and is nothing that was ever sealed."""
        return Break(*self._place, "changed")

    async def through(
        self, batches: AsyncIterator[RowMapping], entries: AsyncIterator[RowMapping], end: int
    ) -> Break | None:
        """The first break in the batches up to the number ``end``."""
        self._row = await anext(entries, None)
        async for batch in batches:
            if batch["number"] > end:
                break
            if (broken := self._link(batch) or await self._contents(batch, entries)) is not None:
                return broken
            self._past = [self._past[-1], (batch["number"], self._past[-1][1] + batch["count"], batch["hash"])]
            self._told(batch["number"], end)
        if self._row is not None and self._row["batch"] <= end:
            return Break(self._row["batch"], None, "removed")
        number = self._past[-1][0]
        return Break(number + 1, None, "removed") if self._kept is not None and number < self._kept[0] else None

    def _link(self, batch: RowMapping) -> Break | None:
        """Whether the batch is itself, and the one that was sealed after the one before."""
        number, _, last = self._past[-1]
        if batch["number"] != number + 1:
            return Break(number + 1, None, "removed") if batch["number"] > number else _of(batch, "inserted")
        if batch["hash"] != chained(batch) or not _is_counted(batch):
            return _of(batch, "changed" if batch["previous"] == last else "reordered")
        if batch["previous"] != last:
            if number:  # this one is itself, so it was the one before that had another hash when this was sealed
                self._past.pop()
            return Break(max(number, 1), None, "changed")
        if self._kept is not None and number + 1 == self._kept[0] and batch["hash"] != self._kept[1]:
            return _of(batch, "changed")
        return None

    async def _contents(self, batch: RowMapping, entries: AsyncIterator[RowMapping]) -> Break | None:
        """Whether the entries of the batch, and no others, are as they were sealed."""
        number = batch["number"]
        sealed: list[tuple[int, bytes]] = [*DIGEST.iter_unpack(batch["digests"])]
        following = [*((number, seq) for seq, _ in sealed[1:]), (number + 1, None)]
        for (seq, told), self._place in zip(sealed, following, strict=True):
            row = self._row
            if row is None or (row["batch"], row["seq"]) > (number, seq):
                return Break(number, seq, "removed")
            if (row["batch"], row["seq"]) < (number, seq):
                return Break(row["batch"], row["seq"], "inserted")
            if (found := digest(row)) != told:
                return Break(number, seq, "reordered" if found in batch["digests"] else "changed")
            self._row = await anext(entries, None)
        if self._row is not None and self._row["batch"] <= number:
            return Break(self._row["batch"], self._row["seq"], "inserted")
        return None


def _of(batch: RowMapping, change: Change) -> Break:
    return Break(batch["number"], None, change)


def _is_counted(batch: RowMapping) -> bool:
    """Whether a batch says of itself what its digests say; one that was forged with its hash may not."""
    digests = batch["digests"]
    if len(digests) % DIGEST.size or not digests:
        return False
    seqs = [seq for seq, _ in DIGEST.iter_unpack(digests)]
    return [batch["first_entry"], batch["last_entry"], batch["count"]] == [seqs[0], seqs[-1], len(seqs)]


def _head(expect: str) -> tuple[int, str] | None:
    if not expect:
        return None
    if not _HEAD.fullmatch(expect):
        raise InputError("a head is NUMBER:HASH, as an earlier verification told it")
    number, _, told = expect.partition(":")
    return int(number), told
