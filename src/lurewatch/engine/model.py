"""The nouns of the engine. Every value is frozen; offsets count code points of the message as sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lurewatch.engine.opinion import Opinion
from lurewatch.engine.stages import Begun

Role = Literal["suspect", "protected", "agent", "unknown"]
RiskLevel = Literal["safe", "suspicious", "high", "confirmed"]
Status = Literal["complete", "partial"]
Reading = Literal["folded", "plain", "spoken"]
Basis = Literal["none", "rules", "wording", "both", "second_opinion"]
"""What a scam type rests on."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as sent. ``timestamp`` is in seconds since the epoch (UTC), ``None`` when unknown."""

    text: str
    sender: str = ""
    role: Role = "unknown"
    timestamp: float | None = None
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class SenderMetadata:
    """What the platform knows of the suspect's account; ``account_age_days`` is >= 0."""

    user_id: str | None = None
    account_age_days: float | None = None
    verification_status: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages in the order they were sent."""

    messages: tuple[Message, ...]
    id: str = ""
    sender_metadata: SenderMetadata = field(default_factory=SenderMetadata)


@dataclass(frozen=True, slots=True)
class Obfuscation:
    """Part of a message that was disguised: ``kind`` is lookalike, styled, invisible, leet, spaced or repeated."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a text: lower-case, with look-alikes folded to ASCII.

    ``origin[i]`` is the offset in the original of the character that ``text[i]`` came from (non-decreasing);
    ``None`` means the two texts have the same length and the offsets agree.
    """

    reading: Reading
    text: str
    origin: tuple[int, ...] | None = None
    obfuscations: tuple[Obfuscation, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original that ``text[start:end]`` (not empty) was read from."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Part:
    """A span of one message of the conversation; ``message_index`` counts from 0."""

    message_index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signal:
    """Something present in a message: a phone number, a link. Says nothing about guilt.

    ``value`` is normalised (E.164, lower-case address, registrable domain ...). ``valid`` is the outcome of the kind's
    check (checksum, numbering plan), ``None`` where the kind has none. ``traits`` are facts that rules may ask for,
    such as ``shortener`` of a url. ``parts`` is set when the value was split over several messages.
    """

    kind: str
    value: str
    start: int
    end: int
    valid: bool | None = None
    traits: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One match of one rule in one message."""

    rule: str
    start: int
    end: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """One matched piece of evidence, as shown to people."""

    pattern: str
    category: str
    rule: str
    matched_text: str
    message_index: int
    start: int
    end: int
    weight: float = 0.0
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """A value seen in a conversation that could tie it to others."""

    type: str
    value: str
    message_index: int
    start: int
    end: int
    valid: bool | None = None
    traits: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownIndicator:
    """A value that others tied to confirmed fraud; ``confidence`` in [0,1]."""

    type: str
    value: str
    source: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What look-ups found, and a model's ``opinion``. Everything empty means: nothing is known, not: nothing is wrong.

    ``domain_age_days`` maps registrable domains to days since registration; ``near_duplicate`` is the similarity in
    [0,1] to the closest text of a confirmed scam; ``unavailable`` names look-ups that gave no answer in time.
    """

    indicators: tuple[KnownIndicator, ...] = ()
    domain_age_days: Mapping[str, float] = field(default_factory=dict)
    near_duplicate: float = 0.0
    unavailable: tuple[str, ...] = ()
    opinion: Opinion | None = None


NOTHING_KNOWN = Knowledge()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one detector claims: a score in [0,1] and plain-word reasons for it."""

    detector: str
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EmotionalProfile:
    """How a message plays on feelings, each in [0,1]; ``primary_tactic`` is the strongest, ``none`` without any."""

    urgency: float = 0.0
    fear: float = 0.0
    greed: float = 0.0
    authority: float = 0.0
    trust: float = 0.0
    overall_manipulation: float = 0.0
    primary_tactic: str = "none"


NOT_MOVED = EmotionalProfile()


@dataclass(frozen=True, slots=True)
class Versions:
    """What made a verdict: the same input under the same versions gives the same bits."""

    engine: str
    pack: str
    model: str
    config: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the engine believes of a conversation. ``scam_probability`` is in [0,100], scores are in [0,1].

    ``first_flagged_turn`` is the smallest k whose first k messages are a scam (1-based). ``contributions`` are what
    each piece of evidence adds to the log-odds; ``incomplete`` says what was not read or not known, ``shadow`` counts
    matches of rules on trial, which touch nothing else. ``stages`` (in their order) and ``emotion`` (of the message
    that plays most on feelings) are of the sender with the most against them; they say how far and how, not whether:
    read them beside the probability. ``uncertain`` says that the text model does not know the language or the kind of
    text, so that the rules decided alone. ``type_certainty`` in [0,1] is how sure ``scam_type`` is, ``type_basis`` what
    it rests on; ``type_confidence`` is the heuristic confidence, which only counts indicators of rules.
    """

    id: str
    scam_probability: float
    risk_level: RiskLevel
    is_scam: bool
    scam_type: str
    threat_level: str
    breakdown: Mapping[str, float]
    tactics: Mapping[str, float]
    flags: tuple[Flag, ...]
    indicators: tuple[Indicator, ...]
    reasoning: str
    first_flagged_turn: int | None
    status: Status
    versions: Versions
    message_count: int
    contributions: Mapping[str, float] = field(default_factory=dict)
    emotion: EmotionalProfile = field(default_factory=EmotionalProfile)
    type_confidence: float = 0.0
    type_certainty: float = 0.0
    type_basis: Basis = "none"
    failed_detectors: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    shadow: Mapping[str, int] = field(default_factory=dict)
    second_opinion: Opinion | None = None
    uncertain: bool = False
    stages: tuple[Begun, ...] = ()

    @property
    def stage(self) -> str | None:
        """How far the leading sender has come: the furthest stage; None where nobody may be the one who lures."""
        return self.stages[-1].stage if self.stages else None


@dataclass(frozen=True, slots=True)
class Memory:
    """What policies remember of earlier messages; ``now`` (seconds since the epoch) is the only clock they see.

    ``first_new`` is the index of the first message not decided on, ``allowed`` the e-mail addresses and phone numbers
    that may be shared from there on; ``incidents`` is the pair's count before it; ``last_alert`` maps alert types to
    the time of the last one sent in this group; ``handed_off`` is true once the conversation's hand-off event exists.
    """

    now: float = 0.0
    first_new: int = 0
    incidents: int = 0
    last_alert: Mapping[str, float] = field(default_factory=dict)
    handed_off: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy wants done. ``action`` is none, warning, escalation, alert, notice, log or hand_off.

    ``keywords`` are the brands and trigger words it rests on. ``suppressed`` is true for an alert held back by its
    cool-down: it is recorded, not sent. A policy in ``mode`` monitor says what it would want done, and nothing is.
    """

    policy: str
    action: str
    type: str | None = None
    score: float = 0.0
    text: str = ""
    flags: tuple[Flag, ...] = ()
    count: int = 0
    suppressed: bool = False
    mode: Literal["monitor", "enforce"] = "monitor"
    keywords: tuple[str, ...] = ()
    detail: Mapping[str, object] = field(default_factory=dict)
