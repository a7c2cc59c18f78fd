"""The shapes of answers, for the OpenAPI document alone: answers are written without them, for speed.

A test holds that every answer fits its shape and that a shape names every field of it. More fields may come.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lurewatch.casework.review import Disposition
from lurewatch.engine.model import Basis, RiskLevel, Role, Status
from lurewatch.engine.opinion import Outcome

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Turn = Annotated[int, Field(ge=1)]
Cursor = Annotated[str | None, Field(description="Asks for the next page; null on the last")]
Mode = Literal["monitor", "enforce"]


class Health(BaseModel):
    """The service is up."""

    status: Literal["healthy"]
    timestamp: datetime


class BegunStage(BaseModel):
    """A stage that was begun, at which turn (from 1), and by which rule."""

    stage: str
    turn: Turn
    rule: str | None


class Emotions(BaseModel):
    """How the leading sender's strongest message plays on feelings."""

    urgency: Share
    fear: Share
    greed: Share
    authority: Share
    trust: Share
    overall_manipulation: Share
    primary_tactic: str


class Place(BaseModel):
    """A span of a message, in code points of it as sent."""

    message_index: Count
    start: Count
    end: Count


class FlagAnswer(Place):
    """A piece of evidence; ``parts`` where its text is split over messages."""

    pattern: str
    category: str
    rule: str
    matched_text: str
    parts: list[Place] = Field(default_factory=list)


class IndicatorAnswer(Place):
    """A value that could tie the conversation to others."""

    type: str
    value: str
    valid: bool | None
    parts: list[Place] = Field(default_factory=list)


class DecisionAnswer(BaseModel):
    """What a policy wants; ``suppressed`` only in a cool-down."""

    policy: str
    action: str
    mode: Mode
    type: str = ""
    suppressed: Literal[True] = True


class OpinionAnswer(BaseModel):
    """What came of asking a language model; without an answer only ``outcome`` and ``reason``."""

    outcome: Outcome
    reason: str = ""
    is_scam: bool = False
    scam_type: str = ""
    confidence: Share = 0.0
    threat_level: str = ""
    intent: str = ""
    risk_indicators: list[str] = Field(default_factory=list)
    reasoning: str = ""
    quotes: list[str] = Field(default_factory=list)
    model: str = ""


class MadeBy(BaseModel):
    """What made a verdict."""

    engine: str
    pack: str
    model: str
    config: str


class Evidence(BaseModel):
    """A verdict with its evidence; ``incomplete`` where the status is partial."""

    # The names are those of the answer, whatever pydantic keeps them for.
    model_config = ConfigDict(protected_namespaces=())

    scam_probability: Annotated[float, Field(ge=0, le=100)]
    risk_level: RiskLevel
    breakdown: dict[str, Share]
    is_scam: bool
    scam_type: str
    scam_type_certainty: Share
    scam_type_basis: Basis
    threat_level: str
    stage: str | None
    uncertain: bool
    stages: list[BegunStage]
    emotional_profile: Emotions
    tactics: dict[str, Share]
    flags: list[FlagAnswer]
    indicators: list[IndicatorAnswer]
    decisions: list[DecisionAnswer]
    reasoning: str
    first_flagged_turn: Turn | None
    status: Status
    versions: MadeBy
    second_opinion: OpinionAnswer = Field(default_factory=lambda: OpinionAnswer(outcome="skipped"))
    incomplete: list[str] = Field(default_factory=list)


class DetectionAnswer(Evidence):
    """What was detected."""

    conversation_id: str
    handoff_triggered: bool
    recorded: bool
    timestamp: datetime
    metadata: dict[str, Any]


class _Found(Evidence):
    id: str
    verdict_id: str
    channel: str
    conversation_id: str
    position: Count
    edition: Count


class ScreenedAnswer(_Found):
    """What was believed when a message was screened."""

    recorded: bool
    repeated: bool


class VerdictAnswer(_Found):
    """A verdict as it was given."""

    created_at: datetime


class ResultsAnswer(BaseModel):
    """What was said of each message, in the order they were sent."""

    results: list[ScreenedAnswer]


class TakenAnswer(BaseModel):
    """An update was taken."""

    ok: Literal[True]


class ContactFlag(BaseModel):
    """A piece of evidence, as the contact monitor shows it."""

    pattern: str
    matched_text: str
    category: str


class ContactResult(BaseModel):
    """The result of the contact monitor; ``warning_message`` where it is flagged."""

    flagged: bool
    flags: list[ContactFlag]
    action: Literal["none", "warning", "escalation"]
    flag_count: Annotated[int, Field(ge=0, description="Incidents of the pair, this one included")]
    warning_message: str = ""


class MessageAnswer(BaseModel):
    """One edition of a message; ``text`` is null where only its hash was kept."""

    message_id: str
    position: Count
    edition: Count
    sender: str
    role: Role
    text: str | None
    sent_at: datetime | None
    created_at: datetime


class ConversationAnswer(BaseModel):
    """A conversation, a page of its messages, oldest first, and what is believed of it now."""

    channel: str
    conversation_id: str
    message_count: Count
    created_at: datetime
    updated_at: datetime
    handed_off_at: datetime | None
    messages: list[MessageAnswer]
    cursor: Cursor
    newest: VerdictAnswer | None


class ActAnswer(BaseModel):
    """An act on its way; ``reference`` is what it became over there."""

    kind: str
    status: Literal["pending", "delivered", "dead"]
    attempts: Count
    reference: str
    last_error: str
    delivered_at: datetime | None


class AlertAnswer(BaseModel):
    """A decision that asks for a person."""

    id: str
    channel: str
    conversation_id: str
    case_id: str
    verdict: str
    policy: str
    action: str
    type: str
    score: float
    count: Count
    suppressed: bool
    mode: Mode
    acts: list[str]
    deliveries: list[ActAnswer]
    keywords: list[str]
    patterns: list[str]
    status: str
    warning_sent: bool
    admin_alerted: bool
    created_at: datetime
    closed_at: datetime | None


class AlertsAnswer(BaseModel):
    """A page of alerts, the newest first."""

    alerts: list[AlertAnswer]
    cursor: Cursor


class CaseAnswer(BaseModel):
    """Alerts on the same actors: open while one of them is."""

    id: str
    status: Literal["open", "closed"]
    alerts: Count
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None


class CasesAnswer(BaseModel):
    """A page of cases, the newest first."""

    cases: list[CaseAnswer]
    cursor: Cursor


class ClosedAnswer(BaseModel):
    """An alert was closed, and what that did to the count of its pair."""

    alert: str
    disposition: Disposition
    incidents_changed: int
