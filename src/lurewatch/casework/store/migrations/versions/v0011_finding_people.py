"""What erasing and exporting a person looks for is found by an index, and so is who is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_alerts_verdict", "alerts", ["tenant", "verdict"])
    op.create_index("ix_alerts_client", "alerts", ["tenant", "client_email"])
    op.create_index("ix_alerts_advisor", "alerts", ["tenant", "advisor_email"])
    op.create_index("ix_conversation_flags_advisor", "conversation_flags", ["tenant", "advisor_email"])
    op.create_index("ix_pair_counters_advisor", "pair_counters", ["tenant", "advisor_email"])
    op.create_index("ix_idempotency_keys_verdict", "idempotency_keys", ["tenant", "verdict"])
    gone = sa.text("status = 'dead' AND substr(last_error, 1, 6) = 'Gone: '")
    op.create_index("ix_outbox_gone", "outbox", ["kind", "seq"], postgresql_where=gone, sqlite_where=gone)
