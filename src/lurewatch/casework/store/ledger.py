"""What one group of screened messages reads and writes: a few statements for the whole group, however large.

Rows are locked in the order of their keys, so that two groups wait for each other and never for ever; and whoever
writes locks conversations before alerts, these before counters, and counters before cases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import RowMapping, Table, bindparam, func, literal, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store import schema
from lurewatch.casework.store.columns import among
from lurewatch.casework.store.schema import (
    conversations,
    cooldowns,
    idempotency_keys,
    messages,
    pair_counters,
    verdicts,
)

Row = RowMapping
Key = tuple[str, ...]
_NAMES = ("tenant", "channel", "id")
"""What tells conversations apart."""
_LONGEST_ID = 200


@dataclass(slots=True)
class Rows:
    """What a group writes. ``conversations`` are updates by ``seq``; ``counters`` and ``cooldowns`` replace."""

    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    conversation_flags: list[dict[str, Any]] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    counters: list[dict[str, Any]] = field(default_factory=list)
    cooldowns: list[dict[str, Any]] = field(default_factory=list)
    idempotency_keys: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    audit_log: list[dict[str, Any]] = field(default_factory=list)


async def hold_conversations(connection: AsyncConnection, fresh: Sequence[Mapping[str, object]]) -> dict[Key, Row]:
    """The rows of these conversations, locked; those that are not there yet are made of ``fresh``."""
    if not fresh:
        return {}
    wanted: dict[Key, Mapping[str, object]] = {tuple(str(row[name]) for name in _NAMES): row for row in fresh}
    keys = sorted(wanted)
    held = await _held(connection, keys)
    if missing := [key for key in keys if key not in held]:
        await _insert_missing(connection, conversations, [wanted[key] for key in missing])
        held = await _held(connection, keys)
    return held


async def _held(connection: AsyncConnection, keys: Sequence[Key]) -> dict[Key, Row]:
    table = conversations.c
    found = await connection.execute(
        select(conversations)
        .where(among(connection, [table.tenant, table.channel, table.id], keys))
        .order_by(table.tenant, table.channel, table.id)
        .with_for_update()
    )
    return {(row["tenant"], row["channel"], row["id"]): row for row in found.mappings()}


async def movable(connection: AsyncConnection, before: Key, after: Key) -> Row | None:
    """The row of a conversation, as (tenant, channel, id), locked; None without one, or where ``after`` has a row."""
    table = conversations.c
    columns = [table.tenant, table.channel, table.id]
    found = await connection.execute(
        select(conversations).where(among(connection, columns, [before, after])).order_by(*columns).with_for_update()
    )
    rows = found.mappings().all()
    return rows[0] if [row["id"] for row in rows] == [before[2]] else None


async def move(connection: AsyncConnection, seq: int, before: Key, after: Key, state: bytes) -> None:
    """Give a conversation another id, in its own row and where it is written out."""
    tenant, channel, name = before
    await connection.execute(conversations.update().where(conversations.c.seq == seq).values(id=after[2], state=state))
    kept = messages.c
    await connection.execute(
        messages.update()
        .where(kept.conversation == seq, kept.message_id != "")
        .values(message_id=func.substr(literal(f"{name}/").concat(kept.message_id), 1, _LONGEST_ID))
    )
    told = schema.outbox.c
    await connection.execute(
        schema.outbox.update()
        .where(told.ordered_by == "/".join(before))
        .values(ordered_by="/".join(after), subject=after[2])
    )
    cooled = cooldowns.c
    await connection.execute(
        cooldowns.update()
        .where(cooled.tenant == tenant, cooled.channel == channel, cooled.conversation_id == name)
        .values(conversation_id=after[2])
    )


async def move_pairs(connection: AsyncConnection, tenant: str, before: str, after: str) -> None:
    """Count on under ``after`` what was counted under ``before`` where a client stands."""
    for table in (schema.alerts, pair_counters, schema.conversation_flags):
        await connection.execute(
            table.update().where(table.c.tenant == tenant, table.c.client_email == before).values(client_email=after)
        )


async def hold_counters(connection: AsyncConnection, pairs: Collection[Key], now: float) -> dict[Key, int]:
    """The incidents of these pairs so far, locked."""
    if not pairs:
        return {}
    names = ("tenant", "client_email", "advisor_email")
    fresh = [dict(zip(names, pair, strict=True), incidents=0, updated_at=now) for pair in sorted(pairs)]
    await _insert_missing(connection, pair_counters, fresh)
    columns = [pair_counters.c[name] for name in names]
    found = await connection.execute(
        select(*columns, pair_counters.c.incidents)
        .where(among(connection, columns, pairs))
        .order_by(*columns)
        .with_for_update()
    )
    return {tuple(row[:3]): row[3] for row in found}


async def answered_keys(connection: AsyncConnection, keys: Collection[tuple[str, str]]) -> dict[Key, Row]:
    """What these idempotency keys, as (tenant, key), stood for before."""
    if not keys:
        return {}
    table = idempotency_keys.c
    found = await connection.execute(select(idempotency_keys).where(among(connection, [table.tenant, table.key], keys)))
    return {(row["tenant"], row["key"]): row for row in found.mappings()}


async def known_messages(
    connection: AsyncConnection, wanted: Collection[tuple[int, str]]
) -> dict[tuple[int, str], Row]:
    """These messages as last screened, by (seq of the conversation, id of the message)."""
    if not wanted:
        return {}
    table = messages.c
    found = await connection.execute(
        select(table.conversation, table.message_id, table.position, table.edition, table.text_hash)
        .where(among(connection, [table.conversation, table.message_id], wanted))
        .order_by(table.seq)
    )
    return {(row["conversation"], row["message_id"]): row for row in found.mappings()}


async def last_alerts(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, dict[str, float]]:
    """When which type of alert was last sent in these conversations."""
    if not keys:
        return {}
    table = cooldowns.c
    found = await connection.execute(
        select(table.tenant, table.channel, table.conversation_id, table.type, table.last_at).where(
            among(connection, [table.tenant, table.channel, table.conversation_id], keys)
        )
    )
    last: dict[Key, dict[str, float]] = {}
    for *key, kind, at in found:
        last.setdefault(tuple(key), {})[kind] = at
    return last


async def texts(connection: AsyncConnection, conversation: int, since: int = 0) -> list[RowMapping]:
    """The messages of a conversation in order, from a position on, each as last edited."""
    table, other = messages.c, messages.alias()
    newer = select(other.c.seq).where(
        other.c.conversation == conversation, other.c.position == table.position, other.c.edition > table.edition
    )
    found = await connection.execute(
        select(messages)
        .where(table.conversation == conversation, table.position >= since, ~newer.exists())
        .order_by(table.position)
    )
    return list(found.mappings())


async def change_texts(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep another text, ``kept``, of the messages whose ``seq`` is ``of``."""
    if rows:
        changed = update(messages).where(messages.c.seq == bindparam("of")).values(text=bindparam("kept"))
        await connection.execute(changed, list(rows))


async def counted_before(connection: AsyncConnection, conversation: int, message_id: str, pair: Key) -> int:
    """How many incidents of a pair, as (tenant, client, advisor), earlier editions of a message are."""
    alerts = schema.alerts.c
    positions = select(messages.c.position).where(
        messages.c.conversation == conversation, messages.c.message_id == message_id
    )
    found = await connection.execute(
        select(alerts.incidents)
        .join(verdicts, (verdicts.c.id == alerts.verdict) & (verdicts.c.tenant == alerts.tenant))
        .where(
            alerts.conversation == conversation,
            verdicts.c.position.in_(positions),
            alerts.status.not_in(schema.NOT_COUNTED),
            tuple_(alerts.tenant, alerts.client_email, alerts.advisor_email) == tuple_(*pair),
        )
    )
    return sum(found.scalars())


async def verdict_rows(connection: AsyncConnection, tenant: str, ids: Collection[str]) -> dict[str, Row]:
    """Stored verdicts by their ids."""
    table = verdicts.c
    found = await connection.execute(select(verdicts).where(table.tenant == tenant, table.id.in_(sorted(ids))))
    return {row["id"]: row for row in found.mappings()}


async def last_verdict(connection: AsyncConnection, conversation: int, position: int) -> Row | None:
    """What was said of a message when it was last screened."""
    table = verdicts.c
    found = await connection.execute(
        select(verdicts)
        .where(table.conversation == conversation, table.position == position)
        .order_by(table.seq.desc())
        .limit(1)
    )
    return found.mappings().first()


_UPDATED = ("state", "message_count", "scam_probability", "risk_level", "scam_type", "handed_off_at", "updated_at")
_UPDATE = (
    update(conversations)
    .where(conversations.c.seq == bindparam("of"))
    .values({name: bindparam(name) for name in _UPDATED})
)


async def write(connection: AsyncConnection, rows: Rows) -> None:
    """Write all of it."""
    for table in ("messages", "verdicts", "conversation_flags", "alerts", "idempotency_keys", "outbox", "audit_log"):
        if found := getattr(rows, table):
            await connection.execute(schema.metadata.tables[table].insert(), found)
    if rows.conversations:
        await connection.execute(_UPDATE, rows.conversations)
    await _replace(connection, pair_counters, rows.counters)
    await _replace(connection, cooldowns, rows.cooldowns)


async def _insert_missing(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    insert = _dialect(connection).insert(table).on_conflict_do_nothing()
    await connection.execute(insert, list(rows))


async def _replace(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        insert = _dialect(connection).insert(table)
        key = list(table.primary_key.columns)
        new = {name: insert.excluded[name] for name in rows[0] if name not in table.primary_key.columns}
        await connection.execute(insert.on_conflict_do_update(index_elements=key, set_=new), list(rows))


def _dialect(connection: AsyncConnection) -> Any:
    return postgresql if connection.dialect.name == "postgresql" else sqlite
