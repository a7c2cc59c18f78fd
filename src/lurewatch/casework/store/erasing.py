"""What erasing a person and deleting by age read and write. A conversation that is changed is locked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, RowMapping, Table, and_, delete, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.schema import (
    alerts,
    cases,
    conversation_flags,
    conversations,
    dispositions,
    dossiers,
    idempotency_keys,
    messages,
    outbox,
    pair_counters,
    verdicts,
)

PAGE = 100
"""So many rows are read and rewritten at a time."""
_WITHOUT_TEXT = tuple(column for column in messages.c if column is not messages.c.text)


async def conversations_of(
    connection: AsyncConnection, tenant: str, names: Collection[str], after: int, limit: int
) -> list[int]:
    """Conversations that these names sent something to, or that are about them, behind a ``seq``."""
    said = select(messages.c.conversation).where(messages.c.tenant == tenant, messages.c.sender.in_(names))
    about = select(conversations.c.seq).where(conversations.c.tenant == tenant, conversations.c.user_id.in_(names))
    theirs = said.union(about).subquery()  # each by its index, as `or` would not be
    seq = theirs.c.conversation
    found = await connection.execute(select(seq).where(seq > after).order_by(seq).limit(limit))
    return list(found.scalars())


async def hold(connection: AsyncConnection, seq: int) -> RowMapping | None:
    """A conversation, locked."""
    found = await connection.execute(select(conversations).where(conversations.c.seq == seq).with_for_update())
    return found.mappings().first()


async def look(connection: AsyncConnection, seq: int) -> RowMapping | None:
    """A conversation, as it is now."""
    found = await connection.execute(select(conversations).where(conversations.c.seq == seq))
    return found.mappings().first()


async def messages_of(connection: AsyncConnection, conversation: int) -> Sequence[RowMapping]:
    """All editions of its messages, without their texts."""
    found = await connection.execute(
        select(*_WITHOUT_TEXT).where(messages.c.conversation == conversation).order_by(messages.c.seq)
    )
    return found.mappings().all()


async def texts_of(connection: AsyncConnection, seqs: Sequence[int]) -> AsyncIterator[list[str]]:
    """The texts of these messages, as far as they are kept, page by page."""
    for start in range(0, len(seqs), PAGE):
        of_them = messages.c.seq.in_(seqs[start : start + PAGE])
        found = await connection.execute(select(messages.c.text).where(of_them, messages.c.text.is_not(None)))
        yield list(found.scalars())


async def verdicts_on(connection: AsyncConnection, rows: Sequence[RowMapping]) -> list[str]:
    """The ids of the verdicts on these messages."""
    places = {(row["conversation"], row["position"], row["edition"]) for row in rows}
    table = verdicts.c
    ids: list[str] = []
    for conversation in sorted({row["conversation"] for row in rows}):
        positions = sorted({row["position"] for row in rows if row["conversation"] == conversation})
        for start in range(0, len(positions), PAGE):
            found = await connection.execute(
                select(table.id, table.position, table.edition).where(
                    table.conversation == conversation, table.position.in_(positions[start : start + PAGE])
                )
            )
            ids += (row.id for row in found if (conversation, row.position, row.edition) in places)
    return ids


async def change_state(connection: AsyncConnection, seq: int, values: dict[str, Any]) -> None:
    """Change the conversation itself."""
    await connection.execute(update(conversations).where(conversations.c.seq == seq).values(values))


async def dossiers_of(connection: AsyncConnection, conversation: int, after: str | None) -> Sequence[RowMapping]:
    """A page of the dossiers that it has put away, behind that of a sender."""
    table = dossiers.c
    asked = select(table.sender, table.dossier).where(table.conversation == conversation)
    if after is not None:
        asked = asked.where(table.sender > after)
    return (await connection.execute(asked.order_by(table.sender).limit(PAGE))).mappings().all()


async def change_dossier(connection: AsyncConnection, conversation: int, sender: str, left: bytes | None) -> None:
    """Change one of them, or take it away."""
    which = and_(dossiers.c.conversation == conversation, dossiers.c.sender == sender)
    await connection.execute(
        delete(dossiers).where(which) if left is None else update(dossiers).where(which).values(dossier=left)
    )


async def verdicts_of(connection: AsyncConnection, conversation: int, after: int) -> Sequence[RowMapping]:
    """A page of its verdicts behind a ``seq``."""
    found = await connection.execute(
        select(verdicts)
        .where(verdicts.c.conversation == conversation, verdicts.c.seq > after)
        .order_by(verdicts.c.seq)
        .limit(PAGE)
    )
    return found.mappings().all()


async def events_of(connection: AsyncConnection, row: RowMapping, after: int) -> Sequence[RowMapping]:
    """A page of what was to be told of a conversation and done about it, delivered or not, behind a ``seq``."""
    order = "/".join((row["tenant"], row["channel"], row["id"]))
    raised = select(alerts.c.id).where(alerts.c.conversation == row["seq"])
    is_act = outbox.c.alert != literal_column("''")  # as the partial index says it, or it is not used
    found = await connection.execute(
        select(outbox)
        .where(
            outbox.c.tenant == row["tenant"],
            or_(outbox.c.ordered_by == order, and_(is_act, outbox.c.alert.in_(raised))),
            outbox.c.seq > after,
        )
        .order_by(outbox.c.seq)
        .limit(PAGE)
    )
    return found.mappings().all()


async def change(connection: AsyncConnection, table: Table, changes: Mapping[int, dict[str, Any]]) -> None:
    """Change rows by their ``seq``."""
    for seq, values in changes.items():
        await connection.execute(update(table).where(table.c.seq == seq).values(values))


async def erase_messages(connection: AsyncConnection, rows: Sequence[RowMapping]) -> None:
    """Keep nothing of these messages but that they were."""
    seqs = [row["seq"] for row in rows]
    for start in range(0, len(rows), PAGE):
        await connection.execute(
            update(messages)
            .where(messages.c.seq.in_(seqs[start : start + PAGE]))
            .values(text=None, text_hash="", sender="", message_id="", sent_at=None)
        )


async def erase_texts(connection: AsyncConnection, rows: Sequence[RowMapping]) -> None:
    """Keep no words of these messages."""
    seqs = [row["seq"] for row in rows]
    for start in range(0, len(rows), PAGE):
        of_them = messages.c.seq.in_(seqs[start : start + PAGE])
        await connection.execute(update(messages).where(of_them).values(text=None, text_hash=""))


async def erase_of_verdicts(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> None:
    """Forget the evidence, the notes and the keys that came with these verdicts, and whom the alerts are on."""
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        flags, keys = conversation_flags.c, idempotency_keys.c
        await connection.execute(delete(idempotency_keys).where(keys.tenant == tenant, keys.verdict.in_(page)))
        raised = and_(alerts.c.tenant == tenant, alerts.c.verdict.in_(page))
        closed = select(alerts.c.seq).where(raised)
        await connection.execute(update(dispositions).where(dispositions.c.alert.in_(closed)).values(note=""))
        await erase_actors(connection, tenant, raised)
        of_them = and_(flags.tenant == tenant, flags.verdict.in_(page))  # behind alerts, as receipts are noted
        await connection.execute(update(conversation_flags).where(of_them).values(flagged_text="", flagged_user=""))


async def erase_actors(connection: AsyncConnection, tenant: str, raised: ColumnElement[bool]) -> None:
    """Forget whom these alerts are on, and all others of their cases: by what is left of it nobody finds a person.

    A case is called by its own id then, so that there is still one open case for each.
    """
    found = await connection.execute(select(alerts.c.case_id).where(raised, alerts.c.actors != ""))
    ids = sorted(set(found.scalars()))
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        # Alerts before cases, as who closes an alert locks them; and cases in the order of those who file alerts.
        of_cases = and_(alerts.c.tenant == tenant, alerts.c.case_id.in_(page), alerts.c.case_id != "")
        await connection.execute(update(alerts).where(or_(of_cases, raised)).values(actors=""))
        named = and_(cases.c.tenant == tenant, cases.c.id.in_(page))
        await connection.execute(select(cases.c.seq).where(named).order_by(cases.c.actors).with_for_update())
        await connection.execute(update(cases).where(named).values(actors=cases.c.id))


async def erase_names(connection: AsyncConnection, tenant: str, names: Collection[str]) -> dict[str, int]:
    """Forget these names in flags, alerts and dispositions, and the counters of their pairs; how many rows.

    An imported flag is no longer known as that of elsewhere: what it was known by is a hash of whom it was about.
    """
    theirs = of_pair(alerts, tenant, names)
    # Counters behind alerts and before cases, as everybody locks them.
    await connection.execute(select(alerts.c.seq).where(theirs).order_by(alerts.c.seq).with_for_update())
    of_tenant, pair = pair_counters.c.tenant == tenant, (pair_counters.c.client_email, pair_counters.c.advisor_email)
    gone = [delete(pair_counters).where(of_tenant, column.in_(names)) for column in pair]
    pairs = sum([(await connection.execute(one)).rowcount for one in gone])
    await erase_actors(connection, tenant, theirs)
    counts = {"flags": 0, "alerts": 0}
    flags = conversation_flags.c
    for kind, table, column, values in (
        ("flags", conversation_flags, flags.flagged_user, {"flagged_user": "", "flagged_text": "", "origin": None}),
        ("flags", conversation_flags, flags.client_email, {"client_email": "", "origin": None}),
        ("flags", conversation_flags, flags.advisor_email, {"advisor_email": "", "origin": None}),
        ("alerts", alerts, alerts.c.client_email, {"client_email": ""}),
        ("alerts", alerts, alerts.c.advisor_email, {"advisor_email": ""}),
    ):
        changed = update(table).where(table.c.tenant == tenant, column.in_(names)).values(values)
        counts[kind] += (await connection.execute(changed)).rowcount
    closed = dispositions.c
    await connection.execute(
        update(dispositions).where(closed.tenant == tenant, closed.reviewer.in_(names)).values(reviewer="")
    )
    return counts | {"pairs": pairs}


def of_pair(table: Table, tenant: str, names: Collection[str]) -> ColumnElement[bool]:
    """Whether a row of a tenant is of a pair with one of these names."""
    return named((table.c.client_email, table.c.advisor_email), tenant, names)


def named(columns: Sequence[Column[Any]], tenant: str, names: Collection[str]) -> ColumnElement[bool]:
    """Whether a row of a tenant has one of these names in one of these columns."""
    # With the tenant in each part: told once for all of them, SQLite would go through all that the tenant has.
    return or_(*(and_(column.table.c.tenant == tenant, column.in_(names)) for column in columns))
