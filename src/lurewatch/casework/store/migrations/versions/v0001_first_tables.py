"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them; what points at conversations comes after these."""
    _conversations()
    _messages()
    _verdicts()
    _alerts()
    _flags()
    _memory()
    _outbox()


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("scam_probability", sa.Float(), nullable=False),
        sa.Column("risk_level", sa.String(length=16), nullable=False),
        sa.Column("scam_type", sa.String(length=64), nullable=False),
        sa.Column("handed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_conversations")),
        sa.UniqueConstraint("tenant", "channel", "id", name=op.f("uq_conversations_tenant")),
    )
    op.create_index("ix_conversations_updated", "conversations", ["tenant", "updated_at"], unique=False)


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column(
            "edition", sa.Integer(), server_default="0", nullable=False, comment="how often it was edited before"
        ),
        sa.Column("sender", sa.String(length=200), server_default="", nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True, comment="none where only its hash is kept"),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.seq"], name=op.f("fk_messages_conversation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_messages")),
        sa.UniqueConstraint("conversation", "position", "edition", name=op.f("uq_messages_conversation")),
    )
    op.create_index("ix_messages_message_id", "messages", ["conversation", "message_id"], unique=False)


def _verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="of the message that brought it"),
        sa.Column("edition", sa.Integer(), server_default="0", nullable=False),
        sa.Column("scam_probability", sa.Float(), nullable=False),
        sa.Column("risk_level", sa.String(length=16), nullable=False),
        sa.Column("scam_type", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.LargeBinary(), nullable=False),
        sa.Column("decisions", sa.LargeBinary(), nullable=False),
        sa.Column("knowledge", sa.LargeBinary(), nullable=False),
        sa.Column("memory", sa.LargeBinary(), nullable=False),
        sa.Column("pack", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.seq"], name=op.f("fk_verdicts_conversation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_verdicts")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_verdicts_tenant")),
    )
    op.create_index("ix_verdicts_conversation", "verdicts", ["conversation", "position"], unique=False)
    op.create_index("ix_verdicts_created", "verdicts", ["tenant", "created_at"], unique=False)


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("policy", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("type", sa.String(length=64), server_default="", nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("patterns", sa.JSON(), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False, comment="how many it counted for its pair"),
        sa.Column("client_email", sa.String(length=200), server_default="", nullable=False),
        sa.Column("advisor_email", sa.String(length=200), server_default="", nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("warning_sent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("admin_alerted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.seq"], name=op.f("fk_alerts_conversation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_alerts")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_alerts_tenant")),
    )
    op.create_index("ix_alerts_created", "alerts", ["tenant", "created_at"], unique=False)
    op.create_index("ix_alerts_status", "alerts", ["tenant", "status", "seq"], unique=False)


def _flags() -> None:
    op.create_table(
        "conversation_flags",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=40), server_default="", nullable=False),
        sa.Column(
            "alert", sa.String(length=40), server_default="", nullable=False, comment="whose receipts count here"
        ),
        sa.Column("issue_reference", sa.String(length=200), nullable=False),
        sa.Column("flagged_user", sa.String(length=200), nullable=False),
        sa.Column("user_type", sa.String(length=16), nullable=False),
        sa.Column("client_email", sa.String(length=200), nullable=False),
        sa.Column("advisor_email", sa.String(length=200), nullable=False),
        sa.Column("flagged_pattern", sa.String(length=64), nullable=False),
        sa.Column("flagged_text", sa.String(length=200), nullable=False),
        sa.Column("flag_count_for_pair", sa.Integer(), nullable=False),
        sa.Column("warning_sent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("admin_alerted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_conversation_flags")),
    )
    op.create_index("ix_conversation_flags_issue", "conversation_flags", ["tenant", "issue_reference"], unique=False)
    op.create_index(
        "ix_conversation_flags_pair", "conversation_flags", ["tenant", "client_email", "advisor_email"], unique=False
    )


def _memory() -> None:
    op.create_table(
        "pair_counters",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("client_email", sa.String(length=200), nullable=False),
        sa.Column("advisor_email", sa.String(length=200), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "client_email", "advisor_email", name=op.f("pk_pair_counters")),
    )
    op.create_table(
        "cooldowns",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "channel", "conversation_id", "type", name=op.f("pk_cooldowns")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_idempotency_keys")),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False, comment="event, or the act that is to be done"),
        sa.Column(
            "ordered_by",
            sa.String(length=400),
            nullable=False,
            comment="delivered in order: a conversation, for each kind",
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False, comment="pending, delivered or dead"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(length=500), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    op.create_index("ix_outbox_due", "outbox", ["status", "next_at"], unique=False)
    op.create_index("ix_outbox_order", "outbox", ["ordered_by", "status", "seq"], unique=False)
