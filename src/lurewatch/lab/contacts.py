"""How well contact details are read: ``python -m lurewatch.lab.contacts DATA [--half report] [--misses 20]``.

Measured on the files of `off_platform`, whose values are marked. A marked value counts when it is possible at all under
our own rule (a phone number has ten to fifteen digits, a card 13 to 19, an address an @ in some reading); it is found
when a signal of the kind covers at least half of it, and a signal is right when it covers at least half of a marked
value. Signals where the source marks nothing count as wrong, although some sources mark only what they were made for.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lurewatch.engine.model import Signal
from lurewatch.engine.reading import Reader
from lurewatch.engine.text import normalise
from lurewatch.errors import InputError
from lurewatch.lab import corepack, corpus
from lurewatch.lab.corpus import ContactText, Half

KINDS = {
    "phone": frozenset({"PHONE", "PHONE_NUMBER", "phone_number", "phonenumber"}),
    "email": frozenset({"EMAIL", "EMAIL_ADDRESS", "email_address"}),
    "card": frozenset({"CREDIT_CARD", "card_number"}),
    "iban": frozenset({"IBAN_CODE"}),
}
"""Our kinds, and what the sources call them."""
REGIONS = ("US", "CA", "IN", "GB")
Span = tuple[int, int]
Read = Callable[[str], Sequence[Signal]]


@dataclass(frozen=True, slots=True)
class Score:
    """``found`` of ``possible`` values of ``marked`` ones; ``right`` of ``reported`` signals."""

    marked: int = 0
    possible: int = 0
    found: int = 0
    reported: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        """The share found of the possible values, 1 without any."""
        return self.found / self.possible if self.possible else 1.0

    @property
    def precision(self) -> float:
        """The share of right signals, 1 without any."""
        return self.right / self.reported if self.reported else 1.0


@dataclass(frozen=True, slots=True)
class Miss:
    """A value that was not found, or a signal where nothing is marked (``wrong``)."""

    source: str
    kind: str
    text: str
    wrong: bool


def measure(read: Read, rows: Iterable[ContactText]) -> tuple[dict[tuple[str, str], Score], list[Miss]]:
    """The scores by (source, kind), and everything that went wrong."""
    counted: Counter[tuple[str, str, str]] = Counter()
    misses: list[Miss] = []
    for row in rows:
        signals = read(row.text)
        for kind, names in KINDS.items():
            marked = [(start, end) for start, end, name in row.spans if name in names]
            possible = [span for span in marked if is_possible(kind, row.text[slice(*span)])]
            seen = [(s.start, s.end) for s in signals if s.kind == kind and "short" not in s.traits]
            found = [span for span in possible if any(covers(other, span) for other in seen)]
            right = [span for span in seen if any(covers(span, other) for other in marked)]
            for name, spans in (("marked", marked), ("possible", possible), ("found", found)):
                counted[row.source, kind, name] += len(spans)
            counted[row.source, kind, "reported"] += len(seen)
            counted[row.source, kind, "right"] += len(right)
            misses += [Miss(row.source, kind, around(row.text, span), False) for span in possible if span not in found]
            misses += [Miss(row.source, kind, around(row.text, span), True) for span in seen if span not in right]
    keys = sorted({(source, kind) for source, kind, _ in counted})
    columns = ("marked", "possible", "found", "reported", "right")
    return {key: Score(*(counted[(*key, column)] for column in columns)) for key in keys}, misses


def is_possible(kind: str, value: str) -> bool:
    """Whether a value can be one of the kind at all, in any reading of it."""
    if kind == "iban":
        return True
    texts = [view.text for view in normalise(value)]
    if kind == "email":
        return any("@" in text for text in texts)
    most = max(sum(char in "0123456789" for char in text) for text in texts)
    return 10 <= most <= 15 if kind == "phone" else 13 <= most <= 19


def covers(signal: Span, marked: Span) -> bool:
    """Whether the signal covers at least half of the marked value."""
    return 2 * (min(signal[1], marked[1]) - max(signal[0], marked[0])) >= marked[1] - marked[0]


def around(text: str, span: Span) -> str:
    """The value between guillemets, with a little of what stands around it."""
    start, end = span
    shown = f"{text[max(0, start - 30) : start]}«{text[start:end]}»{text[end : end + 15]}"
    return " ".join(shown.split())


def table(scores: Mapping[tuple[str, str], Score]) -> str:
    """The scores as aligned text."""
    lines = [f"{'file':32} {'kind':6} {'marked':>6} {'possible':>8} {'recall':>7} {'reported':>8} {'precision':>9}"]
    for (source, kind), score in scores.items():
        if score.marked or score.reported:
            lines.append(
                f"{source:32} {kind:6} {score.marked:6} {score.possible:8} {score.recall:7.1%}"
                f" {score.reported:8} {score.precision:9.1%}"
            )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the scores; 2 when the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m lurewatch.lab.contacts", description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder that holds off_platform/")
    parser.add_argument("--half", choices=(*corpus.HALVES, "all"), default="dev")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="show up to N misses (dev half only)")
    options = parser.parse_args(arguments)
    halves: tuple[Half, ...] = corpus.HALVES if options.half == "all" else (options.half,)
    pack = replace(corepack.pack(), rules=(), lexicons={})
    reader = Reader(pack, REGIONS)
    try:
        rows = [row for part in halves for row in corpus.contacts(options.data, part)]
    except InputError as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is a command
        return 2
    scores, misses = measure(reader.signals, rows)
    print(table(scores))  # noqa: T201 - this is a command
    if options.half == "dev":
        for miss in misses[: options.misses]:
            print("wrong " if miss.wrong else "missed", miss.source, miss.kind, miss.text, sep=" | ")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
