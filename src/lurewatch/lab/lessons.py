"""What labelled rows teach: for each sender what the rules saw, and what the text model would read."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context

from lurewatch.engine.pipeline import Engine
from lurewatch.engine.state import speaker
from lurewatch.errors import InputError
from lurewatch.lab.attacks import ATTACKS, seeded
from lurewatch.lab.corpus import Label, LabelledMessage, Row, conversation_of, text_of
from lurewatch.lab.languages import language
from lurewatch.lab.marks import Marks
from lurewatch.lab.sources import source

_CHUNK = 200
_UNMARKED = Marks()
_DISGUISED = 4
"""One message in so many is read in disguise, too."""


@dataclass(frozen=True, slots=True)
class Sender:
    """One sender in a row: the features of the rules, and the wording of each of their messages."""

    features: Mapping[str, float]
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One row as it is learned from. Rows of one ``family`` are left out together; ``cluster`` are near-duplicates.

    ``alone`` says that the row is one message and no conversation; a ``disguised`` copy is learned from and never
    measured. ``types`` are the scam types that are right for it, none where that is not known.
    """

    source: str
    family: str
    label: Label
    lang: str
    senders: tuple[Sender, ...]
    cluster: int = -1
    alone: bool = True
    disguised: bool = False
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A row with the family it is left out with, its cluster, and the scam types that are right for it."""

    row: Row
    family: str
    cluster: int = -1
    types: tuple[str, ...] = ()


def named(rows: Sequence[Row], numbers: Iterable[int], marks: Marks = _UNMARKED) -> list[Named]:
    """The rows with the families of their sources, the numbers of their clusters, and the types that ``marks`` know."""
    return [
        Named(row, source(row.source).family, int(number), marks.accepted(row))
        for row, number in zip(rows, numbers, strict=True)
    ]


def read(
    engine: Engine, rows: Iterable[Named], jobs: int = 1, done: Callable[[int], None] = lambda _: None
) -> list[Lesson]:
    """Every row as a lesson, and some messages once more in disguise; rows that the engine refuses are left out.

    The engine's own text model and fusion have no part in it. ``done`` is told how many rows were read.
    """
    remaining = iter(rows)
    parts = iter(lambda: list(islice(remaining, _CHUNK)), [])
    found: list[Lesson] = []
    for number, lessons in enumerate(_read(engine, parts, jobs), start=1):
        found += lessons
        done(number * _CHUNK)
    return found


def _read(engine: Engine, parts: Iterable[list[Named]], jobs: int) -> Iterator[list[Lesson]]:
    if jobs == 1:
        yield from (_lessons(engine, part) for part in parts)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (engine,)) as pool:
        yield from pool.map(_in_job, parts)


_in_this_process: list[Engine] = []


def _begin(engine: Engine) -> None:
    _in_this_process[:] = [engine]


def _in_job(part: list[Named]) -> list[Lesson]:
    return _lessons(_in_this_process[0], part)


def _lessons(engine: Engine, part: Iterable[Named]) -> list[Lesson]:
    found = []
    for one in part:
        try:
            found.append(_lesson(engine, one))
            if (copy := _disguised(one)) is not None:
                found.append(replace(_lesson(engine, copy), disguised=True))
        except InputError:
            continue
    return found


def _disguised(one: Named) -> Named | None:
    row = one.row
    number = zlib.crc32(text_of(row).encode("utf-8", "surrogatepass"))
    if not isinstance(row, LabelledMessage) or number % _DISGUISED:
        return None
    name, attack = list(ATTACKS.items())[number // _DISGUISED % len(ATTACKS)]
    text = attack(row.text, seeded(f"{name}:{row.text}"))
    return replace(one, row=replace(row, text=text))


def _lesson(engine: Engine, one: Named) -> Lesson:
    row = one.row
    state = engine.start()
    wordings: dict[str, list[str]] = {}
    for message in conversation_of(row).messages:
        before = state
        state, _ = engine.observe(state, message)
        wordings.setdefault(speaker(before, state), []).append(engine.reader.wording(message.text))
    senders = tuple(
        Sender(engine.features(replace(state, dossiers={key: dossier})), tuple(wordings[key]))
        for key, dossier in state.dossiers.items()
    )
    alone = isinstance(row, LabelledMessage)
    spoken = language(text_of(row), row.lang)
    return Lesson(row.source, one.family, row.label, spoken, senders, one.cluster, alone, types=one.types)
