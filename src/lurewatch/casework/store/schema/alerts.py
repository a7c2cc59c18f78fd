"""What was decided, what is remembered for the next decision, and what came of it."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from lurewatch.casework.store.columns import Big, Moment, created, metadata, seq, tenant

NOT_COUNTED = ("false_positive", "benign")
"""Dispositions by which an incident was none: its pair got it back."""
conversation_flags = Table(
    "conversation_flags",
    metadata,
    seq(),
    tenant(),
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
    created(),
    Column("origin", String(64), comment="of imported ones: hashes of the incident and of the row"),
    Index("ix_conversation_flags_origin", "tenant", "origin", unique=True),
    Index("ix_conversation_flags_pair", "tenant", "client_email", "advisor_email"),
    Index("ix_conversation_flags_issue", "tenant", "issue_reference"),
    Index("ix_conversation_flags_alert", "tenant", "alert"),
    Index("ix_conversation_flags_verdict", "tenant", "verdict"),
    Index("ix_conversation_flags_user", "tenant", "flagged_user"),
    Index("ix_conversation_flags_advisor", "tenant", "advisor_email"),
)

alerts = Table(
    "alerts",
    metadata,
    seq(),
    tenant(),
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
    created(),
    Column("closed_at", Moment),
    UniqueConstraint("tenant", "id"),
    Index("ix_alerts_created", "tenant", "created_at"),
    Index("ix_alerts_status", "tenant", "status", "seq"),
    Index("ix_alerts_conversation", "conversation", "tenant"),
    Index("ix_alerts_case", "tenant", "case_id"),
    Index("ix_alerts_verdict", "tenant", "verdict"),
    Index("ix_alerts_client", "tenant", "client_email"),
    Index("ix_alerts_advisor", "tenant", "advisor_email"),
)

_OPEN = text("status = 'open'")
cases = Table(
    "cases",
    metadata,
    seq(),
    tenant(),
    Column("id", String(40), nullable=False),
    Column("actors", String(64), nullable=False, comment="a hash of who the alerts are on"),
    Column("status", String(16), nullable=False),
    Column("alerts", Integer, nullable=False),
    created(),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
    UniqueConstraint("tenant", "id"),
    Index("ix_cases_open", "tenant", "actors", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    Index("ix_cases_status", "tenant", "status", "seq"),
)

dispositions = Table(
    "dispositions",
    metadata,
    seq(),
    tenant(),
    Column("alert", Big, ForeignKey("alerts.seq", ondelete="CASCADE"), nullable=False),
    Column("disposition", String(16), nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("note", Text, nullable=False),
    created(),
    Index("ix_dispositions_alert", "alert"),
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
    Index("ix_pair_counters_advisor", "tenant", "advisor_email"),
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

indicators = Table(
    "indicators",
    metadata,
    seq(),
    tenant(),
    Column("type", String(32), nullable=False),
    Column("value", String(300), nullable=False),
    Column("source", String(32), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("conversation", Big, ForeignKey("conversations.seq", ondelete="CASCADE"), nullable=False),
    created(),
    UniqueConstraint("tenant", "type", "value", "source", "conversation"),
    Index("ix_indicators_conversation", "conversation"),
)
