"""What is published, in one place: the five messages (spec: risk engine), each with its event and its CloudEvents type.

The first two are made here. The others belong to the systems that take a conversation from there: Lurewatch publishes
them for whoever puts them in the outbox, and says what they look like.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from lurewatch.casework.events import EventType


@dataclass(frozen=True, slots=True)
class ScamDetectionResultMessage:
    """What is believed of a conversation after one more message. ``scam_probability`` is 0-100."""

    conversation_id: str
    verdict_id: str
    scam_probability: float
    risk_level: str
    is_scam: bool
    scam_type: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScamConfirmedMessage:
    """A confirmed scam, handed off: ``metadata`` holds the sender, indicators, persona and the conversation so far."""

    conversation_id: str
    scam_probability: float
    risk_level: str
    scam_type: str
    recommended_action: str = "honeypot_engagement"
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HoneypotEngagementRequest:
    """Somebody is asked to answer the scammer as ``persona``."""

    conversation_id: str
    scam_type: str
    persona: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExtractionRequest:
    """Somebody is asked to take down what of a conversation serves as evidence."""

    conversation_id: str
    scam_type: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecoveryInitiation:
    """Somebody is asked to help a victim."""

    conversation_id: str
    scam_type: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Published(NamedTuple):
    """One kind of event: what it is called in process, what it carries, and its type outside."""

    event: EventType
    message: type[object]
    type: str


PUBLISHED = (
    Published(EventType.SCAM_DETECTION_RESULT, ScamDetectionResultMessage, "io.lurewatch.scam.detected.v1"),
    Published(EventType.SCAM_CONFIRMED, ScamConfirmedMessage, "io.lurewatch.scam.confirmed.v1"),
    Published(EventType.HONEYPOT_ENGAGEMENT_REQUEST, HoneypotEngagementRequest, "io.lurewatch.honeypot.requested.v1"),
    Published(EventType.EXTRACTION_REQUEST, ExtractionRequest, "io.lurewatch.extraction.requested.v1"),
    Published(EventType.RECOVERY_INITIATION, RecoveryInitiation, "io.lurewatch.recovery.initiated.v1"),
)


def schemas() -> dict[str, Any]:
    """The JSON Schemas (2020-12) of the messages by name."""
    _, components = msgspec.json.schema_components([one.message for one in PUBLISHED])
    return components
