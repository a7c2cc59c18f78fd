"""Who a conversation is about, and what erasing a person and deleting by age look for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_INDEXES = (
    ("ix_conversations_user", "conversations", ["tenant", "user_id"]),
    ("ix_conversations_age", "conversations", ["updated_at"]),
    ("ix_messages_sender", "messages", ["tenant", "sender"]),
    ("ix_messages_age", "messages", ["created_at"]),
    ("ix_verdicts_age", "verdicts", ["created_at"]),
    ("ix_conversation_flags_verdict", "conversation_flags", ["tenant", "verdict"]),
    ("ix_conversation_flags_user", "conversation_flags", ["tenant", "flagged_user"]),
)


def upgrade() -> None:
    """Add the column and the indexes."""
    user = sa.Column(
        "user_id", sa.String(length=200), server_default="", nullable=False, comment="of the sender metadata"
    )
    op.add_column("conversations", user)
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns, unique=False)
