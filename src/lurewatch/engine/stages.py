"""How far a sender has come with the other: contact, rapport, pretext, isolation, ask, pressure, loss.

A stage once begun stays begun. The first message begins contact; the matches of rules begin the stage that the pack
gives those rules (``stages.yaml``). Pressure is pressure only beside or after a pretext or an ask, and whoever asks in
three messages presses too. Loss is what the other side says: somebody paid, sent or told what was asked for before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lurewatch.engine.packs.rule import STAGES, Rule

CONTACT, RAPPORT, PRETEXT, ISOLATION, ASK, PRESSURE, LOSS = STAGES
INSISTENT = 3
"""From so many asking messages on asking is pressing."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A stage, the turn (from 1) whose message began it, and the rule that tells so; ``None`` for the mere contact."""

    stage: str
    turn: int
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The stages that one sender has begun, in the order of ``STAGES``; ``asks`` counts the messages that asked for
    something, ``asked_at`` is the turn of the last one, 0 without one."""

    begun: tuple[Begun, ...] = ()
    asks: int = 0
    asked_at: int = 0

    @property
    def furthest(self) -> str | None:
        """The last stage begun; None before the first message."""
        return self.begun[-1].stage if self.begun else None


NOT_BEGUN = Course()


def advance(course: Course, turn: int, matched: Iterable[Rule]) -> Course:
    """The course after a message of the sender, the conversation's ``turn``-th, in which these rules match."""
    begun = course.begun or (Begun(CONTACT, turn),)
    shown: dict[str, str] = {}
    for rule in matched:
        if rule.stage:
            shown.setdefault(rule.stage, rule.id)
    if not shown:
        return course if course.begun else Course(begun)
    known = {one.stage for one in begun}
    asks, asked_at = (course.asks + 1, turn) if ASK in shown else (course.asks, course.asked_at)
    if asks >= INSISTENT and ASK in shown:
        shown.setdefault(PRESSURE, shown[ASK])
    if not {PRETEXT, ASK} & (known | shown.keys()):
        shown.pop(PRESSURE, None)
    shown.pop(LOSS, None)  # nobody begins it by words of their own
    fresh = (Begun(stage, turn, rule) for stage, rule in shown.items() if stage not in known)
    return Course(_ordered(*begun, *fresh), asks, asked_at)


def answered(courses: Mapping[str, Course], key: str, turn: int, marks: Iterable[Rule]) -> dict[str, Course]:
    """The courses that change because sender ``key`` confirms a loss in turn ``turn``: of others who asked before."""
    rule = next((rule.id for rule in marks if rule.stage == LOSS), None)
    if rule is None:
        return {}
    return {
        other: replace(course, begun=_ordered(*course.begun, Begun(LOSS, turn, rule)))
        for other, course in courses.items()
        if other != key and course.asks and course.furthest != LOSS
    }


def _ordered(*begun: Begun) -> tuple[Begun, ...]:
    return tuple(sorted(begun, key=lambda one: STAGES.index(one.stage)))
