"""How much an engine finds and how often it is wrong, file by file: ``python -m lurewatch.lab.measure DATA``.

A row counts as found when the verdict on it alone says ``is_scam``. Attacked rows are counted beside the plain ones,
so that what a disguise costs, and what it wrongly adds, can be told from the same measurement.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from lurewatch.engine.model import Conversation, Message, Verdict
from lurewatch.errors import InputError, LurewatchError
from lurewatch.lab import corpus, report
from lurewatch.lab.attacks import ATTACKS
from lurewatch.lab.corepack import load
from lurewatch.lab.corpus import LabelledConversation, LabelledMessage
from lurewatch.lab.report import Group, Tally

Row = LabelledMessage | LabelledConversation
Attack = Callable[[str, random.Random], str]
Counts = Counter[tuple[Group, str]]
CHUNK = 400
COUNTED = ("rows", "found", "flagged", "refused")


class Judge(Protocol):
    """What is measured: anything that gives a verdict on a conversation."""

    def assess(self, conversation: Conversation) -> Verdict:
        """The verdict; raises InputError for what cannot be analysed."""


Factory = Callable[[], Judge]


def measure(
    factory: Factory, rows: Iterable[Row], disguises: Mapping[str, Attack] | None = None, jobs: int = 1
) -> dict[Group, Tally]:
    """Judge every row, and every scam and honest message once more under each disguise.

    With ``jobs`` > 1 the factory and the disguises must be importable by name; each process makes its own engine. The
    disguises are seeded by the text, so that a measurement can be repeated to the digit.
    """
    total: Counts = Counter()
    work = ((factory, chunk, dict(disguises or {})) for chunk in chunks(rows))
    if jobs == 1:
        for part in map(count, work):
            total.update(part)
    else:
        engine_of(factory)  # here first: what it has to compile is compiled once, and the others find it done
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            for part in pool.map(count, work):
                total.update(part)
    groups = sorted({group for group, _ in total})
    return {group: Tally(*(total[group, name] for name in COUNTED)) for group in groups}


def chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists of equal length, the last one shorter."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


@cache
def engine_of(factory: Factory) -> Judge:
    """The engine of this process."""
    return factory()


def count(work: tuple[Factory, Sequence[Row], Mapping[str, Attack]]) -> Counts:
    """Judge one chunk: how often each group was seen, found, flagged and refused."""
    factory, rows, disguises = work
    engine = engine_of(factory)
    counted: Counts = Counter()
    for row in rows:
        judge(engine, row_group(row), conversation_of(row), counted)
        if isinstance(row, LabelledMessage) and row.label != "spam":
            for name, attack in disguises.items():
                seed = random.Random(f"{name}:{row.text}")  # noqa: S311 - the same disguise every time
                judge(engine, row_group(row, name), single(attack(row.text, seed)), counted)
    return counted


def judge(engine: Judge, group: Group, conversation: Conversation, counted: Counts) -> None:
    """Judge one conversation and count the outcome; one that the engine refuses counts as not found."""
    counted[group, "rows"] += 1
    try:
        verdict = engine.assess(conversation)
    except InputError:
        counted[group, "refused"] += 1
        return
    counted[group, "found"] += verdict.is_scam
    counted[group, "flagged"] += bool(verdict.flags)


def row_group(row: Row, attack: str = "") -> Group:
    """Where a row is counted."""
    if isinstance(row, LabelledConversation):
        return Group("conversation", attack, row.label, row.source, row.kind)
    return Group("message", attack, row.label, row.source, row.kind, row.lang)


def conversation_of(row: Row) -> Conversation:
    """What the engine is shown of a row."""
    return row.conversation if isinstance(row, LabelledConversation) else single(row.text)


def single(text: str) -> Conversation:
    """A conversation of this one message."""
    return Conversation((Message(text),))


def sample(rows: Iterable[Row], most: int) -> list[Row]:
    """At most that many rows of each file and label, drawn with a fixed seed, for a quicker look."""
    by_file: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_file.setdefault((row.source, row.label), []).append(row)
    chance = random.Random(1)  # noqa: S311 - the same draw every time
    return [row for found in by_file.values() for row in chance.sample(found, min(most, len(found)))]


def mistakes(engine: Judge, rows: Iterable[Row], wrongly_found: bool, amount: int) -> Iterator[str]:
    """What the engine saw in rows that it got wrong, a sample with a fixed seed: for those who write rules.

    ``wrongly_found`` picks honest rows judged a scam, otherwise scam rows that were missed.
    """
    label = "honest" if wrongly_found else "scam"
    judged = [(row, engine.assess(conversation_of(row))) for row in rows if row.label == label]
    wrong = [(row, verdict) for row, verdict in judged if verdict.is_scam == wrongly_found]
    yield f"{len(wrong)} of {len(judged)} {label} rows {'wrongly found' if wrongly_found else 'missed'}"
    for row, verdict in random.Random(1).sample(wrong, min(amount, len(wrong))):  # noqa: S311 - the same draw
        yield report.row(conversation_of(row), row.kind, verdict)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m lurewatch.lab.measure", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with the development data")
    parser.add_argument("--half", choices=corpus.HALVES, default="dev", help="which half to measure")
    parser.add_argument("--by", default="source", metavar="KEYS", help="rows of the tables: source, kind, lang")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes")
    parser.add_argument("--attacks", action="store_true", help="measure disguised rows too")
    parser.add_argument("--only", nargs="+", metavar="FILE", help="only these files (names without endings)")
    parser.add_argument("--sample", type=int, metavar="N", help="at most N rows of each file and label")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write every count as JSON")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--misses", metavar="FILE", help="print scam rows of this file that were missed (dev half)")
    shown.add_argument("--false", metavar="FILE", help="print honest rows of this file that were found (dev half)")
    parser.add_argument("--n", type=int, default=30, metavar="N", help="how many rows to print")
    return parser


def main(factory: Factory = load, argv: Sequence[str] | None = None) -> None:
    """Measure and print; raises InputError for data that cannot be read."""
    options = arguments().parse_args(argv)
    shown = options.misses or options.false
    rows: Iterable[Row] = chain(
        corpus.messages(options.data, options.half), corpus.conversations(options.data, options.half)
    )
    if shown or options.only:
        wanted = {shown} if shown else set(options.only)
        if unknown := wanted - corpus.sources(options.data):
            raise InputError(f"{options.data} has no file {', '.join(sorted(unknown))}.")
        rows = (row for row in rows if row.source in wanted)
    if options.sample:
        rows = sample(rows, options.sample)
    if shown:
        if options.half != "dev":
            raise InputError("Rows of the report half are never shown. Leave --half out.")
        lines = mistakes(factory(), rows, bool(options.false), options.n)
    else:
        tallies = measure(factory, rows, ATTACKS if options.attacks else None, options.jobs)
        if options.json:
            options.json.write_bytes(report.as_json(tallies, options.half))
        lines = report.lines(tallies, options.half, options.by.split(","))
    for line in lines:
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    try:
        main()
    except LurewatchError as error:
        sys.exit(str(error))
