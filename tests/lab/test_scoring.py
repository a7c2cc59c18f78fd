"""What a judge says of labelled rows becomes rows that can be measured."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from lurewatch import Engine
from lurewatch.engine.model import Conversation, Message
from lurewatch.lab.corpus import LabelledConversation, LabelledMessage
from lurewatch.lab.marks import Marks
from lurewatch.lab.scoring import MOST_TEXT, Order, Scored, score

from .fakes import Credulous


def message(text: str, label: str, source: str = "file", kind: str = "") -> LabelledMessage:
    """A labelled message."""
    return LabelledMessage(source, text, label, kind, "en", f"{source}.jsonl:1")  # type: ignore[arg-type]


def conversation(*texts: str, label: str = "scam", **changes: Any) -> LabelledConversation:
    """A labelled conversation of these turns."""
    said = Conversation(tuple(Message(text, sender="AB"[n % 2]) for n, text in enumerate(texts)), id="c1")
    return LabelledConversation("talks", said, label, **changes)  # type: ignore[arg-type]


def hide(text: str, _: random.Random) -> str:
    """An attack that hides every lure."""
    return text.replace("lure", "l u r e")


ROWS = [
    message("a lure of gold", "scam", kind="x"),
    message("nothing to see here at all", "scam"),
    message("lure for trout", "honest"),
    message("fine weather today", "honest"),
    message("buy one lure, get two", "spam"),
    message("refuse this one please", "scam", source="other"),
]


def test_every_row_is_judged_once() -> None:
    """Each row comes back with what it is and what was believed of it; what is refused counts as not found."""
    found = score(Credulous(), ROWS)
    assert [row.label for row in found] == [row.label for row in ROWS]
    assert [row.found for row in found] == [True, False, True, False, True, False]
    assert [row.probability for row in found] == [0.9, 0.1, 0.9, 0.1, 0.9, 0.0]
    assert [row.refused for row in found] == [False] * 5 + [True]
    first = found[0]
    assert (first.unit, first.source, first.kind, first.lang, first.guess) == ("message", "file", "x", "en", "invented")
    assert [row.cluster for row in found] == list(range(6))


def test_scams_and_honest_messages_are_judged_disguised() -> None:
    """Each attack adds a row in the same cluster for each scam and honest message; adverts are left alone."""
    found = score(Credulous(), ROWS[:5], Order(attacks={"hide": hide}))
    disguised = [row for row in found if row.attack]
    assert [(row.label, row.found) for row in disguised] == [(row.label, False) for row in ROWS[:4]]
    assert [row.cluster for row in disguised] == [0, 1, 2, 3]


def test_attacks_draw_the_same_each_time() -> None:
    """The same text is disguised the same way in every evaluation, and another text in another way."""
    drawn: list[float] = []
    rows = [message("half a \ud800", "scam"), message("half a \udfff", "scam")]

    def note(text: str, chance: random.Random) -> str:
        drawn.append(chance.random())
        return text

    for _ in range(2):
        score(Credulous(), rows, Order(attacks={"note": note}))
    assert drawn[:2] == drawn[2:]
    assert drawn[0] != drawn[1]


def test_processes_judge_the_same() -> None:
    """Two processes give the rows that one gives, in the same order, and say how far they are."""
    rows = [replace(row, text=f"{row.text} {n}") for n in range(30) for row in ROWS]
    order = Order(attacks={"hide": hide}, shown=True)
    told: list[int] = []
    assert score(Credulous(), rows, order, 2, told.append) == score(Credulous(), rows, order)
    assert told == [100, 180]


def test_only_errors_are_kept_for_showing() -> None:
    """An error that may be shown keeps its place and its text, cut when it is long; nothing else does."""
    rows = [*ROWS, message("no word of it " * 100, "scam")]
    found = score(Credulous(), rows, Order(attacks={"hide": hide}, shown=True))
    seen = {row.seen.text: row.seen for row in found if row.seen}
    assert set(seen) == {ROWS[1].text, ROWS[2].text, ROWS[5].text, rows[-1].text[:MOST_TEXT] + "…"}
    assert seen[ROWS[1].text].place == "file.jsonl:1"
    assert seen[ROWS[5].text].reasoning == "refused: refused"
    assert not any(row.seen for row in score(Credulous(), rows))


def test_each_beginning_of_a_conversation_is_judged() -> None:
    """Turns are found as the beginning that ends with them is judged; nothing is found before the first flag."""
    talk = conversation("hello", "who are you", "a lure", "no")
    (found,) = score(Later(), [talk])
    assert found.unit == "conversation"
    assert found.first_flagged_turn == 3
    assert found.turns_found == (False, False, True, True)
    (calm,) = score(Later(), [conversation("hello", "hi", label="honest")])
    assert (calm.first_flagged_turn, calm.turns_found) == (None, (False, False))


class Later(Credulous):
    """Credulous, but it knows the turn of the first lure."""

    def assess(self, conversation: Conversation) -> Any:
        """A verdict on the words."""
        verdict = super().assess(conversation)
        turns = [n for n, said in enumerate(conversation.messages, start=1) if "lure" in said.text]
        return replace(verdict, first_flagged_turn=min(turns, default=None))


def test_the_engine_is_asked_turn_by_turn(engine: Engine) -> None:
    """What the engine says of each beginning is what it says when it is given that beginning alone."""
    texts = [
        "Hello, this is your bank",
        "What happened?",
        "Your account is blocked. Share the OTP now or you will be arrested",
        "Which OTP?",
        "The 6 digit OTP, immediately, and your card number",
    ]
    talk = conversation(*texts)
    (found,) = score(engine, [talk])
    beginnings = [replace(talk.conversation, messages=talk.conversation.messages[: n + 1]) for n in range(len(texts))]
    assert found.turns_found == tuple(engine.assess(beginning).is_scam for beginning in beginnings)
    assert any(found.turns_found)
    assert found.first_flagged_turn == found.turns_found.index(True) + 1


def test_marks_say_what_rows_do_not() -> None:
    """Channel, ask and accepted types come from the marks, and from the row where it says them itself."""
    marks = Marks({"talks": "call"}, {"talks": {"tax": ("government_scam",)}}, {("talks", "c1"): 3}, {"job_scam"})
    rows = [
        conversation("hello", "hi", "well", kind="tax"),
        conversation("hello", "hi", channel="chat", ask=1, kind="job_scam"),
        conversation("hello", "hi", label="honest", kind="tax"),
    ]

    def known(row: Scored) -> object:
        return row.channel, row.ask_turn, row.types

    assert [known(row) for row in score(Credulous(), rows, Order(marks))] == [
        ("call", 3, ("government_scam",)),
        ("chat", 1, ("job_scam",)),
        ("call", 3, ()),
    ]
