"""What each rule is worth, for those who write rules: ``python -m lurewatch.lab.precision DATA``.

For every rule the share of scam messages and of honest messages of the dev half in which it fires (means over files),
and the honest file in which it fires most. A rule with a high last column is where false positives come from.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lurewatch.errors import LurewatchError
from lurewatch.lab import corpus
from lurewatch.lab.corepack import load
from lurewatch.lab.corpus import LabelledMessage, single
from lurewatch.lab.scoring import Judge


@dataclass(slots=True)
class Firings:
    """How often rules fired: rows by file, and by rule and file, of one label."""

    rows: Counter[str] = field(default_factory=Counter)
    fired: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def shares(self, rule: str) -> Mapping[str, float]:
        """The share of each file's rows in which the rule fires."""
        return {source: self.fired[rule][source] / rows for source, rows in self.rows.items()}


def firings(engine: Judge, rows: Iterable[LabelledMessage]) -> dict[str, Firings]:
    """The firings of every rule by label, each row alone."""
    found = {"scam": Firings(), "honest": Firings()}
    for row in rows:
        if row.label in found:
            found[row.label].rows[row.source] += 1
            for rule in {flag.rule for flag in engine.assess(single(row.text)).flags}:
                found[row.label].fired[rule][row.source] += 1
    return found


def lines(found: Mapping[str, Firings]) -> Iterator[str]:
    """A line a rule, those that fire most on honest rows first."""
    yield f"{'rule':<44} {'scam':>8} {'honest':>8}  highest honest file"
    table = []
    for rule in {*found["scam"].fired, *found["honest"].fired}:
        scam, honest = found["scam"].shares(rule), found["honest"].shares(rule)
        place, highest = max(honest.items(), key=lambda item: item[1], default=("none", 0.0))
        table.append((mean(honest), mean(scam), rule, highest, place))
    for honest_mean, scam_mean, rule, highest, place in sorted(table, reverse=True):
        yield f"{rule:<44} {100 * scam_mean:>6.2f} % {100 * honest_mean:>6.2f} %  {100 * highest:.2f} % {place}"


def mean(shares: Mapping[str, float]) -> float:
    """The mean over files, 0 without files."""
    return sum(shares.values()) / len(shares) if shares else 0.0


def main(factory: Callable[[], Judge] = load, argv: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m lurewatch.lab.precision", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with the development data")
    options = parser.parse_args(argv)
    for line in lines(firings(factory(), corpus.messages(options.data, "dev"))):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    try:
        main()
    except LurewatchError as error:
        sys.exit(str(error))
