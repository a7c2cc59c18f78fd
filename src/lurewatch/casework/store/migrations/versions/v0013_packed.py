"""Verdicts, states and dossiers are packed by us: PostgreSQL need not try to pack them again."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Let it keep verdicts as they are too, as 0012 did with the others; rows of before stay as they were written."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE verdicts ALTER COLUMN verdict SET STORAGE EXTERNAL")
