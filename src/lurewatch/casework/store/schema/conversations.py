"""What was said, and what was believed of it."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from lurewatch.casework.store.columns import Big, Moment, Packed, created, metadata, seq, tenant

conversations = Table(
    "conversations",
    metadata,
    seq(),
    tenant(),
    Column("channel", String(64), nullable=False),
    Column("id", String(200), nullable=False),
    Column("state", Packed, nullable=False),
    Column("message_count", Integer, nullable=False),
    Column("scam_probability", Float, nullable=False),
    Column("risk_level", String(16), nullable=False),
    Column("scam_type", String(64), nullable=False),
    Column("handed_off_at", Moment),
    Column("asked_at", Moment, comment="when its values were last looked up, and none was known"),
    Column("user_id", String(200), nullable=False, server_default="", comment="of the sender metadata"),
    created(),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("tenant", "channel", "id"),
    Index("ix_conversations_updated", "tenant", "updated_at"),
    Index("ix_conversations_user", "tenant", "user_id"),
    Index("ix_conversations_age", "updated_at"),
)

dossiers = Table(
    "dossiers",
    metadata,
    tenant(),
    Column("conversation", Big, ForeignKey("conversations.seq", ondelete="CASCADE"), primary_key=True),
    Column("sender", String(200), primary_key=True),
    Column("dossier", Packed, nullable=False, comment="what the engine knew of them when they were put away"),
)

messages = Table(
    "messages",
    metadata,
    seq(),
    tenant(),
    Column("conversation", Big, ForeignKey("conversations.seq", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("message_id", String(200), nullable=False, server_default=""),
    Column("edition", Integer, nullable=False, server_default="0", comment="how often it was edited before"),
    Column("sender", String(200), nullable=False, server_default=""),
    Column("role", String(16), nullable=False),
    Column("text", Text, comment="none where only its hash is kept"),
    Column("text_hash", String(64), nullable=False),
    Column("sent_at", Moment),
    created(),
    UniqueConstraint("conversation", "position", "edition"),
    Index("ix_messages_message_id", "conversation", "message_id"),
    Index("ix_messages_sender", "tenant", "sender"),
    Index("ix_messages_age", "created_at"),
)

verdicts = Table(
    "verdicts",
    metadata,
    seq(),
    tenant(),
    Column("id", String(40), nullable=False),
    Column("conversation", Big, ForeignKey("conversations.seq", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False, comment="of the message that brought it"),
    Column("edition", Integer, nullable=False, server_default="0"),
    Column("scam_probability", Float, nullable=False),
    Column("risk_level", String(16), nullable=False),
    Column("scam_type", String(64), nullable=False),
    Column("verdict", Packed, nullable=False),
    Column("decisions", LargeBinary, nullable=False),
    Column("knowledge", LargeBinary, nullable=False),
    Column("memory", LargeBinary, nullable=False),
    Column("pack", String(64), nullable=False),
    Column(
        "policies", String(64), nullable=False, server_default="", comment="those of its channel and tenant, if any"
    ),
    Column("config", String(64), nullable=False, server_default=""),
    Column("anew", Boolean, nullable=False, server_default=false(), comment="the conversation was read from its texts"),
    created(),
    UniqueConstraint("tenant", "id"),
    Index("ix_verdicts_conversation", "conversation", "position"),
    Index("ix_verdicts_created", "tenant", "created_at"),
    Index("ix_verdicts_age", "created_at"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("verdict", String(40), nullable=False),
    created(),
    Index("ix_idempotency_keys_verdict", "tenant", "verdict"),
)
