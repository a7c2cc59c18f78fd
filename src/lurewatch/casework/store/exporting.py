"""What is recorded of a person, kind by kind."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.erasing import of_pair
from lurewatch.casework.store.schema import (
    alerts,
    conversation_flags,
    conversations,
    messages,
    pair_counters,
    verdicts,
)

KINDS = ("message", "verdict", "flag", "alert", "pair")
ROLES_OF_OTHERS = ("protected", "agent")
"""Roles of those whom sender metadata never are about."""
_PLACE = (conversations.c.channel, conversations.c.id.label("conversation_id"))
_MESSAGE = ("message_id", "position", "edition", "sender", "role", "text", "sent_at", "created_at")
_VERDICT = ("id", "position", "edition", "scam_probability", "risk_level", "scam_type", "created_at")
_ALERT = (
    *("id", "verdict", "policy", "action", "type", "score", "count", "suppressed", "client_email", "advisor_email"),
    *("status", "warning_sent", "admin_alerted", "created_at", "closed_at"),
)


async def rows(
    connection: AsyncConnection, kind: str, tenant: str, names: Collection[str], after: int, limit: int
) -> Sequence[RowMapping]:
    """Rows of one of KINDS behind a ``place``, in its order; each has its ``place``."""
    if kind == "pair":
        return await _pairs(connection, tenant, names, after, limit)
    asked, table = _asked(kind, tenant, names)
    place = table.c.seq
    found = await connection.execute(
        asked.add_columns(place.label("place")).where(place > after).order_by(place).limit(limit)
    )
    return found.mappings().all()


async def _pairs(
    connection: AsyncConnection, tenant: str, names: Collection[str], after: int, limit: int
) -> Sequence[RowMapping]:
    table = pair_counters.c
    found = await connection.execute(
        select(table.client_email, table.advisor_email, table.incidents, table.updated_at)
        .where(table.tenant == tenant, of_pair(pair_counters, names))
        .order_by(table.client_email, table.advisor_email)
        .offset(after)
        .limit(limit)
    )
    numbered = enumerate(found.mappings(), after + 1)
    return [{**row, "place": place} for place, row in numbered]  # type: ignore[misc] # mappings, as rows are


def _asked(kind: str, tenant: str, names: Collection[str]) -> tuple[Select[Any], Table]:
    if kind == "flag":
        flags = conversation_flags.c
        wanted = [column for column in flags if column.name not in ("seq", "tenant")]
        named = or_(flags.flagged_user.in_(names), of_pair(conversation_flags, names))
        return select(*wanted).where(flags.tenant == tenant, named), conversation_flags
    if kind == "alert":
        joined = alerts.join(conversations, conversations.c.seq == alerts.c.conversation)
        asked = select(*_PLACE, *(alerts.c[name] for name in _ALERT)).select_from(joined)
        return asked.where(alerts.c.tenant == tenant, of_pair(alerts, names)), alerts
    said = messages.join(conversations, conversations.c.seq == messages.c.conversation)
    theirs = and_(messages.c.tenant == tenant, _is_theirs(names))
    if kind == "message":
        return select(*_PLACE, *(messages.c[name] for name in _MESSAGE)).select_from(said).where(theirs), messages
    of_them = and_(
        verdicts.c.conversation == messages.c.conversation,
        verdicts.c.position == messages.c.position,
        verdicts.c.edition == messages.c.edition,
    )
    asked = select(*_PLACE, *(verdicts.c[name] for name in _VERDICT)).select_from(said.join(verdicts, of_them))
    return asked.where(theirs), verdicts


def _is_theirs(names: Collection[str]) -> ColumnElement[bool]:
    """Whether they sent a message; where a conversation only names them as its user, whether they may have."""
    other = messages.alias("other")
    named = exists().where(other.c.conversation == messages.c.conversation, other.c.sender.in_(names))
    about_them = and_(conversations.c.user_id.in_(names), messages.c.role.not_in(ROLES_OF_OTHERS), ~named)
    return or_(messages.c.sender.in_(names), about_them)
