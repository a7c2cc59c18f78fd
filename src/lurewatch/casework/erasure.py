"""Messages of one conversation are forgotten: in it, in its verdicts and in what is told of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.forgetting import Forgotten
from lurewatch.casework.store import erasing
from lurewatch.casework.store.schema import outbox, verdicts


async def forget(
    connection: AsyncConnection, held: RowMapping, said: Sequence[RowMapping], names: Collection[str] = ()
) -> dict[str, int]:
    """Rewrite what was recorded of a locked conversation without these of its messages and ``names``.

    The messages themselves are left to the caller. How many ``verdicts`` and ``events`` were rewritten.
    """
    forgotten = Forgotten({row["position"] for row in said}, names).with_values(names)
    texts = {row["text"] for row in said if row["text"]}
    values = set(texts)
    after = 0
    while page := await erasing.verdicts_of(connection, held["seq"], after):
        for row in page:
            values |= forgotten.told_by(row["verdict"])
        after = page[-1]["seq"]
    forgotten = forgotten.with_values(values)
    columns = ("verdict", "decisions", "knowledge")

    def of_verdict(row: RowMapping) -> dict[str, bytes]:
        return {name: left for name in columns if (left := forgotten.without(row[name])) != row[name]}

    def of_event(row: RowMapping) -> dict[str, bytes]:
        left = forgotten.without(row["payload"])
        return {"payload": left} if left != row["payload"] else {}

    counts = {
        "verdicts": await erasing.each_page(
            connection, verdicts, lambda after: erasing.verdicts_of(connection, held["seq"], after), of_verdict
        ),
        "events": await erasing.each_page(
            connection, outbox, lambda after: erasing.events_of(connection, held, after), of_event
        ),
    }
    changed: dict[str, object] = {"state": forgotten.without(held["state"])}
    if held["user_id"] in names:
        changed["user_id"] = ""
    await erasing.change_state(connection, held["seq"], changed)
    return counts
