"""The scam types of a pack: what each is called, how bad it is, and who plays its victim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lurewatch.engine.packs.rule import Complain

_TEXTS = ("id", "threat_level", "category", "persona", "description")
THREAT_LEVELS = ("low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class ScamType:
    """One row of the taxonomy; the order of the rows settles ties."""

    id: str
    threat_level: str
    category: str
    persona: str
    description: str
    risk_indicators: tuple[str, ...] = field(default=("Pattern Match",))


def parse_taxonomy(document: Mapping[str, Any], complain: Complain) -> tuple[ScamType, ...]:
    """The rows under ``scam_types``, in order; tells ``complain`` what is wrong."""
    rows = document.get("scam_types") or []
    if not isinstance(rows, list):
        complain(("scam_types",), "scam_types is a list", "")
        return ()
    found: list[ScamType] = []
    for index, row in enumerate(rows):
        path = ("scam_types", index)
        if not isinstance(row, Mapping) or not all(isinstance(row.get(key), str) for key in _TEXTS):
            complain(path, f"a scam type has the texts {', '.join(_TEXTS)}", "")
            continue
        if row["threat_level"] not in THREAT_LEVELS:
            complain((*path, "threat_level"), f"unknown threat level {row['threat_level']!r}", "")
        indicators = row.get("risk_indicators") or ["Pattern Match"]
        if not isinstance(indicators, list) or not all(isinstance(item, str) for item in indicators):
            complain((*path, "risk_indicators"), "risk_indicators is a list of texts", "")
            indicators = []
        if any(row["id"] == other.id for other in found):
            complain((*path, "id"), f"the scam type {row['id']!r} stands twice", "Keep one.")
        found.append(ScamType(**{key: row[key] for key in _TEXTS}, risk_indicators=tuple(indicators)))
    return tuple(found)
