"""The numbers of a pack: the published weights and thresholds, and the fitted coefficients of the calibrated fusion."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lurewatch.engine.model import RiskLevel
from lurewatch.engine.packs.rule import Complain

DETECTORS = ("linguistic", "behavioral", "link_infrastructure", "identity_mismatch", "historical")
RISK_LEVELS: tuple[RiskLevel, ...] = ("safe", "suspicious", "high", "confirmed")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """``detector_weights`` sum to 1; ``risk_thresholds`` are the lowest score (0-100) of each level, rising from 0."""

    detector_weights: Mapping[str, float]
    risk_thresholds: Mapping[str, float]

    def level(self, probability: float) -> RiskLevel:
        """The risk level of a score in [0,100]."""
        found = RISK_LEVELS[0]
        for name in RISK_LEVELS[1:]:
            if probability >= self.risk_thresholds[name]:
                found = name
        return found


PUBLISHED = Thresholds(
    detector_weights=dict(zip(DETECTORS, (0.30, 0.25, 0.20, 0.15, 0.10), strict=True)),
    risk_thresholds=dict(zip(RISK_LEVELS, (0.0, 30.0, 70.0, 85.0), strict=True)),
)
"""The values of the published contract, used where a pack says nothing."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """A logistic over named features in [0,1]: ``intercept`` in log-odds, ``weights`` >= 0.

    ``relief`` (>= 0) is what the few features that speak for the sender take away.
    """

    intercept: float = -4.0
    weights: Mapping[str, float] = field(default_factory=dict)
    relief: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted fusion: one set of coefficients for a single message, one for a conversation."""

    version: str = "unfitted"
    message: Coefficients = field(default_factory=Coefficients)
    conversation: Coefficients = field(default_factory=Coefficients)


def parse_thresholds(document: Mapping[str, Any], complain: Complain) -> Thresholds:
    """Published values with the document's in their place; tells ``complain`` what is wrong with it."""
    for key in document:
        if key not in ("detector_weights", "risk_thresholds"):
            complain((key,), f"unknown key {key!r}", "Known keys: detector_weights, risk_thresholds.")
    weights = _numbers(document, "detector_weights", 1.0, complain)
    if weights and not math.isclose(math.fsum(weights.values()), 1.0, abs_tol=1e-6):
        complain(
            ("detector_weights",), f"the detector weights sum to {math.fsum(weights.values()):g}", "They must sum to 1."
        )
    levels = {**PUBLISHED.risk_thresholds, **_numbers(document, "risk_thresholds", 100.0, complain)}
    if set(levels) != set(RISK_LEVELS):
        complain(("risk_thresholds",), "an unknown level is named", f"Levels are {', '.join(RISK_LEVELS)}.")
    elif levels["safe"] != 0 or [levels[name] for name in RISK_LEVELS] != sorted(levels[name] for name in RISK_LEVELS):
        complain(("risk_thresholds",), "the thresholds do not rise from 0", f"Order: {', '.join(RISK_LEVELS)}.")
    return Thresholds(weights or PUBLISHED.detector_weights, levels)


def parse_calibration(document: Mapping[str, Any], complain: Complain) -> Calibration:
    """The fitted coefficients; negative weights are refused, because evidence never exonerates."""
    sections = {}
    for name in ("message", "conversation"):
        section = document.get(name) or {}
        if not isinstance(section, Mapping):
            complain((name,), f"{name} is a mapping of intercept and weights", "")
            section = {}
        intercept = section.get("intercept", -4.0)
        if isinstance(intercept, bool) or not isinstance(intercept, int | float):
            complain((name, "intercept"), "the intercept is a number", "")
            intercept = -4.0
        weights = _numbers(section, "weights", 50.0, complain, under=name)
        relief = _numbers(section, "relief", 50.0, complain, under=name)
        sections[name] = Coefficients(float(intercept), weights, relief)
    return Calibration(str(document.get("version", "unfitted")), sections["message"], sections["conversation"])


def _numbers(
    document: Mapping[str, Any], key: str, most: float, complain: Complain, under: str = ""
) -> dict[str, float]:
    value = document.get(key) or {}
    path = (under, key) if under else (key,)
    if not isinstance(value, Mapping):
        complain(path, f"{key} is a mapping of names to numbers", "")
        return {}
    found = {}
    for name, number in value.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= most:
            complain((*path, name), f"{name}: {number!r} is not a number from 0 to {most:g}", "")
        else:
            found[str(name)] = float(number)
    return found
