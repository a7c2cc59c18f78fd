"""The nouns of asking: whom, about what, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lurewatch.engine.packs.taxonomy import ScamType
from lurewatch.intel.opinion.masking import Seen

MOST_CHARACTERS = 6_000
"""So much is sent: in English, with instructions and answer, it fits the smallest usual context of 4,096 tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionConfig:
    """Whom to ask and how often. ``timeout`` is in seconds and holds for everything between question and answer.

    ``budget`` is in calls a minute, ``concurrency`` in calls at a time, ``max_tokens`` bounds an answer, thoughts of a
    reasoning model included.
    """

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    timeout: float = 10.0
    budget: int = 60
    concurrency: int = 4
    max_tokens: int = 2_000
    temperature: float = 0.0


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered, how that ended (``finish``: stop, length, content_filter ...), and the tokens it cost."""

    content: str
    finish: str = "stop"
    refused: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """What one sender wrote, and the signals in it."""

    sender: str
    text: str
    signals: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about: messages in order, and what is believed of them without an opinion.

    ``heuristic`` is the confidence in [0,1] of the rules in a scam type, ``turn`` counts from 1; ``decided`` says that
    an opinion can change nothing any more.
    """

    words: tuple[Words, ...]
    scam_types: tuple[ScamType, ...]
    is_scam: bool
    heuristic: float
    turn: int = 1
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Counters:
    """What was asked so far. ``outcomes`` counts opinions as they read: ``agree``, ``skipped (budget)`` ..."""

    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)

    @property
    def disagreements(self) -> int:
        """How often the model and the rules did not say the same."""
        return self.outcomes.get("disagree", 0)
