"""The tables. Times are seconds since the epoch here and timestamps with a zone in the database.

Every row belongs to a tenant. Public ids are random; ``seq`` orders rows and is what cursors point at.
"""

from lurewatch.casework.store.columns import metadata
from lurewatch.casework.store.schema.access import api_keys, audit_batches, audit_log
from lurewatch.casework.store.schema.alerts import (
    NOT_COUNTED,
    alerts,
    cases,
    conversation_flags,
    cooldowns,
    dispositions,
    indicators,
    pair_counters,
)
from lurewatch.casework.store.schema.conversations import conversations, dossiers, idempotency_keys, messages, verdicts
from lurewatch.casework.store.schema.outgoing import GONE, IS_GONE, outbox

__all__ = [
    "GONE",
    "IS_GONE",
    "NOT_COUNTED",
    "alerts",
    "api_keys",
    "audit_batches",
    "audit_log",
    "cases",
    "conversation_flags",
    "conversations",
    "cooldowns",
    "dispositions",
    "dossiers",
    "idempotency_keys",
    "indicators",
    "messages",
    "metadata",
    "outbox",
    "pair_counters",
    "verdicts",
]
