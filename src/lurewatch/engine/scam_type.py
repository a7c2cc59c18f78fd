"""Which of the pack's scam types the evidence speaks for (spec: scam types, heuristic result), by rules and wording."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lurewatch.engine.model import Basis
from lurewatch.engine.packs.pack import Pack
from lurewatch.engine.packs.taxonomy import ScamType

NOT_SCAM = "not_scam"
UNKNOWN = "unknown"
LEAST_CERTAINTY = 0.25
"""Of a type that no rule indicates and that is less certain than this nothing is said."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The best type, the heuristic confidence in it (0 without evidence), and the indicators (rule ids) it rests on."""

    scam_type: ScamType | None
    confidence: float
    indicators: tuple[str, ...] = ()


NO_GUESS = Guess(None, 0.0)


@dataclass(frozen=True, slots=True)
class Naming:
    """The type a scam is given, None for an unknown one, how certain that is in [0,1], and what it rests on.

    With a type model the certainty is calibrated: the share of such answers that are right. Without one, or where it
    has no say, it is the heuristic confidence.
    """

    scam_type: ScamType | None
    certainty: float
    basis: Basis


UNNAMED = Naming(None, 0.0, "none")


def confidence(distinct: int) -> float:
    """0, 0.35, 0.55 for none, one, two distinct indicators; min(0.95, 0.4 + n/3 * 0.4) from three on."""
    if distinct <= 2:
        return (0.0, 0.35, 0.55)[distinct]
    return round(min(0.95, 0.4 + distinct / 3 * 0.4), 2)


class Classifier:
    """Counts the distinct indicators of each type; on a tie the type that stands first in the taxonomy wins."""

    def __init__(self, pack: Pack) -> None:
        self._types: Sequence[ScamType] = pack.scam_types
        self._model = pack.type_model
        order = {scam_type.id: number for number, scam_type in enumerate(pack.scam_types)}
        self._indicates: Mapping[str, tuple[int, ...]] = {
            rule.id: tuple(order[name] for name in rule.indicates) for rule in pack.rules if rule.indicates
        }

    def classify(self, rules: Iterable[str]) -> Guess:
        """The guess for a set of rule ids that hit, of the rules alone."""
        votes = self._votes(rules)
        if not votes:
            return NO_GUESS
        best = min(votes, key=lambda number: (-len(votes[number]), number))
        return Guess(self._types[best], confidence(len(votes[best])), tuple(votes[best]))

    def name(self, rules: Iterable[str], words: str) -> Naming:
        """The type by rules and wording together.

        ``words`` are what the type model reads of a sender; empty where it has no say. A type it does not know counts
        as the mean of those it knows.
        """
        votes = self._votes(rules)
        if self._model is None or not words or not self._types:
            guess = self.classify(rules)
            return Naming(guess.scam_type, guess.confidence, "rules") if guess.scam_type else UNNAMED
        scores = self._model.scores(words)
        otherwise = sum(scores.values()) / len(scores)
        heard = [scores.get(scam_type.id, otherwise) for scam_type in self._types]
        together = [score + self._model.vote * len(votes.get(number, ())) for number, score in enumerate(heard)]
        highest = max(together)
        best = together.index(highest)
        certainty = round(1.0 / math.fsum(math.exp(score - highest) for score in together), 4)
        if best in votes:
            return Naming(self._types[best], certainty, "both" if heard[best] == max(heard) else "rules")
        return Naming(self._types[best], certainty, "wording") if certainty >= LEAST_CERTAINTY else UNNAMED

    def _votes(self, rules: Iterable[str]) -> dict[int, list[str]]:
        """The indicators of each type, by its place in the taxonomy."""
        votes: dict[int, list[str]] = {}
        indicates = self._indicates
        for rule in rules:
            if rule in indicates:
                for number in indicates[rule]:
                    votes.setdefault(number, []).append(rule)
        return votes
