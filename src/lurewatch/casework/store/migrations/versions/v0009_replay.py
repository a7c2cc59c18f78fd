"""What made verdicts, so that they can be replayed; and flags that came from elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "pack_layers",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False, comment="compressed"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_pack_layers")),
    )
    op.create_table(
        "packs",
        sa.Column("name", sa.String(length=64), nullable=False, comment="as verdicts name it"),
        sa.Column("layers", sa.JSON(), nullable=False, comment="hashes, the lowest first"),
        sa.Column("today", sa.String(length=10), nullable=False, comment="the day by which rules had expired"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_packs")),
    )
    op.create_table(
        "configurations",
        sa.Column("name", sa.String(length=64), nullable=False, comment="as verdicts name it"),
        sa.Column("config", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_configurations")),
    )
    op.add_column("verdicts", sa.Column("config", sa.String(length=64), nullable=False, server_default=""))
    op.add_column(
        "verdicts",
        sa.Column(
            "anew",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="the conversation was read from its texts",
        ),
    )
    op.add_column(
        "conversation_flags",
        sa.Column("origin", sa.String(length=64), comment="of imported ones: hashes of the incident and of the row"),
    )
    op.create_index("ix_conversation_flags_origin", "conversation_flags", ["tenant", "origin"], unique=True)
    op.add_column(
        "pair_counters",
        sa.Column(
            "imported", sa.Integer(), nullable=False, server_default="0", comment="how many of them came from elsewhere"
        ),
    )
