"""What it means: one way of knowing a file. A detector reads a sender's dossier and never fetches anything.

A detector of one's own is a class with ``analyze(detector_input)`` that returns a score in [0,1] or a Finding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from lurewatch.engine.detectors import behavioral, historical, identity, linguistic, links
from lurewatch.engine.detectors.case import Case
from lurewatch.engine.model import Finding

BUILT_IN: Mapping[str, Detector]


class Detector(Protocol):
    """One way of knowing. May raise: it then counts as 0.0 and is named in the verdict."""

    def analyze(self, detector_input: Case) -> float | Finding: ...


@dataclass(frozen=True, slots=True)
class Findings:
    """What all detectors claim, by name in their order; ``failed`` names those that raised."""

    by_name: Mapping[str, Finding]
    failed: tuple[str, ...] = ()


BUILT_IN = {
    "linguistic": linguistic.Linguistic(),
    "behavioral": behavioral.Behavioral(),
    "link_infrastructure": links.LinkInfrastructure(),
    "identity_mismatch": identity.IdentityMismatch(),
    "historical": historical.Historical(),
}


def run(detectors: Iterable[tuple[str, Detector]], case: Case) -> Findings:
    """Ask every detector; one that fails is neutral and named."""
    findings: dict[str, Finding] = {}
    failed: list[str] = []
    for name, detector in detectors:
        try:
            answer = detector.analyze(case)
            finding = answer if isinstance(answer, Finding) else Finding(name, float(answer))
            if not (math.isfinite(finding.score) and 0.0 <= finding.score <= 1.0):
                raise ValueError(f"detector {name} scored {finding.score}, outside [0,1]")
        except Exception:
            finding = Finding(name, 0.0)
            failed.append(name)
        findings[name] = finding
    return Findings(findings, tuple(failed))
