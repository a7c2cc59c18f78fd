"""Tactics of persuasion: the highest tactics confidence of one of the sender's messages (see ``engine.tactics``)."""

from __future__ import annotations

from lurewatch.engine.detectors.case import Case
from lurewatch.engine.model import Finding
from lurewatch.engine.state import TACTICS


class Linguistic:
    """Scores by the published confidence formula; the reasons are the tactics in use."""

    def analyze(self, detector_input: Case) -> Finding:
        dossier = detector_input.dossier
        used = tuple(f"{name} language" for name in TACTICS if name in dossier.tactics)
        return Finding("linguistic", dossier.linguistic, used)
