"""What a detector is given, and how several reasons make one score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from lurewatch.engine.model import Finding, Knowledge, SenderMetadata
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.state import Dossier


@dataclass(frozen=True, slots=True)
class Case:
    """One sender's dossier, what the platform knows of the account, and what others know of the indicators.

    ``text`` is the sender's latest message when the case is heard message by message, else empty.
    """

    dossier: Dossier
    metadata: SenderMetadata
    knowledge: Knowledge
    tables: Tables
    text: str = ""


def weigh(detector: str, reasons: Iterable[tuple[float, str]]) -> Finding:
    """Independent reasons, each with the probability that it alone would justify: 1 - product of (1 - p)."""
    doubt = 1.0
    words: list[str] = []
    for probability, reason in reasons:
        doubt *= 1.0 - probability
        words.append(reason)
    return Finding(detector, round(1.0 - doubt, 6), tuple(words)) if words else _nothing(detector)


@cache
def _nothing(detector: str) -> Finding:
    return Finding(detector, 0.0)
