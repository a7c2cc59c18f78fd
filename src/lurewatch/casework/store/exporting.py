"""What is recorded of a person, kind by kind."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, RowMapping, Select, Table, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.erasing import named, of_pair
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
        .where(of_pair(pair_counters, tenant, names))
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
        places = (flags.flagged_user, flags.client_email, flags.advisor_email)
        return select(*wanted).where(named(places, tenant, names)), conversation_flags
    if kind == "alert":
        joined = alerts.join(conversations, conversations.c.seq == alerts.c.conversation)
        asked = select(*_PLACE, *(alerts.c[name] for name in _ALERT)).select_from(joined)
        return asked.where(of_pair(alerts, tenant, names)), alerts
    said = messages.join(conversations, conversations.c.seq == messages.c.conversation)
    theirs = messages.c.seq.in_(_theirs(tenant, names))
    if kind == "message":
        return select(*_PLACE, *(messages.c[name] for name in _MESSAGE)).select_from(said).where(theirs), messages
    of_them = and_(
        verdicts.c.conversation == messages.c.conversation,
        verdicts.c.position == messages.c.position,
        verdicts.c.edition == messages.c.edition,
    )
    asked = select(*_PLACE, *(verdicts.c[name] for name in _VERDICT)).select_from(said.join(verdicts, of_them))
    return asked.where(theirs), verdicts


def _theirs(tenant: str, names: Collection[str]) -> CompoundSelect[Any]:
    """The messages that they sent, and where a conversation only names them as its user, those that they may have."""
    one, other = messages.alias("one"), messages.alias("other")
    sent = select(one.c.seq).where(one.c.tenant == tenant, one.c.sender.in_(names))
    has_theirs = exists().where(other.c.conversation == one.c.conversation, other.c.sender.in_(names))
    about = select(one.c.seq).join(conversations, conversations.c.seq == one.c.conversation)
    are_theirs = (conversations.c.tenant == tenant, conversations.c.user_id.in_(names))
    return sent.union(about.where(*are_theirs, one.c.role.not_in(ROLES_OF_OTHERS), ~has_theirs))
