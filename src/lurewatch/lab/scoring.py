"""What a judge says of labelled rows, one ``Scored`` a row and disguise: the raw material of an evaluation.

Scoring and measuring are apart: ``evaluation`` takes rows of this form wherever they come from.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import get_context
from typing import Literal, Protocol

from lurewatch.engine.model import Conversation, Verdict
from lurewatch.engine.pipeline import Engine
from lurewatch.errors import InputError, LurewatchError
from lurewatch.lab.attacks import seeded
from lurewatch.lab.channels import UNMARKED, unmarked
from lurewatch.lab.clusters import clusters
from lurewatch.lab.corpus import Label, LabelledMessage, Row, conversation_of, single, text_of
from lurewatch.lab.marks import Marks

Unit = Literal["message", "conversation"]
Attack = Callable[[str, random.Random], str]
MOST_TEXT = 600
MOST_CONTRIBUTIONS = 5
LEAST_CONTRIBUTION = 0.005
_CHUNK = 100


class Judge(Protocol):
    """What is measured: anything that gives a verdict on a conversation."""

    def assess(self, conversation: Conversation) -> Verdict:
        """The verdict; raises InputError for what cannot be analysed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as its owner may look at it: where it stands, its text (cut), and what the verdict rests on."""

    place: str
    text: str
    reasoning: str = ""
    contributions: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """One row under one attack (empty: as it is), and what was believed of it.

    ``probability`` is in [0,1]; ``found`` is the decision. Rows with one ``cluster`` are near-duplicates. ``types`` are
    the scam types that would be right, ``guess`` the one that was named. ``first_flagged_turn`` and ``ask_turn`` count
    from 1; ``turns_found`` says of each beginning of a conversation, one turn longer each, whether it alone was judged
    a scam. ``refused`` rows could not be analysed and count as not found. ``seen`` is there for errors that may be
    shown.
    """

    unit: Unit
    source: str
    label: Label
    cluster: int
    probability: float
    found: bool
    kind: str = ""
    lang: str = ""
    channel: str = ""
    attack: str = ""
    types: tuple[str, ...] = ()
    guess: str = ""
    first_flagged_turn: int | None = None
    ask_turn: int | None = None
    turns_found: tuple[bool, ...] = ()
    refused: bool = False
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be judged: under which attacks (none: as it is), with which marks; whether texts may be ``shown``.

    With attacks conversations are judged once more, too: without the marks of their channel.
    """

    marks: Marks = field(default_factory=Marks)
    attacks: Mapping[str, Attack] = field(default_factory=dict)
    shown: bool = False


def score(
    judge: Judge,
    rows: Sequence[Row],
    order: Order = Order(),
    jobs: int = 1,
    done: Callable[[int], None] = lambda _: None,
) -> list[Scored]:
    """Judge every row, and every scam and honest message once more under each attack, conversations without marks.

    Attacks are seeded by the text, so that an evaluation can be repeated to the digit. With ``jobs`` > 1 the judge and
    the attacks must be picklable. ``done`` is told after each part how many rows were judged.

    Raises:
        LurewatchError: a process died.
    """
    numbered = zip(rows, clusters(map(text_of, rows)).tolist(), strict=True)
    parts = iter(lambda: list(islice(numbered, _CHUNK)), [])
    found: list[Scored] = []
    for part, answers in enumerate(_judged(judge, parts, order, jobs), start=1):
        found += answers
        done(min(part * _CHUNK, len(rows)))
    return found


def shares(
    scored: Iterable[Scored], label: Label, unit: Unit = "message", attack: str = "", *, fewest: int = 1
) -> dict[str, float]:
    """The share found of each source's rows with this label under this attack; sources with fewer rows are left out."""
    found: dict[str, list[bool]] = {}
    for row in scored:
        if (row.unit, row.label, row.attack) == (unit, label, attack):
            found.setdefault(row.source, []).append(row.found)
    return {source: sum(some) / len(some) for source, some in found.items() if len(some) >= fewest}


_Numbered = list[tuple[Row, int]]


def _judged(judge: Judge, parts: Iterable[_Numbered], order: Order, jobs: int) -> Iterator[list[Scored]]:
    if jobs == 1:
        yield from (_answers(judge, part, order) for part in parts)
        return
    context = get_context("spawn")
    sent = judge, replace(order, attacks=dict(order.attacks))  # a read-only mapping cannot be sent
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=sent) as pool:
        try:
            yield from pool.map(_in_job, parts)
        except BrokenProcessPool as error:
            raise LurewatchError("a job died (out of memory?). Try fewer: --jobs 1") from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_in_this_process: list[tuple[Judge, Order]] = []


def _begin(judge: Judge, order: Order) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops the jobs
    _in_this_process[:] = [(judge, order)]


def _in_job(part: _Numbered) -> list[Scored]:
    judge, order = _in_this_process[0]
    return _answers(judge, part, order)


def _answers(judge: Judge, part: _Numbered, order: Order) -> list[Scored]:
    found = []
    for row, cluster in part:
        plain = conversation_of(row)
        found.append(_scored(judge, row, cluster, plain, order))
        if not isinstance(row, LabelledMessage):
            if order.attacks:
                bare = _scored(judge, row, cluster, unmarked(plain), order)
                found.append(replace(bare, attack=UNMARKED, ask_turn=None, seen=None))
        elif row.label != "spam":
            for name, attack in order.attacks.items():
                disguised = single(attack(row.text, seeded(f"{name}:{row.text}")))
                found.append(replace(_scored(judge, row, cluster, disguised, order), attack=name, seen=None))
    return found


def _scored(judge: Judge, row: Row, cluster: int, conversation: Conversation, order: Order) -> Scored:
    """One judged row. What the judge refuses is not found."""
    marks = order.marks
    unit: Unit = "message" if isinstance(row, LabelledMessage) else "conversation"
    common = Scored(
        unit, row.source, row.label, cluster, 0.0, found=False, kind=row.kind, lang=row.lang,
        channel=marks.channel(row), types=marks.accepted(row), ask_turn=marks.ask(row),
    )  # fmt: skip
    try:
        verdict = judge.assess(conversation)
    except InputError as error:
        seen = _seen(row, f"refused: {error}") if order.shown and row.label == "scam" else None
        return replace(common, refused=True, seen=seen)
    wrong = row.label != "spam" and verdict.is_scam != (row.label == "scam")
    return replace(
        common,
        probability=verdict.scam_probability / 100,
        found=verdict.is_scam,
        guess=verdict.scam_type,
        first_flagged_turn=verdict.first_flagged_turn,
        turns_found=_turns_found(judge, conversation, verdict) if unit == "conversation" else (),
        seen=_seen(row, verdict.reasoning, verdict.contributions) if order.shown and wrong else None,
    )


def _turns_found(judge: Judge, conversation: Conversation, verdict: Verdict) -> tuple[bool, ...]:
    """Whether each beginning of the conversation alone is judged a scam; before the first flagged turn none is."""
    said = conversation.messages
    first = verdict.first_flagged_turn
    if first is None:
        return (False,) * len(said)
    found = [False] * (first - 1)
    if isinstance(judge, Engine):  # a turn costs a turn, and not the whole beginning
        state = judge.start(conversation.id)
        for message in said:
            state, _ = judge.observe(state, message)
            if state.message_count >= first:
                found.append(judge.judge(state).is_scam)
    else:
        beginnings = (replace(conversation, messages=said[:end]) for end in range(first, len(said) + 1))
        found += [judge.assess(beginning).is_scam for beginning in beginnings]
    return tuple(found)


def _seen(row: Row, reasoning: str, contributions: Mapping[str, float] | None = None) -> Seen:
    added = [(name, value) for name, value in (contributions or {}).items() if abs(value) >= LEAST_CONTRIBUTION]
    strongest = sorted(added, key=lambda item: -abs(item[1]))
    if isinstance(row, LabelledMessage):
        text = row.text
    else:
        said = row.conversation.messages
        text = "\n".join(f"{turn}. {message.sender} {message.text}" for turn, message in enumerate(said, start=1))
    cut = text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…"
    return Seen(row.place, cut, reasoning, tuple(strongest[:MOST_CONTRIBUTIONS]))
