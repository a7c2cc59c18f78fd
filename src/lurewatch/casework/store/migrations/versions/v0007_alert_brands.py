"""Which of the keywords of an alert are brands, and the alerts of a conversation found at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
_AT_ONCE = 1_000
_COMMENT = "of the keywords; those of each alert, none twice"
_TRIGGERS = frozenset({"trigger_urgent", "trigger_verify"})
_ALERTS = sa.table(
    "alerts",
    sa.column("seq", sa.BigInteger()),
    sa.column("policy", sa.String()),
    sa.column("keywords", sa.JSON()),
    sa.column("patterns", sa.JSON()),
    sa.column("brands", sa.JSON()),
)


def upgrade() -> None:
    """Add the column, fill it, and add the index."""
    op.add_column("alerts", sa.Column("brands", sa.JSON(), nullable=True, comment=_COMMENT))
    op.create_index("ix_alerts_conversation", "alerts", ["conversation", "tenant"], unique=False)
    connection, table = op.get_bind(), _ALERTS.c
    connection.execute(sa.update(_ALERTS).values(brands=[]))
    fill = sa.update(_ALERTS).where(table.seq == sa.bindparam("of")).values(brands=sa.bindparam("found"))
    last = 0
    while True:
        rows = connection.execute(
            sa.select(table.seq, table.keywords, table.patterns)
            .where(table.policy == "brand_watch", table.seq > last)
            .order_by(table.seq)
            .limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        last = rows[-1].seq
        connection.execute(fill, [{"of": row.seq, "found": _brands(row.keywords, row.patterns)} for row in rows])


def _brands(keywords: list[str], patterns: list[str]) -> list[str]:
    """Brands come first, then a word for every trigger that was found."""
    return keywords[: len(keywords) - len(_TRIGGERS.intersection(patterns))]
