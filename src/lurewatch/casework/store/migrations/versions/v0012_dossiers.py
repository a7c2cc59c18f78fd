"""Of large groups, what is known of those who are neither suspicious nor spoke lately, in rows of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the table; what states of before hold moves into it with the next message."""
    op.create_table(
        "dossiers",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column(
            "dossier", sa.LargeBinary(), nullable=False, comment="what the engine knew of them when they were put away"
        ),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.seq"], name=op.f("fk_dossiers_conversation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation", "sender", name=op.f("pk_dossiers")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # A state is written with every message and read with the next: to pack it takes longer than to write it.
        op.execute("ALTER TABLE conversations ALTER COLUMN state SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE dossiers ALTER COLUMN dossier SET STORAGE EXTERNAL")
