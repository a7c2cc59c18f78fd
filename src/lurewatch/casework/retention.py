"""What is older than it may be is deleted, a bounded number of rows in each transaction."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.erasure import Forgot, forget
from lurewatch.casework.store import Store, ageing, cases, erasing, journal

_BATCH = 200
_FEW = 20
"""Conversations are deleted with all that was said in them."""


async def count(store: Store, before: float) -> dict[str, int]:
    """How many rows of each kind ``purge`` would delete; ``texts`` are messages that would lose theirs."""
    async with store.reading() as connection:
        counted = {kind: await ageing.count(connection, kind, before) for kind in ageing.KINDS}
        counted["events"] += await ageing.count_gone(connection, before)
        return {
            "conversations": await ageing.count(connection, "conversations", before),
            "texts": await ageing.count_texts(connection, before),
            **{kind: number for kind, number in counted.items() if kind != "conversations"},
            "origins": await ageing.count_origins(connection, before),
        }


async def purge(
    store: Store,
    before: float,
    progress: Callable[[Mapping[str, int]], None] = lambda _: None,
    clock: Callable[[], float] = time.time,
) -> dict[str, int]:
    """Delete what was recorded before a time, in seconds since the epoch; how many rows of each kind.

    Conversations in which nothing was said since go with everything in them. Of those that go on, old messages lose
    their texts and old verdicts, alerts and flags go. Open cases, the audit log, and what is still to be told or done
    stay; a case of which no open alert is left is closed. Of ``events``, those by which somebody who is gone is left
    alone are only emptied. ``origins`` are packs and configurations that made no verdict that is left. ``progress`` is
    told the counts so far as they grow; cut short, the rest is done by the next call. One entry in the audit log says
    what was deleted.

    Raises:
        StoreError: the store cannot be used; what was deleted before stays deleted.
    """
    done = dict.fromkeys(("conversations", "texts", *ageing.KINDS, "origins"), 0)
    for kind in ageing.KINDS:
        most = _FEW if kind == "conversations" else _BATCH
        while deleted := await store.changed(partial(ageing.delete_some, kind=kind, before=before, most=most)):
            done[kind] += deleted
            progress(done)
    done["events"] += await store.changed(partial(ageing.empty_gone, before=before))
    await _close_cases(store, clock())
    after = 0
    while (seq := await _next_with_texts(store, before, after)) is not None:
        forgot = await forget(store, seq, lambda _, said: _old(said, before), _finish)
        done["texts"] += len(forgot.messages) if forgot else 0
        after = seq
        progress(done)
    async with store.writing() as connection:
        done["origins"] = await ageing.delete_origins(connection, before)
        counts = {kind: number for kind, number in done.items() if number}
        if counts:
            detail = {**counts, "before": before}
            await journal.add(connection, journal.Act("records_purged", "", uuid.uuid4().hex, clock(), detail=detail))
    return done


async def _close_cases(store: Store, now: float) -> None:
    while await store.changed(partial(cases.close_settled, now=now, most=_BATCH)):
        pass


async def _next_with_texts(store: Store, before: float, after: int) -> int | None:
    async with store.reading() as connection:
        return await ageing.next_with_texts(connection, before, after)


def _old(said: Sequence[RowMapping], before: float) -> list[RowMapping]:
    return [row for row in said if row["created_at"] < before and row["text_hash"]]


async def _finish(connection: AsyncConnection, forgot: Forgot) -> None:
    await erasing.erase_texts(connection, forgot.messages)
