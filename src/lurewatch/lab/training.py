"""Learning from labelled rows: the text model, and the fusion that weighs it beside the rules.

The fusion must not trust a text model more than unseen text deserves. So the lessons are parted into folds of whole
families, every lesson is heard by a model that was trained without its fold, and the fusion is fitted to that; the
model that is kept is trained on everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import yaml

from lurewatch.engine import fusion
from lurewatch.engine.packs.numbers import Calibration, Coefficients
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.text_model import TextModel, TypeModel, Wording
from lurewatch.errors import InputError
from lurewatch.lab import text_training, type_training
from lurewatch.lab.contrast import SOURCE as INVENTED
from lurewatch.lab.lessons import Lesson
from lurewatch.lab.logistic import Example, Model, Target, fit, line, recalls
from lurewatch.lab.sources import source
from lurewatch.lab.text_training import Text

FOLDS = 5
LONG_SCAMS = ("jobs_emscad_fraud",)
"""Scam files of single rows as long as a conversation: they teach that fit only."""
EXPECTED = {"critical": 2.0, "high": 0.5}
"""What a rule of this level is expected to weigh: its author's word counts until data say otherwise."""
EXPECTED_RELIEF = {"long_text": -4.0, "official_link": -1.0}
"""What relief is expected to weigh: few files hold long texts, and without them a fit must not forget about length."""
_OF_INVENTED = 0.3
HEADER = "# Written by `lurewatch train`; edit the rules, not the numbers.\n"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the two fits of the fusion, and the rows it was fitted to."""

    name: str
    examples: Sequence[Example]
    model: Model


@dataclass(frozen=True, slots=True)
class Learned:
    """A text model, the fusion fitted to it, and a type model where something was said of types."""

    text_model: TextModel
    parts: tuple[Part, Part]
    version: str
    type_model: TypeModel | None = None

    @property
    def calibration(self) -> Calibration:
        """The fusion as a pack has it."""
        message, conversation = (
            Coefficients(part.model.intercept, part.model.weights, part.model.relief) for part in self.parts
        )
        return Calibration(self.version, message, conversation)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to learn. By feature: ``expected`` are the weights expected before any row is seen, ``indicates`` the scam
    types that a rule indicates.
    """

    version: str = "1"
    expected: Mapping[str, float] = field(default_factory=dict)
    indicates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    target: Target = field(default_factory=Target)
    about: Mapping[str, Any] = field(default_factory=dict)


def expected(engine: Engine) -> dict[str, float]:
    """The expected weights of the pack's rules and of relief (below 0), by the name of their feature."""
    levels = {f"rule.{rule.id}": rule.level for rule in engine.pack.rules if rule.mode == "enforce"}
    return {name: EXPECTED[level] for name, level in levels.items() if level in EXPECTED} | EXPECTED_RELIEF


def indicates(engine: Engine) -> dict[str, tuple[str, ...]]:
    """The scam types that the pack's rules indicate, by the name of their feature."""
    return {f"rule.{rule.id}": rule.indicates for rule in engine.pack.rules if rule.indicates}


def learn(
    lessons: Sequence[Lesson], recipe: Recipe = Recipe(), done: Callable[[int, int], None] = lambda _, __: None
) -> Learned:
    """The text model and the fusion that these lessons teach; ``done`` is told how many of how many fits are made.

    Raises:
        InputError: the lessons hold only scams or only honest rows in every language, or too few of them to have
            anything in common, or would without some family.
    """
    parted = folds(lessons)
    steps = FOLDS + 2
    read: dict[int, list[Wording | None]] = {}
    kept = text_training.train(list(text_training.texts(lessons)), recipe.version, about=dict(recipe.about))
    for number in range(FOLDS):
        done(number + 1, steps)
        read |= _read(lessons, parted, number)
    done(FOLDS + 1, steps)
    slope, shift = straightened([(lessons[index], found) for index, found in read.items()])
    kept = replace(kept, scale=slope * kept.scale, intercept=slope * kept.intercept + shift)
    examples = [
        (lessons[index], example(lessons[index], [straight(one, slope, shift) for one in found]))
        for index, found in read.items()
    ]
    alone = [one for lesson, one in examples if lesson.alone and lesson.source not in LONG_SCAMS]
    # A short message can open a conversation, and a fit that saw only the conversations at hand would learn their
    # channel, because the scams among them are letters and the honest ones are chat: so it sees the messages, too.
    together = [one for _, one in examples]
    talks = [one for lesson, one in examples if not lesson.alone]
    parts = tuple(
        Part(name, some, fit(some, recipe.target, expected=recipe.expected, calibrate_on=shown))
        for name, some, shown in (("message", alone, None), ("conversation", together, talks))
    )
    named = type_training.learn(lessons, parted, recipe.indicates, recipe.version, recipe.about)
    done(steps, steps)
    return Learned(kept, (parts[0], parts[1]), recipe.version, named)


def _read(lessons: Sequence[Lesson], parted: Sequence[int], number: int) -> dict[int, list[Wording | None]]:
    """By place what a model that has not seen this fold makes of its lessons; advertising is left out."""
    here = {index: lesson for index, (lesson, fold) in enumerate(zip(lessons, parted, strict=True)) if fold == number}
    if not here:
        return {}
    others = (lesson for lesson, fold in zip(lessons, parted, strict=True) if fold != number)
    try:
        model = text_training.train(list(text_training.texts(others)))
    except InputError as error:
        names = ", ".join(sorted({lesson.family for lesson in here.values()})[:3])
        raise InputError(f"without {names} nothing can be learned: {error} Spread the rows over more files.") from error
    return {index: hear(model, lesson) for index, lesson in here.items() if lesson.label != "spam"}


def folds(lessons: Iterable[Lesson]) -> list[int]:
    """The fold of each lesson, 0 to FOLDS - 1: families stay whole, the largest are placed first, where room is."""
    found = list(lessons)
    sizes = Counter(lesson.family for lesson in found)
    room = [0] * FOLDS
    placed: dict[str, int] = {}
    for family, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        placed[family] = room.index(min(room))
        room[placed[family]] += size
    return [placed[lesson.family] for lesson in found]


def hear(model: TextModel, lesson: Lesson) -> list[Wording | None]:
    """What the text model makes of each sender's message that is most like a lure."""
    return [
        max((model.read(wording) for wording in sender.wordings), key=lambda reading: reading.rank, default=None)
        for sender in lesson.senders
    ]


def straightened(read: Sequence[tuple[Lesson, Sequence[Wording | None]]]) -> tuple[float, float]:
    """The slope (> 0) and shift that make log-odds true for texts of unseen families (Platt, 1999).

    True where every language's lures and honest texts count the same, as they do in training.
    """
    some = [
        (text, found[0].odds)
        for lesson, found in read
        if lesson.alone and not lesson.disguised and found and found[0] is not None
        for text in [Text(lesson.senders[0].wordings[0], lesson.label != "honest", lesson.source, lesson.lang)]
    ]
    counts = text_training.balance([text for text, _ in some])
    return line(np.array([odds for _, odds in some]), np.array([text.lure for text, _ in some]), counts)


def straight(wording: Wording | None, slope: float, shift: float) -> Wording | None:
    """The wording with its log-odds moved along that line."""
    return wording and replace(wording, odds=slope * wording.odds + shift)


def example(lesson: Lesson, read: Sequence[Wording | None]) -> Example:
    """The lesson as a row to fit to."""
    senders = [{**sender.features, **fusion.heard(one)} for sender, one in zip(lesson.senders, read, strict=True)]
    counts = _OF_INVENTED if lesson.source.startswith(INVENTED) else 1.0
    return Example(lesson.source, lesson.label == "scam", senders, lesson.disguised, counts)


def trainable(lessons: Iterable[Lesson]) -> list[Lesson]:
    """The lessons whose source may train a model that is shipped."""
    return [lesson for lesson in lessons if source(lesson.source).trains]


def document(learned: Learned) -> str:
    """The pack's ``fusion.yaml``; the same fit gives the same text."""
    content: dict[str, Any] = {"version": learned.version}
    for part in learned.parts:
        plain = [one for one in part.examples if not one.disguised]
        content[part.name] = {
            "intercept": part.model.intercept,
            "weights": dict(sorted(part.model.weights.items())),
            "relief": dict(sorted(part.model.relief.items())),
            "fitted": {"scam_rows": sum(one.scam for one in plain), "honest_rows": sum(not one.scam for one in plain)},
        }
    return HEADER + yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def shares(part: Part, *, scam: bool) -> dict[str, float]:
    """The share found in each source by the fusion, heard by models that had not seen the source's family."""
    return recalls(part.examples, part.model, scam)
