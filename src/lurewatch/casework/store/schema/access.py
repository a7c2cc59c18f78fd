"""Who may call, and who did what."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, String, Table, Text

from lurewatch.casework.store.columns import Big, Moment, created, metadata, seq, tenant

api_keys = Table(
    "api_keys",
    metadata,
    seq(),
    tenant(),
    Column("id", String(16), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("scopes", JSON, nullable=False),
    created(),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
)

audit_log = Table(
    "audit_log",
    metadata,
    seq(),
    tenant(),
    Column("actor", String(64), nullable=False, comment="the id of a key, or system"),
    Column("action", String(32), nullable=False),
    Column("subject", String(40), nullable=False, comment="an id that was given here"),
    Column("detail", Text, nullable=False, comment="JSON without personal data"),
    created(),
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
