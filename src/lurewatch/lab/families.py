"""What unseen sources get: ``python -m lurewatch.lab.families DATA`` leaves whole families out and measures them.

The families are parted into five folds. For each, everything is learned anew from the others (text model, fusion;
near-duplicates of the fold are left out, too), and its rows are judged by an engine made of that. ``--languages``
leaves each language out instead. Nothing that is measured here was learned from, except by those who wrote the rules.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from lurewatch.engine.pipeline import Engine
from lurewatch.errors import LurewatchError
from lurewatch.lab import corepack, corpus, learning, marks, training
from lurewatch.lab.attacks import ATTACKS
from lurewatch.lab.corpus import LabelledMessage, Row
from lurewatch.lab.evaluation import Plan, as_json, evaluate
from lurewatch.lab.languages import language
from lurewatch.lab.lessons import Lesson
from lurewatch.lab.scoring import Order, Scored, Unit, score, shares
from lurewatch.lab.sources import source
from lurewatch.lab.training import Recipe

LANGUAGES = ("zh", "th", "id", "tr", "ru", "tl")
"""The languages with labelled rows of their own, beside English."""
FEWEST = 30
"""A group with fewer rows says nothing of a share of one in twenty."""


@dataclass(frozen=True, slots=True)
class Fold:
    """What is left out together: which rows are measured, and which lessons nobody may learn from."""

    name: str
    measured: Callable[[Row], bool]
    hidden: Callable[[Lesson], bool]


def by_family(lessons: Sequence[Lesson]) -> Iterator[Fold]:
    """Five folds of whole families, those that nothing may be learned from among them."""
    placed = dict(zip((lesson.family for lesson in lessons), training.folds(lessons), strict=True))
    for number in range(training.FOLDS):
        mine = {family for family, fold in placed.items() if fold == number}
        near = {lesson.cluster for lesson in lessons if lesson.family in mine} - {-1}
        yield Fold(
            f"fold {number + 1}",
            lambda row, mine=mine: source(row.source).family in mine,  # type: ignore[misc]
            lambda lesson, mine=mine, near=near: lesson.family in mine or lesson.cluster in near,  # type: ignore[misc]
        )


def by_language(wanted: Iterable[str]) -> Iterator[Fold]:
    """A fold for each language; the invented pairs in it are left out with it."""
    for lang in wanted:
        yield Fold(
            lang,
            lambda row, lang=lang: isinstance(row, LabelledMessage) and language(row.text, row.lang) == lang,  # type: ignore[misc]
            lambda lesson, lang=lang: lesson.lang == lang,  # type: ignore[misc]
        )


def left_out(
    engine: Engine,
    rows: Sequence[Row],
    folds: Iterable[Fold],
    lessons: Sequence[Lesson],
    order: Order,
    jobs: int,
) -> Iterator[tuple[Fold, list[Scored]]]:
    """Each fold with its rows judged by an engine that has learned nothing from it.

    Of the lessons only those are learned from whose source may train a shipped model.
    """
    recipe = Recipe("left out", training.expected(engine), training.indicates(engine))
    for fold in folds:
        taught = [lesson for lesson in training.trainable(lessons) if not fold.hidden(lesson)]
        learned = training.learn(taught, recipe)
        pack = replace(engine.pack, text_model=learned.text_model, calibration=learned.calibration)
        pack = replace(pack, type_model=learned.type_model)
        measured = [row for row in rows if fold.measured(row)]
        yield fold, score(engine.with_pack(pack), measured, order, jobs)


def told(title: str, found: Mapping[str, float]) -> Iterator[str]:
    """A mean over sources and what it is made of."""
    mean = sum(found.values()) / len(found) if found else 0.0
    yield f"{title}: mean {mean:.2%}"
    yield from (f"  {share:8.2%} {name}" for name, share in sorted(found.items(), key=lambda item: item[1]))


def main(argv: Sequence[str] | None = None) -> None:
    """Leave out, measure, print; the report can be written as JSON."""
    parser = argparse.ArgumentParser(prog="python -m lurewatch.lab.families", description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with the labelled data")
    parser.add_argument("--languages", action="store_true", help="leave each language out instead of each family")
    parser.add_argument(
        "--attacks", action="store_true", help="disguised messages and conversations without marks, too"
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the report of `lurewatch evaluate`")
    options = parser.parse_args(argv)
    engine = corepack.load()
    rows = list(corpus.labelled(corpus.data_files([options.data]), "all"))
    lessons = learning.read(engine, rows, options.jobs)
    folds = by_language(LANGUAGES) if options.languages else by_family(lessons)
    order = Order(marks.load({one.id for one in engine.pack.scam_types}), ATTACKS if options.attacks else {})
    scored: list[Scored] = []
    for fold, some in left_out(engine, rows, folds, lessons, order, options.jobs):
        print(fold.name, len(some), "judged", file=sys.stderr, flush=True)  # noqa: T201 - this is a command
        scored += some
    print_all(scored)
    if options.json:
        options.json.write_bytes(as_json(evaluate(scored, Plan(versions=asdict(engine.versions)))))


def print_all(scored: Sequence[Scored]) -> None:
    """Recall and false positives by source of messages and conversations, and of both under each attack judged."""
    titles: Mapping[corpus.Label, str] = {"scam": "recall", "honest": "false positives"}
    attacks = dict.fromkeys((row.unit, row.attack) for row in scored if row.attack)
    parts: list[tuple[Unit, str]] = [
        ("message", ""),
        ("conversation", ""),
        *((unit, attack) for unit, attack in attacks),
    ]
    for unit, attack in parts:
        for label, title in titles.items():
            name = f"{unit} under {attack}" if attack else unit
            for line in told(f"{name}, {title}", shares(scored, label, unit, attack, fewest=FEWEST)):
                print(line)  # noqa: T201


if __name__ == "__main__":
    try:
        main()
    except LurewatchError as error:
        sys.exit(str(error))
