"""What one group of screened messages reads and writes: a few statements for the whole group, however large.

Rows are locked in the order of their keys, and whoever writes locks conversations before alerts, these before counters,
and counters before cases: so one of two groups waits for the other. Only where both make the same new conversations
may each wait for the other; then the database ends one, which is done anew (``Store.changed``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    RowMapping,
    Select,
    bindparam,
    delete,
    insert,
    literal,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store import schema, upserts
from lurewatch.casework.store.columns import Moment, among, bound, given
from lurewatch.casework.store.schema import (
    conversations,
    cooldowns,
    dossiers,
    idempotency_keys,
    messages,
    pair_counters,
    verdicts,
)
from lurewatch.casework.store.upserts import insert_missing, replace

Row = RowMapping
Key = tuple[str, ...]
_NAMES = ("tenant", "channel", "id")
"""What tells conversations apart."""
_PAIR = ("tenant", "client_email", "advisor_email")


@cache
def _held_conversations(dialect: str) -> Select[Any]:
    names = [conversations.c[name] for name in _NAMES]
    return among(dialect, select(conversations).with_for_update(of=conversations), *names)


@cache
def _answered(dialect: str) -> Select[Any]:
    return among(dialect, select(idempotency_keys), idempotency_keys.c.tenant, idempotency_keys.c.key)


@cache
def _known(dialect: str) -> Select[Any]:
    table = messages.c
    asked = select(table.conversation, table.message_id, table.position, table.edition, table.text_hash)
    return among(dialect, asked.order_by(table.seq), table.conversation, table.message_id)


@cache
def _away(dialect: str) -> Select[Any]:
    return among(dialect, select(dossiers), dossiers.c.conversation, dossiers.c.sender)


@cache
def _last_alerts(dialect: str) -> Select[Any]:
    key = (cooldowns.c.tenant, cooldowns.c.channel, cooldowns.c.conversation_id)
    return among(dialect, select(*key, cooldowns.c.type, cooldowns.c.last_at), *key)


@dataclass(slots=True)
class Rows:
    """What a group writes. ``conversations`` are updates by ``seq``; those that were ``read_anew`` lose the dossiers
    that they have put away. ``dossiers``, ``counters`` and ``cooldowns`` replace.
    """

    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    conversation_flags: list[dict[str, Any]] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    read_anew: list[int] = field(default_factory=list)
    dossiers: list[dict[str, Any]] = field(default_factory=list)
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
    rows = await held(connection, keys)
    if missing := [key for key in keys if key not in rows]:
        await insert_missing(connection, conversations, [wanted[key] for key in missing])
        rows = await held(connection, keys)
    return rows


async def held(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, Row]:
    """Those of these conversations, as (tenant, channel, id), that are there, locked."""
    found = await connection.execute(_held_conversations(connection.dialect.name), bound(keys))
    return {(row["tenant"], row["channel"], row["id"]): row for row in found.mappings()}


async def hold_counters(connection: AsyncConnection, pairs: Collection[Key], now: float) -> dict[Key, int]:
    """The incidents of these pairs so far, locked."""
    if not pairs:
        return {}
    found = await connection.execute(_holding(connection.dialect.name), bound(pairs) | {"now": now})
    return {tuple(row[:3]): row[3] for row in found}


@cache
def _holding(dialect: str) -> Executable:
    """To write to a row locks it, and tells what it is, whether it was there or not."""
    key = [pair_counters.c[name] for name in _PAIR]
    fresh = given(*key).add_columns(literal(0), bindparam("now", type_=Moment)).where(true())
    new = upserts.insert(dialect, pair_counters).from_select([*_PAIR, "incidents", "updated_at"], fresh)
    locking = new.on_conflict_do_update(index_elements=key, set_={"updated_at": new.excluded.updated_at})
    holding: Executable = locking.returning(*key, pair_counters.c.incidents)
    return holding


async def answered_keys(connection: AsyncConnection, keys: Collection[tuple[str, str]]) -> dict[Key, Row]:
    """What these idempotency keys, as (tenant, key), stood for before."""
    if not keys:
        return {}
    found = await connection.execute(_answered(connection.dialect.name), bound(keys))
    return {(row["tenant"], row["key"]): row for row in found.mappings()}


async def known_messages(
    connection: AsyncConnection, wanted: Collection[tuple[int, str]]
) -> dict[tuple[int, str], Row]:
    """These messages as last screened, by (seq of the conversation, id of the message)."""
    if not wanted:
        return {}
    found = await connection.execute(_known(connection.dialect.name), bound(wanted))
    return {(row["conversation"], row["message_id"]): row for row in found.mappings()}


async def dossiers_away(
    connection: AsyncConnection, wanted: Collection[tuple[int, str]]
) -> dict[tuple[int, str], bytes]:
    """Those of these dossiers that were put away, by (seq of the conversation, sender)."""
    if not wanted:
        return {}
    found = await connection.execute(_away(connection.dialect.name), bound(wanted))
    return {(row.conversation, row.sender): row.dossier for row in found}


async def last_alerts(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, dict[str, float]]:
    """When which type of alert was last sent in these conversations."""
    if not keys:
        return {}
    found = await connection.execute(_last_alerts(connection.dialect.name), bound(keys))
    last: dict[Key, dict[str, float]] = {}
    for *key, kind, at in found:
        last.setdefault(tuple(key), {})[kind] = at
    return last


_NEWER = messages.alias()
_TEXTS = (
    select(messages)
    .where(
        messages.c.conversation == bindparam("of"),
        messages.c.position >= bindparam("since"),
        ~select(_NEWER.c.seq)
        .where(
            _NEWER.c.conversation == bindparam("of"),
            _NEWER.c.position == messages.c.position,
            _NEWER.c.edition > messages.c.edition,
        )
        .exists(),
    )
    .order_by(messages.c.position)
)


async def texts(connection: AsyncConnection, conversation: int, since: int = 0) -> list[RowMapping]:
    """The messages of a conversation in order, from a position on, each as last edited."""
    found = await connection.execute(_TEXTS, {"of": conversation, "since": since})
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


_WRITTEN = {
    table.name: insert(table)
    for table in (
        messages,
        verdicts,
        schema.conversation_flags,
        schema.alerts,
        idempotency_keys,
        schema.outbox,
        schema.audit_log,
    )
}
_UPDATED = (
    *("state", "message_count", "scam_probability", "risk_level", "scam_type"),
    *("handed_off_at", "asked_at", "updated_at"),
)
_UPDATE = (
    update(conversations)
    .where(conversations.c.seq == bindparam("of"))
    .values({name: bindparam(name) for name in _UPDATED})
)


async def write(connection: AsyncConnection, rows: Rows) -> None:
    """Write all of it."""
    await connection.run_sync(_write, rows)  # in one step: each one from outside costs more than its statement


def _write(connection: Connection, rows: Rows) -> None:
    for name, written in _WRITTEN.items():
        if found := getattr(rows, name):
            connection.execute(written, found)
    if rows.conversations:
        connection.execute(_UPDATE, rows.conversations)
    if rows.read_anew:
        connection.execute(delete(dossiers).where(dossiers.c.conversation.in_(rows.read_anew)))
    replace(connection, dossiers, rows.dossiers)
    replace(connection, pair_counters, rows.counters)
    replace(connection, cooldowns, rows.cooldowns)
