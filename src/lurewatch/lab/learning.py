"""From files of labelled rows to what a pack needs of them: read, learn, and written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lurewatch.engine.packs.learned import TEXT_MODEL, TYPE_MODEL
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.text_model import dump, type_scorer
from lurewatch.errors import InputError
from lurewatch.lab import contrast, corpus, lessons, marks, training
from lurewatch.lab.clusters import clusters
from lurewatch.lab.corpus import Part
from lurewatch.lab.lessons import Lesson, Named
from lurewatch.lab.training import Learned, Recipe

FILLINGS = 3
"""So often each invented template is filled in."""
FUSION = "fusion.yaml"
Told = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """What to learn from: one ``half`` of the rows or all, and the ``invented`` pairs beside them."""

    half: Part = "all"
    version: str = "1"
    invented: bool = True
    jobs: int = 1


def from_files(
    engine: Engine, data: Sequence[Path], choice: Choice = Choice(), told: Told = lambda *_: None
) -> Learned:
    """Learn from the rows in these files; sources whose licence forbids it are passed over.

    ``told`` is given the step (0 reading, 1 fitting), what is done of it and how much there is. Raises InputError for
    rows that cannot be read, and when there are only scams or only honest rows.
    """
    rows = list(corpus.labelled(corpus.data_files(data), choice.half))
    if not rows:
        raise InputError(f"{', '.join(map(str, data))}: there are no rows to learn from.")
    taught = read(engine, rows, choice.jobs, lambda done, total: told(0, done, total), invented=choice.invented)
    about = {"lessons": len(taught), "half": choice.half, "invented": choice.invented}
    recipe = Recipe(choice.version, training.expected(engine), training.indicates(engine), about=about)
    return training.learn(training.trainable(taught), recipe, lambda done, total: told(1, done, total))


def read(
    engine: Engine,
    rows: Sequence[corpus.Row],
    jobs: int = 1,
    done: Callable[[int, int], None] = lambda _, __: None,
    *,
    invented: bool = True,
) -> list[Lesson]:
    """The lessons of these rows and of the invented pairs, read by the rules of the engine and no model."""
    numbers = clusters(map(corpus.text_of, rows)).tolist()
    known = marks.load({one.id for one in engine.pack.scam_types})
    named = lessons.named(rows, numbers, known)
    if invented:
        filled: list[tuple[str, corpus.Row]] = list(contrast.messages(FILLINGS))
        filled += [(row.conversation.id, row) for row in contrast.conversations()]
        named += [Named(row, f"{contrast.SOURCE}:{pair}", types=known.accepted(row)) for pair, row in filled]
    ruled = engine.with_pack(replace(engine.pack, text_model=None, type_model=None))
    return lessons.read(ruled, named, jobs, lambda count: done(min(count, len(named)), len(named)))


def files(learned: Learned) -> list[tuple[str, bytes]]:
    """The files of a pack that hold what was learned: (name, content)."""
    found = [(TEXT_MODEL, dump(learned.text_model)), (FUSION, training.document(learned).encode())]
    if learned.type_model is not None:
        found.append((TYPE_MODEL, type_scorer.dump(learned.type_model)))
    return found
