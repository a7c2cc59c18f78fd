"""Two matchers on the same text must find the same spans: ``python -m lurewatch.lab.differential DATA``.

One uses Hyperscan, the other RE2 alone, for platforms without the wheel. They are compared on every message of both
halves in every reading, plain and disguised; only numbers and pattern names are printed, so nothing of the report half
is shown.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from lurewatch.engine.matching import Matcher
from lurewatch.engine.model import View
from lurewatch.engine.text import normalise
from lurewatch.errors import LurewatchError
from lurewatch.lab import corpus
from lurewatch.lab.attacks import ATTACKS, seeded
from lurewatch.lab.corepack import load


@dataclass(slots=True)
class Difference:
    """How many views and spans were compared, and by pattern number in how many views the spans differ."""

    views: int = 0
    spans: int = 0
    incomplete: int = 0
    by_pattern: Counter[int] = field(default_factory=Counter)


def compare(one: Matcher, other: Matcher, views: Iterable[View]) -> Difference:
    """Scan every view with both; an answer that one calls complete and the other does not is a difference too."""
    found = Difference()
    for view in views:
        scans = one.scan(view), other.scan(view)
        first, second = (scan.everything() for scan in scans)
        found.views += 1
        found.spans += sum(map(len, first.values()))
        found.incomplete += scans[0].complete != scans[1].complete
        found.by_pattern.update(n for n in first.keys() | second.keys() if first.get(n) != second.get(n))
    return found


def views_of(data: Path) -> Iterator[View]:
    """Every reading of every message, conversation turn and contact text, and of each message under one disguise."""
    disguises = list(ATTACKS.items())
    for part in corpus.HALVES:
        turns = (turn.text for row in corpus.conversations(data, part) for turn in row.conversation.messages)
        contacts = (row.text for row in corpus.contacts(data, part))
        for number, text in enumerate(chain((row.text for row in corpus.messages(data, part)), turns, contacts)):
            yield from normalise(text)
            name, attack = disguises[number % len(disguises)]
            yield from normalise(attack(text, seeded(f"{name}:{text}")))


def main(argv: Sequence[str] | None = None) -> int:
    """Compare and print; 1 when anything differs."""
    parser = argparse.ArgumentParser(prog="python -m lurewatch.lab.differential", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with the development data")
    options = parser.parse_args(argv)
    patterns = load().reader.patterns
    one, other = Matcher(patterns, use_hyperscan=True), Matcher(patterns, use_hyperscan=False)
    found = compare(one, other, views_of(options.data))
    sys.stdout.write(
        f"{len(patterns)} patterns, {found.views} views, {found.spans} spans: "
        f"{found.by_pattern.total()} differences, {found.incomplete} of completeness\n"
    )
    for number, times in found.by_pattern.most_common():
        sys.stdout.write(f"{times:>7} {patterns[number].name}\n")
    return int(bool(found.by_pattern or found.incomplete))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LurewatchError as error:
        sys.exit(str(error))
