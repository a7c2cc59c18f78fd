"""What erasing a person and deleting by age read and write. A conversation that is changed is locked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.schema import (
    alerts,
    conversation_flags,
    conversations,
    dispositions,
    idempotency_keys,
    messages,
    outbox,
    pair_counters,
    verdicts,
)

_PAGE = 100


async def conversations_of(
    connection: AsyncConnection, tenant: str, names: Collection[str], after: int, limit: int
) -> list[int]:
    """Conversations that these names sent something to, or that are about them, behind a ``seq``."""
    said = select(messages.c.conversation).where(messages.c.tenant == tenant, messages.c.sender.in_(names))
    table = conversations.c
    found = await connection.execute(
        select(table.seq)
        .where(table.tenant == tenant, or_(table.seq.in_(said), table.user_id.in_(names)), table.seq > after)
        .order_by(table.seq)
        .limit(limit)
    )
    return list(found.scalars())


async def hold(connection: AsyncConnection, seq: int) -> RowMapping | None:
    """A conversation, locked."""
    found = await connection.execute(select(conversations).where(conversations.c.seq == seq).with_for_update())
    return found.mappings().first()


async def messages_of(connection: AsyncConnection, conversation: int) -> Sequence[RowMapping]:
    """All editions of its messages."""
    found = await connection.execute(
        select(messages).where(messages.c.conversation == conversation).order_by(messages.c.seq)
    )
    return found.mappings().all()


async def change_state(connection: AsyncConnection, seq: int, values: dict[str, Any]) -> None:
    """Change the conversation itself."""
    await connection.execute(update(conversations).where(conversations.c.seq == seq).values(values))


async def verdicts_of(connection: AsyncConnection, conversation: int, after: int) -> Sequence[RowMapping]:
    """A page of its verdicts behind a ``seq``."""
    found = await connection.execute(
        select(verdicts)
        .where(verdicts.c.conversation == conversation, verdicts.c.seq > after)
        .order_by(verdicts.c.seq)
        .limit(_PAGE)
    )
    return found.mappings().all()


async def events_of(connection: AsyncConnection, row: RowMapping, after: int) -> Sequence[RowMapping]:
    """A page of what was to be told of a conversation, delivered or not, behind a ``seq``."""
    found = await connection.execute(
        select(outbox)
        .where(outbox.c.tenant == row["tenant"], outbox.c.subject == row["id"], outbox.c.seq > after)
        .order_by(outbox.c.seq)
        .limit(_PAGE)
    )
    return found.mappings().all()


async def each_page(
    connection: AsyncConnection,
    table: Table,
    page: Callable[[int], Any],
    change: Callable[[RowMapping], dict[str, Any]],
) -> int:
    """Give every row of all pages what ``change`` makes of it; how many rows that changed."""
    after, changed = 0, 0
    while rows := await page(after):
        for row in rows:
            if values := change(row):
                changed += 1
                await connection.execute(update(table).where(table.c.seq == row["seq"]).values(values))
        after = rows[-1]["seq"]
    return changed


async def erase_messages(connection: AsyncConnection, rows: Sequence[RowMapping]) -> list[str]:
    """Keep nothing of these messages but that they were; the ids of their verdicts."""
    seqs = [row["seq"] for row in rows]
    places = sorted({(row["conversation"], row["position"], row["edition"]) for row in rows})
    found: list[str] = []
    for start in range(0, len(rows), _PAGE):
        await connection.execute(
            update(messages)
            .where(messages.c.seq.in_(seqs[start : start + _PAGE]))
            .values(text=None, text_hash="", sender="", message_id="", sent_at=None)
        )
        table = verdicts.c
        of_them = tuple_(table.conversation, table.position, table.edition).in_(places[start : start + _PAGE])
        found += (await connection.execute(select(table.id).where(of_them))).scalars()
    return found


async def erase_texts(connection: AsyncConnection, rows: Sequence[RowMapping]) -> None:
    """Keep no words of these messages."""
    seqs = [row["seq"] for row in rows]
    for start in range(0, len(rows), _PAGE):
        of_them = messages.c.seq.in_(seqs[start : start + _PAGE])
        await connection.execute(update(messages).where(of_them).values(text=None, text_hash=""))


async def erase_of_verdicts(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> None:
    """Forget the evidence, the notes and the keys that came with these verdicts."""
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        flags, keys = conversation_flags.c, idempotency_keys.c
        await connection.execute(
            update(conversation_flags)
            .where(flags.tenant == tenant, flags.verdict.in_(page))
            .values(flagged_text="", flagged_user="")
        )
        await connection.execute(delete(idempotency_keys).where(keys.tenant == tenant, keys.verdict.in_(page)))
        closed = select(alerts.c.seq).where(alerts.c.tenant == tenant, alerts.c.verdict.in_(page))
        await connection.execute(update(dispositions).where(dispositions.c.alert.in_(closed)).values(note=""))


async def erase_names(connection: AsyncConnection, tenant: str, names: Collection[str]) -> dict[str, int]:
    """Forget these names in flags, alerts and dispositions, and the counters of their pairs; how many rows."""
    counts = {"flags": 0, "alerts": 0}
    flags = conversation_flags.c
    for kind, table, column, values in (
        ("flags", conversation_flags, flags.flagged_user, {"flagged_user": "", "flagged_text": ""}),
        ("flags", conversation_flags, flags.client_email, {"client_email": ""}),
        ("flags", conversation_flags, flags.advisor_email, {"advisor_email": ""}),
        ("alerts", alerts, alerts.c.client_email, {"client_email": ""}),
        ("alerts", alerts, alerts.c.advisor_email, {"advisor_email": ""}),
    ):
        changed = update(table).where(table.c.tenant == tenant, column.in_(names)).values(values)
        counts[kind] += (await connection.execute(changed)).rowcount
    named = dispositions.c
    await connection.execute(
        update(dispositions).where(named.tenant == tenant, named.reviewer.in_(names)).values(reviewer="")
    )
    gone = delete(pair_counters).where(pair_counters.c.tenant == tenant, of_pair(pair_counters, names))
    return counts | {"pairs": (await connection.execute(gone)).rowcount}


def of_pair(table: Table, names: Collection[str]) -> ColumnElement[bool]:
    """Whether a row is of a pair with one of these names."""
    return or_(table.c.client_email.in_(names), table.c.advisor_email.in_(names))
