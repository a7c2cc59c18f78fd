"""Types of columns that both databases keep alike."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator


class Moment(TypeDecorator[float]):
    """Seconds since the epoch, kept as a timestamp in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> datetime.datetime | None:  # noqa: ARG002
        """The database's timestamp."""
        return None if value is None else datetime.datetime.fromtimestamp(value, datetime.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> float | None:  # noqa: ARG002
        """The seconds; SQLite forgets the zone."""
        if value is None:
            return None
        return float((value if value.tzinfo else value.replace(tzinfo=datetime.UTC)).timestamp())


Big = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is an INTEGER."""
