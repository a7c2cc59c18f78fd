"""Invented data files for the tests of the lab."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

from lurewatch.lab.corpus import Half, half
from lurewatch.lab.scoring import Scored


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON lines, gzipped when the name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def texts_of(part: Half, amount: int, template: str = "invented note {n}", length: int = 1) -> list[str]:
    """Different texts that all belong to one half; with a length, each is that many texts joined by line breaks."""
    candidates = ("\n".join(template.format(n=f"{n}-{line}") for line in range(length)) for n in count())
    return list(islice((text for text in candidates if half(text) == part), amount))


_cluster = count()


def scored(label: str, probability: float, **changes: Any) -> Scored:
    """A judged message in a cluster of its own, found from one half on."""
    values: dict[str, Any] = {
        "unit": "message",
        "source": "file",
        "label": label,
        "cluster": next(_cluster),
        "probability": probability,
        "found": probability >= 0.5,
    }
    return Scored(**{**values, **changes})


def judged(scams: int = 40, honest: int = 60, **changes: Any) -> list[Scored]:
    """Rows of which three in four scams and one in twenty honest ones are found; the same every time."""
    found = [scored("scam", 0.9 if n % 4 else 0.2, cluster=n, **changes) for n in range(scams)]
    wrong = [scored("honest", 0.05 if n % 20 else 0.7, cluster=1000 + n, **changes) for n in range(honest)]
    return found + wrong
