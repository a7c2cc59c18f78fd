"""What goes out."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, and_, func, literal_column, text

from lurewatch.casework.store.columns import Moment, created, metadata, seq, tenant

outbox = Table(
    "outbox",
    metadata,
    seq(),
    tenant(),
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
    created(),
    Column("delivered_at", Moment),
    Index("ix_outbox_due", "status", "next_at"),
    Index("ix_outbox_alert", "alert", postgresql_where=text("alert <> ''"), sqlite_where=text("alert <> ''")),
    Index("ix_outbox_order", "ordered_by", "status", "seq"),
)

GONE = "Gone: "
"""So begins the error of a dead row that was answered that whom it is for is gone."""
IS_GONE = and_(  # in literals: with parameters no partial index would be used
    outbox.c.status == literal_column("'dead'"),
    func.substr(outbox.c.last_error, literal_column("1"), literal_column(f"{len(GONE)}"))
    == literal_column(f"'{GONE}'"),
)
Index("ix_outbox_gone", outbox.c.kind, outbox.c.seq, postgresql_where=IS_GONE, sqlite_where=IS_GONE)
