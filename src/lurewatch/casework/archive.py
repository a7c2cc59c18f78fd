"""What was recorded, as it was said: verdicts, conversations, alerts. Nothing here crosses tenants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import RowMapping

from lurewatch.casework.store import Store, cases, reading
from lurewatch.engine.model import Decision, Role, Verdict
from lurewatch.errors import InputError

MOST_ROWS = 200
"""The longest page."""
ALERT_FILTERS = ("status", "policy", "action", "type", "channel", "case_id")
_MOST_SEQ, _LONGEST_CURSOR = 2**62, 20
_VERDICT: msgspec.json.Decoder[Verdict] = msgspec.json.Decoder(Verdict)
_DECISIONS: msgspec.json.Decoder[tuple[Decision, ...]] = msgspec.json.Decoder(tuple[Decision, ...])
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Part of a list; ``cursor`` asks for the next part, None where there is none."""

    items: tuple[Item, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """What was believed, and decided, when a message came. ``position`` of the message counts from 0."""

    id: str
    channel: str
    conversation_id: str
    position: int
    edition: int
    created_at: float
    verdict: Verdict
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One edition of a message; ``text`` is None where only its hash was kept."""

    message_id: str
    position: int
    edition: int
    sender: str
    role: Role
    text: str | None
    sent_at: float | None
    created_at: float


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation, a page of its messages, oldest first, and what is believed of it now."""

    channel: str
    id: str
    message_count: int
    created_at: float
    updated_at: float
    handed_off_at: float | None
    messages: Page[StoredMessage]
    newest: StoredVerdict | None


@dataclass(frozen=True, slots=True)
class ActDelivery:
    """An act on its way: ``status`` is pending, delivered or dead; ``reference`` what it became over there."""

    kind: str
    status: str
    attempts: int
    reference: str
    last_error: str
    delivered_at: float | None


_ACT = ("kind", "status", "attempts", "reference", "last_error", "delivered_at")


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """A decision that was recorded; ``warning_sent`` and ``admin_alerted`` say what was delivered.

    ``acts`` are the kinds of acts it asks for. In ``mode`` enforce they are done, and ``deliveries`` say how far each
    has come; in monitor they would have been.
    """

    id: str
    channel: str
    conversation_id: str
    case_id: str
    verdict: str
    policy: str
    action: str
    type: str
    score: float
    count: int
    suppressed: bool
    mode: str
    acts: tuple[str, ...]
    deliveries: tuple[ActDelivery, ...]
    keywords: tuple[str, ...]
    patterns: tuple[str, ...]
    status: str
    warning_sent: bool
    admin_alerted: bool
    created_at: float
    closed_at: float | None


@dataclass(frozen=True, slots=True)
class StoredCase:
    """Alerts on the same actors: ``status`` is open while one of them is, else closed."""

    id: str
    status: str
    alerts: int
    created_at: float
    updated_at: float
    closed_at: float | None


class Archive:
    """Looks things up in a store. All doors raise StoreError when it is away."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def verdict(self, tenant: str, verdict_id: str) -> StoredVerdict | None:
        """A verdict by its id; None where there is none."""
        async with self._store.reading() as connection:
            row = await reading.verdict(connection, tenant, verdict_id)
        return None if row is None else _verdict(row, row["channel"], row["conversation_id"])

    async def conversation(
        self, tenant: str, channel: str, conversation_id: str, *, cursor: str | None = None, limit: int = 50
    ) -> StoredConversation | None:
        """A conversation by what the platform calls it; None where there is none.

        Raises:
            InputError: the cursor is none of ours, or the limit is not in [1, MOST_ROWS].
        """
        after, most = _place(cursor) or 0, _limit(limit)
        async with self._store.reading() as connection:
            row = await reading.conversation(connection, tenant, channel, conversation_id)
            if row is None:
                return None
            rows = await reading.messages_of(connection, row["seq"], after, most + 1)
            newest = await reading.newest_verdict(connection, row["seq"])
        return StoredConversation(
            channel=channel,
            id=conversation_id,
            message_count=row["message_count"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            handed_off_at=row["handed_off_at"],
            messages=_page(rows, most, StoredMessage),
            newest=None if newest is None else _verdict(newest, channel, conversation_id),
        )

    async def alerts(
        self,
        tenant: str,
        *,
        filters: Mapping[str, str] | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[StoredAlert]:
        """Alerts, the newest first. ``filters`` are values of ALERT_FILTERS.

        Raises:
            InputError: the cursor is none of ours, or the limit is not in [1, MOST_ROWS].
        """
        before, most = _place(cursor), _limit(limit)
        equal = {name: value for name, value in (filters or {}).items() if name in ALERT_FILTERS}
        async with self._store.reading() as connection:
            rows = await reading.alerts_of(connection, tenant, before=before, limit=most + 1, equal=equal)
            acts = await reading.acts_of(connection, tenant, [row["id"] for row in rows])
        of_alert: dict[str, list[ActDelivery]] = {}
        for act in acts:
            of_alert.setdefault(act["alert"], []).append(ActDelivery(**{name: act[name] for name in _ACT}))
        return _page(
            [{**row, "acts": row["acts"] or [], "deliveries": of_alert.get(row["id"], [])} for row in rows],
            most,
            StoredAlert,
        )

    async def cases(
        self, tenant: str, *, status: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[StoredCase]:
        """Cases, the newest first; their alerts are found by ``case_id``.

        Raises:
            InputError: the cursor is none of ours, or the limit is not in [1, MOST_ROWS].
        """
        before, most = _place(cursor), _limit(limit)
        async with self._store.reading() as connection:
            rows = await cases.listed(connection, tenant, before=before, limit=most + 1, status=status)
        return _page(rows, most, StoredCase)


def _verdict(row: RowMapping, channel: str, conversation_id: str) -> StoredVerdict:
    return StoredVerdict(
        id=row["id"],
        channel=channel,
        conversation_id=conversation_id,
        position=row["position"],
        edition=row["edition"],
        created_at=row["created_at"],
        verdict=_VERDICT.decode(row["verdict"]),
        decisions=_DECISIONS.decode(row["decisions"]),
    )


def _page(rows: Any, most: int, kind: type[Item]) -> Page[Item]:
    """The rows as values with fields of the same names; one row more than ``most`` says that there is more."""
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]
    items = tuple(
        kind(**{name: tuple(row[name]) if isinstance(row[name], list) else row[name] for name in names})
        for row in rows[:most]
    )
    return Page(items, str(rows[most - 1]["seq"]) if len(rows) > most else None)


def _place(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if not (len(cursor) < _LONGEST_CURSOR and cursor.isascii() and cursor.isdecimal() and int(cursor) < _MOST_SEQ):
        raise InputError("the cursor is none of ours. Take it from the page before, or leave it out", pointer="/cursor")
    return int(cursor)


def _limit(limit: int) -> int:
    if not 1 <= limit <= MOST_ROWS:
        raise InputError(f"the limit is from 1 to {MOST_ROWS}", pointer="/limit")
    return limit
