"""What decisions ask to be done, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("alerts", sa.Column("mode", sa.String(length=16), server_default="monitor", nullable=False))
    acts = "what it asks to be done; done in mode enforce"
    op.add_column("alerts", sa.Column("acts", sa.JSON(), nullable=True, comment=acts))
    failed = "attempts of which surely nothing came"
    op.add_column("outbox", sa.Column("failed", sa.Integer(), server_default="0", nullable=False, comment=failed))
    op.add_column(
        "outbox", sa.Column("alert", sa.String(length=40), server_default="", nullable=False, comment="whose act it is")
    )
    became = "what the act became over there"
    op.add_column(
        "outbox", sa.Column("reference", sa.String(length=200), server_default="", nullable=False, comment=became)
    )
    op.create_index("ix_conversation_flags_alert", "conversation_flags", ["tenant", "alert"])
    only = sa.text("alert <> ''")
    op.create_index("ix_outbox_alert", "outbox", ["alert"], postgresql_where=only, sqlite_where=only)
