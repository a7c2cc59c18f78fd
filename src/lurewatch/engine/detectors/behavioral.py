"""How somebody writes: pace, repetition, deafness to questions, pressure."""

from __future__ import annotations

from collections.abc import Iterator

from lurewatch.engine.detectors.case import Case, weigh
from lurewatch.engine.model import Finding

RAPID_SECONDS = 120.0
"""Messages of one sender closer together than this count as rapid."""
REPETITIONS = 3
_PRESSURE = {"immediate_action": 0.45, "speed_pressure": 0.4, "deadline_pressure": 0.5, "time_pressure": 0.35}


class Behavioral:
    """Rapid messages, the same message three times, questions ignored, and pressure to act."""

    def analyze(self, detector_input: Case) -> Finding:
        return weigh("behavioral", _reasons(detector_input))


def _reasons(case: Case) -> Iterator[tuple[float, str]]:
    dossier = case.dossier
    for rule, probability in _PRESSURE.items():
        if rule in dossier.evidence:
            yield probability, f"pressure: {rule.replace('_', ' ')}"
    if dossier.rapid >= 2:
        yield min(0.4, 0.1 * dossier.rapid), f"{dossier.rapid + 1} messages less than two minutes apart"
    if dossier.repeated >= REPETITIONS:
        yield 0.5, f"the same message {dossier.repeated} times"
    if dossier.unanswered >= 2:
        yield min(0.4, 0.15 * dossier.unanswered), f"{dossier.unanswered} questions ignored"
