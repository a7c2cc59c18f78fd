"""What the engine keeps of a conversation: bounded, frozen, and enough to judge without the earlier texts.

Everything is kept per sender, because everybody answers for their own words only. ``observe`` in the pipeline makes the
next state from this one and a message; nothing here looks back at the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lurewatch.engine.model import NOT_MOVED, EmotionalProfile, Finding, Flag, Indicator, Role, SenderMetadata
from lurewatch.engine.scam_type import Guess
from lurewatch.engine.stages import NOT_BEGUN, Course
from lurewatch.engine.text_model import Wording

MOST_SENDERS = 64
"""Later senders of a larger group share one dossier."""
MOST_FLAGS = 400
MOST_INDICATORS = 400
MOST_REMEMBERED = 32
"""Texts, names and domains remembered of one sender; the oldest is forgotten first."""
MOST_TAILS = 3
"""Ends of the last messages of one sender that are kept."""
CROWD = "\x00crowd"
_INNOCENT_ROLES = frozenset({"protected", "agent"})

TACTICS = ("urgency", "authority", "threat", "request", "financial", "phishing")


@dataclass(frozen=True, slots=True)
class Tactic:
    """The matches of one tactic so far: their number and the sum of their weights."""

    count: int = 0
    weight: float = 0.0

    @property
    def score(self) -> float:
        """The mean weight, at most 1; 0 without a match."""
        return min(1.0, self.weight / self.count) if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a message, from offset ``start`` of it, kept in case something goes on in the next."""

    message_index: int
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """What one sender has done. Counts are of messages unless named otherwise.

    ``linguistic`` is the highest tactics confidence of one message; ``evidence`` maps rule ids to the rule's weight and
    ``signals`` signal names (``url``, ``url.shortener``) to their number. ``tails`` are the ends of the last
    messages; ``course`` is how far the sender has come, ``emotion`` the profile of the message that plays most on
    feelings (the first of equals), ``wording`` the one that sounds most like a lure, ``words`` the end of what the
    models read of all of them, ``longest`` the length of the longest; ``plugged`` is the highest score of each plug-in
    detector; ``probability`` is the calibrated one in [0,1] when nothing is known from elsewhere.
    """

    sender: str = ""
    role: Role = "unknown"
    messages: int = 0
    last_time: float | None = None
    rapid: int = 0
    unanswered: int = 0
    linguistic: float = 0.0
    tactics: Mapping[str, Tactic] = field(default_factory=dict)
    evidence: Mapping[str, float] = field(default_factory=dict)
    signals: Mapping[str, int] = field(default_factory=dict)
    brands: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    texts: tuple[tuple[int, int], ...] = ()
    disguises: int = 0
    tails: tuple[Tail, ...] = ()
    course: Course = NOT_BEGUN
    emotion: EmotionalProfile = NOT_MOVED
    wording: Wording | None = None
    words: str = ""
    longest: int = 0
    plugged: Mapping[str, float] = field(default_factory=dict)
    probability: float = 0.0

    def weighed(self, probability: float, plugged: Mapping[str, float]) -> Dossier:
        """The same with another probability and other scores of plug-ins; spelled out, as every message needs it."""
        return Dossier(
            self.sender,
            self.role,
            self.messages,
            self.last_time,
            self.rapid,
            self.unanswered,
            self.linguistic,
            self.tactics,
            self.evidence,
            self.signals,
            self.brands,
            self.domains,
            self.claims,
            self.texts,
            self.disguises,
            self.tails,
            self.course,
            self.emotion,
            self.wording,
            self.words,
            self.longest,
            plugged,
            probability,
        )

    @property
    def counts(self) -> bool:
        """Whether the sender may be the one who lures: not the protected user, not the platform's own agents."""
        return self.role not in _INNOCENT_ROLES

    @property
    def repeated(self) -> int:
        """How often the most repeated message was sent."""
        return max((count for _, count in self.texts), default=0)


NOBODY = Dossier()


@dataclass(frozen=True, slots=True)
class Assessment:
    """One sender weighed: findings, the guessed type, probability in [0,1] with what adds to its log-odds, and the
    published score in [0,100].
    """

    dossier: Dossier
    findings: Mapping[str, Finding]
    failed: tuple[str, ...]
    guess: Guess
    probability: float
    added: Mapping[str, float]
    weighted: float

    @property
    def counts(self) -> bool:
        """Whether the sender may be the one who lures."""
        return self.dossier.counts


@dataclass(frozen=True, slots=True)
class ConversationState:
    """A conversation so far.

    ``leading`` is the assessment of the sender with the most against them when nothing is known from elsewhere, where
    it is at hand. ``asked`` is who asked the last question and its
    content words; ``pack`` is the hash of the pack it was read with.
    """

    id: str = ""
    pack: str = ""
    sender_metadata: SenderMetadata = field(default_factory=SenderMetadata)
    message_count: int = 0
    dossiers: Mapping[str, Dossier] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    first_flagged_turn: int | None = None
    asked: tuple[str, frozenset[str]] | None = None
    incomplete: tuple[str, ...] = ()
    shadow: Mapping[str, int] = field(default_factory=dict)
    leading: Assessment | None = None

    def key_of(self, sender: str) -> str:
        """Under which key a sender's dossier is kept."""
        return sender if sender in self.dossiers or len(self.dossiers) < MOST_SENDERS else CROWD


def speaker(before: ConversationState, after: ConversationState) -> str:
    """Under which key the dossier is kept of whoever sent the one message between these states.

    That need not be the message's own sender: see ``speakers``, and later senders of a larger group.
    """
    known = before.dossiers
    return next(key for key, now in after.dossiers.items() if now.messages > known.get(key, NOBODY).messages)
