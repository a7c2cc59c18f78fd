"""A conversation knows when its values were last looked up in vain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column; where it is empty all values are looked up."""
    op.add_column(
        "conversations",
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            comment="when its values were last looked up, and none was known",
        ),
    )
