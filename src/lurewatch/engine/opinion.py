"""A second opinion: what a language model says of the same words, and where the rules leave room for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["agree", "disagree", "error", "timeout", "skipped"]
UNKNOWN, NOVEL = "unknown", "novel_scam"
"""What an opinion may call a scam besides the types of the pack."""
FAST_PATH, DECIDED, EMPTY, TOO_LONG = "fast path", "decided", "empty", "too long"
BUDGET, CIRCUIT_OPEN = "budget", "circuit open"
"""Why nobody was asked."""
_FAST_FIRST, _FAST_LATER = 0.85, 0.70


@dataclass(frozen=True, slots=True)
class Opinion:
    """What came of asking a language model.

    ``agree`` and ``disagree`` compare its ``is_scam`` with what was believed without it; ``error``, ``timeout`` and
    ``skipped`` say nothing of the message, and ``reason`` says why. ``confidence`` is in [0,1]. ``quotes`` are the
    words of the message it rests on; each was found there. Texts of the model's own are foreign text.
    """

    outcome: Outcome
    reason: str = ""
    is_scam: bool = False
    scam_type: str = "not_scam"
    confidence: float = 0.0
    threat_level: str = "none"
    intent: str = "unknown"
    risk_indicators: tuple[str, ...] = ()
    reasoning: str = ""
    quotes: tuple[str, ...] = ()
    model: str = ""

    @property
    def answered(self) -> bool:
        """Whether it says anything of the message."""
        return self.outcome in ("agree", "disagree")

    @property
    def accuses(self) -> bool:
        """Whether it calls the message a scam and quotes evidence: only then may it move a score."""
        return self.answered and self.is_scam and bool(self.quotes)

    @property
    def is_missing(self) -> bool:
        """Whether it was wanted and not had: what was judged without it is judged in part."""
        return self.outcome in ("error", "timeout") or self.reason in (TOO_LONG, BUDGET, CIRCUIT_OPEN)

    def __str__(self) -> str:
        return f"{self.outcome} ({self.reason})" if self.reason else self.outcome


def leaves_room(confidence: float, turn: int) -> bool:
    """Whether a heuristic confidence at this turn (from 1) leaves room for an opinion: the fast path does not."""
    return confidence < (_FAST_FIRST if turn <= 1 else _FAST_LATER)
