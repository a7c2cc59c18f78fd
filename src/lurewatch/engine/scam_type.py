"""Which of the pack's scam types the evidence speaks for (spec: scam types, heuristic result)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lurewatch.engine.packs.pack import Pack
from lurewatch.engine.packs.taxonomy import ScamType

NOT_SCAM = "not_scam"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Guess:
    """The best type, the heuristic confidence in it (0 without evidence), and the indicators (rule ids) it rests on."""

    scam_type: ScamType | None
    confidence: float
    indicators: tuple[str, ...] = ()


NO_GUESS = Guess(None, 0.0)


def confidence(distinct: int) -> float:
    """0, 0.35, 0.55 for none, one, two distinct indicators; min(0.95, 0.4 + n/3 * 0.4) from three on."""
    if distinct <= 2:
        return (0.0, 0.35, 0.55)[distinct]
    return round(min(0.95, 0.4 + distinct / 3 * 0.4), 2)


class Classifier:
    """Counts the distinct indicators of each type; on a tie the type that stands first in the taxonomy wins."""

    def __init__(self, pack: Pack) -> None:
        self._types: Sequence[ScamType] = pack.scam_types
        order = {scam_type.id: number for number, scam_type in enumerate(pack.scam_types)}
        self._indicates: Mapping[str, tuple[int, ...]] = {
            rule.id: tuple(order[name] for name in rule.indicates) for rule in pack.rules if rule.indicates
        }

    def classify(self, rules: Iterable[str]) -> Guess:
        """The guess for a set of rule ids that hit."""
        votes: dict[int, list[str]] = {}
        indicates = self._indicates
        for rule in rules:
            if rule in indicates:
                for number in indicates[rule]:
                    votes.setdefault(number, []).append(rule)
        if not votes:
            return NO_GUESS
        best = min(votes, key=lambda number: (-len(votes[number]), number))
        return Guess(self._types[best], confidence(len(votes[best])), tuple(votes[best]))
