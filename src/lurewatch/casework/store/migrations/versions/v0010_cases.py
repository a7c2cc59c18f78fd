"""Alerts on the same actors belong together; verdicts say by which policies they were decided on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table and the columns; alerts of before belong to no case."""
    op.create_table(
        "cases",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("actors", sa.String(length=64), nullable=False, comment="a hash of who the alerts are on"),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_cases")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_cases_tenant")),
    )
    still = sa.text("status = 'open'")
    op.create_index(
        "ix_cases_open", "cases", ["tenant", "actors"], unique=True, postgresql_where=still, sqlite_where=still
    )
    op.create_index("ix_cases_status", "cases", ["tenant", "status", "seq"])
    op.add_column("alerts", sa.Column("case_id", sa.String(length=40), server_default="", nullable=False))
    op.add_column("alerts", sa.Column("actors", sa.String(length=64), server_default="", nullable=False))
    op.create_index("ix_alerts_case", "alerts", ["tenant", "case_id"])
    by = "those of its channel and tenant, if any"
    op.add_column(
        "verdicts", sa.Column("policies", sa.String(length=64), server_default="", nullable=False, comment=by)
    )
