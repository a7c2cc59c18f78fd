"""The quality gate: ``python -m lurewatch.lab.gate DATA`` measures the report half and fails when a bar is missed.

The bars are what was promised, not what is reached; ``--half dev`` measures the half that developers may read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lurewatch.engine.reading import Reader
from lurewatch.lab import contacts, corepack, corpus
from lurewatch.lab.attacks import ATTACKS
from lurewatch.lab.scoring import Order, Scored, score, shares

ENGLISH = frozenset({"sms_mishra_soni", "weak_spamhunter_labelled"})
"""The sources of English SMS scams."""
_KINDS = ("phone", "email", "card", "iban")
_SOURCES = ("pii_presidio_synth", "pii_stt_spoken_contacts")


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise: what is measured, the figure (a share in [0,1] or points), and the bar."""

    name: str
    figure: float
    bar: float
    at_least: bool

    @property
    def held(self) -> bool:
        """Whether the promise is kept; figures are compared as measured, never rounded."""
        return self.figure >= self.bar if self.at_least else self.figure <= self.bar

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        word = "ok" if self.held else "MISSED"
        return f"{word:8} {self.name:58} {self.figure:8.2%} {sign} {self.bar:.2%}"


def found_in(rows: Iterable[Scored], sources: Collection[str], attack: str = "") -> tuple[int, int]:
    """Of the scam messages of these sources under this attack: how many were found, and how many there are."""
    outcomes = [
        row.found
        for row in rows
        if (row.unit, row.label, row.attack) == ("message", "scam", attack) and row.source in sources
    ]
    return sum(outcomes), len(outcomes)


def message_bars(rows: Sequence[Scored]) -> Iterator[Bar]:
    """Recall on English scam messages, and false positives on honest files."""
    found, possible = found_in(rows, ENGLISH)
    yield Bar("recall, English SMS scams pooled", found / possible if possible else 0.0, 0.60, at_least=True)
    honest = shares(rows, "honest")
    yield Bar("false positives, mean over honest files", _mean(honest.values()), 0.015, at_least=False)
    name, share = max(honest.items(), key=lambda file: file[1], default=("none", 0.0))
    yield Bar(f"false positives, worst honest file ({name})", share, 0.05, at_least=False)


def attack_bars(rows: Sequence[Scored]) -> Iterator[Bar]:
    """What each disguise leaves of the recall on English scams, and what it adds to the false positives."""
    plain, _ = found_in(rows, ENGLISH)
    honest = shares(rows, "honest")
    for attack in sorted({row.attack for row in rows} - {""}):
        kept, _ = found_in(rows, ENGLISH, attack)
        disguised = shares(rows, "honest", attack=attack)
        yield Bar(f"recall kept under {attack}", kept / plain if plain else 1.0, 0.95, at_least=True)
        added = _mean(share - honest[source] for source, share in disguised.items())
        yield Bar(f"false positives added by {attack}", added, 0.01, at_least=False)


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def contact_bars(data: Path, part: corpus.Half) -> Iterator[Bar]:
    """Recall and precision of contact details, pooled over the two files that mark them exactly."""
    reader = Reader(replace(corepack.pack(), rules=(), lexicons={}), contacts.REGIONS)
    scores, _ = contacts.measure(reader.signals, corpus.contacts(data, part))
    for kind in _KINDS:
        for source in _SOURCES:
            score = scores.get((source, kind))
            if score is not None and score.possible:
                yield Bar(f"recall, {kind} in {source}", score.recall, 0.95, at_least=True)
                yield Bar(f"precision, {kind} in {source}", score.precision, 0.95, at_least=True)


def bars(data: Path, part: corpus.Half, jobs: int) -> Iterator[Bar]:
    """Every bar, measured."""
    rows = score(corepack.load(), list(corpus.messages(data, part)), Order(attacks=ATTACKS), jobs)
    yield from message_bars(rows)
    yield from attack_bars(rows)
    yield from contact_bars(data, part)


def main(argv: Sequence[str] | None = None) -> int:
    """Print every bar; 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="python -m lurewatch.lab.gate", description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with the labelled data")
    parser.add_argument("--half", choices=corpus.HALVES, default="report", help="which half to measure")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes")
    options = parser.parse_args(argv)
    return _printed(bars(options.data, options.half, options.jobs))


def _printed(measured: Iterable[Bar]) -> int:
    missed = 0
    for bar in measured:
        print(bar, flush=True)  # noqa: T201 - this is a command
        missed += not bar.held
    print(f"{missed or 'No'} bars missed")  # noqa: T201 - this is a command
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
