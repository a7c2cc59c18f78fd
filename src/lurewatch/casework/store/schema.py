"""The tables. Times are seconds since the epoch here and timestamps with a zone in the database.

Every row belongs to a tenant. Public ids are random; ``seq`` orders rows and is what cursors point at.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from lurewatch.casework.store.columns import Big, Moment

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
NOT_COUNTED = ("false_positive", "benign")
"""Dispositions by which an incident was none: its pair got it back."""
metadata = MetaData(naming_convention=NAMING)


def _seq() -> Column[int]:
    return Column("seq", Big, primary_key=True, autoincrement=True)


def _tenant() -> Column[str]:
    return Column("tenant", String(64), nullable=False)


def _created() -> Column[float]:
    return Column("created_at", Moment, nullable=False)


conversations = Table(
    "conversations",
    metadata,
    _seq(),
    _tenant(),
    Column("channel", String(64), nullable=False),
    Column("id", String(200), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("message_count", Integer, nullable=False),
    Column("scam_probability", Float, nullable=False),
    Column("risk_level", String(16), nullable=False),
    Column("scam_type", String(64), nullable=False),
    Column("handed_off_at", Moment),
    Column("user_id", String(200), nullable=False, server_default="", comment="of the sender metadata"),
    _created(),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("tenant", "channel", "id"),
    Index("ix_conversations_updated", "tenant", "updated_at"),
    Index("ix_conversations_user", "tenant", "user_id"),
    Index("ix_conversations_age", "updated_at"),
)

messages = Table(
    "messages",
    metadata,
    _seq(),
    _tenant(),
    Column("conversation", Big, ForeignKey("conversations.seq", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("message_id", String(200), nullable=False, server_default=""),
    Column("edition", Integer, nullable=False, server_default="0", comment="how often it was edited before"),
    Column("sender", String(200), nullable=False, server_default=""),
    Column("role", String(16), nullable=False),
    Column("text", Text, comment="none where only its hash is kept"),
    Column("text_hash", String(64), nullable=False),
    Column("sent_at", Moment),
    _created(),
    UniqueConstraint("conversation", "position", "edition"),
    Index("ix_messages_message_id", "conversation", "message_id"),
    Index("ix_messages_sender", "tenant", "sender"),
    Index("ix_messages_age", "created_at"),
)

verdicts = Table(
    "verdicts",
    metadata,
    _seq(),
    _tenant(),
    Column("id", String(40), nullable=False),
    Column("conversation", Big, ForeignKey("conversations.seq", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False, comment="of the message that brought it"),
    Column("edition", Integer, nullable=False, server_default="0"),
    Column("scam_probability", Float, nullable=False),
    Column("risk_level", String(16), nullable=False),
    Column("scam_type", String(64), nullable=False),
    Column("verdict", LargeBinary, nullable=False),
    Column("decisions", LargeBinary, nullable=False),
    Column("knowledge", LargeBinary, nullable=False),
    Column("memory", LargeBinary, nullable=False),
    Column("pack", String(64), nullable=False),
    Column(
        "policies", String(64), nullable=False, server_default="", comment="those of its channel and tenant, if any"
    ),
    Column("config", String(64), nullable=False, server_default=""),
    Column("anew", Boolean, nullable=False, server_default=false(), comment="the conversation was read from its texts"),
    _created(),
    UniqueConstraint("tenant", "id"),
    Index("ix_verdicts_conversation", "conversation", "position"),
    Index("ix_verdicts_created", "tenant", "created_at"),
    Index("ix_verdicts_age", "created_at"),
)

conversation_flags = Table(
    "conversation_flags",
    metadata,
    _seq(),
    _tenant(),
    Column("verdict", String(40), nullable=False, server_default=""),
    Column("alert", String(40), nullable=False, server_default="", comment="whose receipts count here"),
    Column("issue_reference", String(200), nullable=False),
    Column("flagged_user", String(200), nullable=False),
    Column("user_type", String(16), nullable=False),
    Column("client_email", String(200), nullable=False),
    Column("advisor_email", String(200), nullable=False),
    Column("flagged_pattern", String(64), nullable=False),
    Column("flagged_text", String(200), nullable=False),
    Column("flag_count_for_pair", Integer, nullable=False),
    Column("warning_sent", Boolean, nullable=False, server_default=false()),
    Column("admin_alerted", Boolean, nullable=False, server_default=false()),
    _created(),
    Column("origin", String(64), comment="of imported ones: hashes of the incident and of the row"),
    Index("ix_conversation_flags_origin", "tenant", "origin", unique=True),
    Index("ix_conversation_flags_pair", "tenant", "client_email", "advisor_email"),
    Index("ix_conversation_flags_issue", "tenant", "issue_reference"),
    Index("ix_conversation_flags_alert", "tenant", "alert"),
    Index("ix_conversation_flags_verdict", "tenant", "verdict"),
    Index("ix_conversation_flags_user", "tenant", "flagged_user"),
)

alerts = Table(
    "alerts",
    metadata,
    _seq(),
    _tenant(),
    Column("id", String(40), nullable=False),
    Column("conversation", Big, ForeignKey("conversations.seq", ondelete="CASCADE"), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("case_id", String(40), nullable=False, server_default=""),
    Column("actors", String(64), nullable=False, server_default=""),
    Column("verdict", String(40), nullable=False),
    Column("policy", String(32), nullable=False),
    Column("action", String(16), nullable=False),
    Column("type", String(64), nullable=False, server_default=""),
    Column("score", Float, nullable=False),
    Column("count", Integer, nullable=False),
    Column("suppressed", Boolean, nullable=False),
    Column("mode", String(16), nullable=False, server_default="monitor"),
    Column("acts", JSON, comment="what it asks to be done; done in mode enforce"),
    Column("keywords", JSON, nullable=False),
    Column("patterns", JSON, nullable=False),
    Column("brands", JSON, comment="of the keywords; those of each alert, none twice"),
    Column("incidents", Integer, nullable=False, comment="how many it counted for its pair"),
    Column("client_email", String(200), nullable=False, server_default=""),
    Column("advisor_email", String(200), nullable=False, server_default=""),
    Column("status", String(16), nullable=False),
    Column("warning_sent", Boolean, nullable=False, server_default=false()),
    Column("admin_alerted", Boolean, nullable=False, server_default=false()),
    _created(),
    Column("closed_at", Moment),
    UniqueConstraint("tenant", "id"),
    Index("ix_alerts_created", "tenant", "created_at"),
    Index("ix_alerts_status", "tenant", "status", "seq"),
    Index("ix_alerts_conversation", "conversation", "tenant"),
    Index("ix_alerts_case", "tenant", "case_id"),
)

_OPEN = text("status = 'open'")
cases = Table(
    "cases",
    metadata,
    _seq(),
    _tenant(),
    Column("id", String(40), nullable=False),
    Column("actors", String(64), nullable=False, comment="a hash of who the alerts are on"),
    Column("status", String(16), nullable=False),
    Column("alerts", Integer, nullable=False),
    _created(),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
    UniqueConstraint("tenant", "id"),
    Index("ix_cases_open", "tenant", "actors", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    Index("ix_cases_status", "tenant", "status", "seq"),
)

pair_counters = Table(
    "pair_counters",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("client_email", String(200), primary_key=True),
    Column("advisor_email", String(200), primary_key=True),
    Column("incidents", Integer, nullable=False),
    Column("imported", Integer, nullable=False, server_default="0", comment="how many of them came from elsewhere"),
    Column("updated_at", Moment, nullable=False),
)

cooldowns = Table(
    "cooldowns",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("conversation_id", String(200), primary_key=True),
    Column("type", String(64), primary_key=True),
    Column("last_at", Moment, nullable=False),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("verdict", String(40), nullable=False),
    _created(),
)

outbox = Table(
    "outbox",
    metadata,
    _seq(),
    _tenant(),
    Column("id", String(40), nullable=False, unique=True),
    Column("kind", String(32), nullable=False, comment="event, or the act that is to be done"),
    Column("ordered_by", String(400), nullable=False, comment="delivered in order: a conversation, for each kind"),
    Column("subject", String(200), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False, comment="pending, delivered or dead"),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("failed", Integer, nullable=False, server_default="0", comment="attempts of which surely nothing came"),
    Column("last_error", String(500), nullable=False, server_default=""),
    Column("alert", String(40), nullable=False, server_default="", comment="whose act it is"),
    Column("reference", String(200), nullable=False, server_default="", comment="what the act became over there"),
    _created(),
    Column("delivered_at", Moment),
    Index("ix_outbox_due", "status", "next_at"),
    Index("ix_outbox_alert", "alert", postgresql_where=text("alert <> ''"), sqlite_where=text("alert <> ''")),
    Index("ix_outbox_order", "ordered_by", "status", "seq"),
)

dispositions = Table(
    "dispositions",
    metadata,
    _seq(),
    _tenant(),
    Column("alert", Big, ForeignKey("alerts.seq", ondelete="CASCADE"), nullable=False),
    Column("disposition", String(16), nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("note", Text, nullable=False),
    _created(),
    Index("ix_dispositions_alert", "alert"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _seq(),
    _tenant(),
    Column("id", String(16), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("scopes", JSON, nullable=False),
    _created(),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
)

audit_log = Table(
    "audit_log",
    metadata,
    _seq(),
    _tenant(),
    Column("actor", String(64), nullable=False, comment="the id of a key, or system"),
    Column("action", String(32), nullable=False),
    Column("subject", String(40), nullable=False, comment="an id that was given here"),
    Column("detail", Text, nullable=False, comment="JSON without personal data"),
    _created(),
    Column("batch", Big, comment="none until it is sealed"),
    Index("ix_audit_log_batch", "batch", "seq"),
)

audit_batches = Table(
    "audit_batches",
    metadata,
    Column("number", Big, primary_key=True, autoincrement=False),
    Column("previous", String(64), nullable=False, unique=True, comment="hash of the batch before"),
    Column("hash", String(64), nullable=False),
    Column("first_entry", Big, nullable=False),
    Column("last_entry", Big, nullable=False),
    Column("count", Integer, nullable=False),
    Column("digests", LargeBinary, nullable=False, comment="seq and digest of each entry"),
    Column("sealed_at", Moment, nullable=False),
)

indicators = Table(
    "indicators",
    metadata,
    _seq(),
    _tenant(),
    Column("type", String(32), nullable=False),
    Column("value", String(300), nullable=False),
    Column("source", String(32), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("conversation", Big, ForeignKey("conversations.seq", ondelete="CASCADE"), nullable=False),
    _created(),
    UniqueConstraint("tenant", "type", "value", "source", "conversation"),
    Index("ix_indicators_conversation", "conversation"),
)
