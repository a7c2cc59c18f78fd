"""What is older than it may be is deleted, a bounded number of rows in each transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lurewatch.casework.erasure import forget
from lurewatch.casework.store import Store, ageing, erasing

_BATCH = 200
_FEW = 20
"""Conversations are deleted with all that was said in them."""


async def count(store: Store, before: float) -> dict[str, int]:
    """How many rows of each kind ``purge`` would delete; ``texts`` are messages that would lose theirs."""
    async with store.reading() as connection:
        counted = {kind: await ageing.count(connection, kind, before) for kind in ageing.KINDS}
        return {
            "conversations": await ageing.count(connection, "conversations", before),
            "texts": await ageing.count_texts(connection, before),
            **{kind: number for kind, number in counted.items() if kind != "conversations"},
        }


async def purge(
    store: Store, before: float, progress: Callable[[Mapping[str, int]], None] = lambda _: None
) -> dict[str, int]:
    """Delete what was recorded before a time, in seconds since the epoch; how many rows of each kind.

    Conversations in which nothing was said since go with everything in them. Of those that go on, old messages lose
    their texts and old verdicts, alerts and flags go. Events that are still to be told stay. ``progress`` is told the
    counts so far after each transaction; cut short, the rest is done by the next call.

    Raises:
        StoreError: the store cannot be used; what was deleted before stays deleted.
    """
    done = dict.fromkeys(("conversations", "texts", *ageing.KINDS), 0)
    for kind in ageing.KINDS:
        most = _FEW if kind == "conversations" else _BATCH
        while True:
            async with store.writing() as connection:
                deleted = await ageing.delete_some(connection, kind, before, most)
            if not deleted:
                break
            done[kind] += deleted
            progress(done)
    after = 0
    while True:
        async with store.writing() as connection:
            seq = await ageing.next_with_texts(connection, before, after)
            held = None if seq is None else await erasing.hold(connection, seq)
            if held is not None:
                said = await erasing.messages_of(connection, held["seq"])
                old = [row for row in said if row["created_at"] < before and row["text_hash"]]
                await forget(connection, held, old)
                await erasing.erase_texts(connection, old)
                done["texts"] += len(old)
        if seq is None:
            return done
        after = seq
        progress(done)
