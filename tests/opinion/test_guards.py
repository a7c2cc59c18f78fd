"""The guards: what is asked once, how often, and when nobody is."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from lurewatch.intel.opinion import Opinions, Question

from .fakes import Clock, Model, Request, Response, failing, hanging, saying, writing
from .starters import result

Ask = Callable[..., Question]
Opener = Callable[..., Opinions]
TEXT = "Hello dear, tell me the six numbers you got, they were sent to you by mistake"


def test_the_same_text_is_asked_once(model: Model, opened: Opener, question: Ask) -> None:
    """A text that differs in nothing but personal data comes from the cache for an hour, with its own data in it."""
    model.answer = saying(quotes=["[PHONE_1]"])
    clock = Clock()
    opinions = opened(clock)
    assert result(opinions, question("Call 604-555-1234 now")).quotes == ("604-555-1234",)
    assert result(opinions, question("Call 604-555-9876 now")).quotes == ("604-555-9876",)
    assert len(model.requests) == 1
    assert opinions.snapshot().cached == 1
    clock.now += 3_600
    result(opinions, question("Call 604-555-1234 now"))
    assert len(model.requests) == 2


def test_a_failure_is_not_kept(model: Model, opened: Opener, question: Ask) -> None:
    """What could not be had is asked for again."""
    model.answer = writing("{")
    opinions = opened()
    assert result(opinions, question(TEXT)).outcome == "error"
    model.answer = saying()
    assert result(opinions, question(TEXT)).answered


def test_the_budget(model: Model, opened: Opener, question: Ask) -> None:
    """When the calls of a minute are spent nobody is asked, until the minute is over."""
    clock = Clock()
    opinions = opened(clock, budget=2)
    assert [result(opinions, question(f"text {word}")).outcome for word in "ab"] == ["disagree"] * 2
    third = result(opinions, question("text c"))
    assert (third.outcome, third.reason, third.is_missing) == ("skipped", "budget", True)
    clock.now += 60
    assert result(opinions, question("text c")).answered
    assert len(model.requests) == 3


def test_the_circuit(model: Model, opened: Opener, question: Ask) -> None:
    """After five failures nobody is asked for thirty seconds; then one call tries, and closes or opens it again."""
    clock = Clock()
    opinions = opened(clock)
    model.answer = failing(503)
    assert {result(opinions, question(f"text {n}")).outcome for n in range(5)} == {"error"}
    assert str(result(opinions, question("text x"))) == "skipped (circuit open)"
    clock.now += 30
    assert result(opinions, question("text y")).outcome == "error"
    assert result(opinions, question("text z")).reason == "circuit open"
    assert len(model.requests) == 6
    clock.now += 30
    model.answer = saying()
    assert all(result(opinions, question(f"text {n}")).answered for n in "pq")


def test_a_spent_budget_is_not_the_trial(model: Model, opened: Opener, question: Ask) -> None:
    """The call that is to try an open circuit is still there after a question that the budget refused."""
    clock = Clock()
    opinions = opened(clock, budget=5)
    model.answer = failing(503)
    assert {result(opinions, question(f"text {n}")).outcome for n in range(5)} == {"error"}
    model.answer = saying()
    clock.now += 31
    assert result(opinions, question("text x")).reason == "budget"
    clock.now += 29
    assert result(opinions, question("text y")).answered


def test_an_open_circuit_spends_nothing(model: Model, opened: Opener, question: Ask) -> None:
    """What is not asked because the endpoint is away does not count as a call."""
    clock = Clock()
    opinions = opened(clock, budget=6)
    model.answer = failing(503)
    assert {result(opinions, question(f"text {n}")).outcome for n in range(5)} == {"error"}
    assert {result(opinions, question(f"late {n}")).reason for n in range(3)} == {"circuit open"}
    model.answer = saying()
    clock.now += 30
    assert result(opinions, question("text y")).answered


def test_closing_answers_what_is_under_way(model: Model, opened: Opener, question: Ask) -> None:
    """Whoever asked when it is closed has an answer without an opinion, and no error; also who waited for a place."""
    taken = threading.Event()

    def hang(_: Request) -> Response:
        taken.set()
        return Response(b"", hang=True)

    model.answer = hang
    opinions = opened(concurrency=1, timeout=30.0)
    asked = [opinions.ask(question(f"text {letter}")) for letter in "ab"]
    assert taken.wait(10)
    opinions.close()
    found = [one.result(timeout=10) for one in asked]
    assert {(one.outcome, one.is_missing) for one in found} == {("error", True)}
    assert opinions.snapshot().outcomes == {"error": 2}


def test_bad_answers_do_not_open_the_circuit(model: Model, opened: Opener, question: Ask) -> None:
    """Whoever writes messages that confuse the model cannot switch it off for everybody."""
    model.answer = writing("{")
    opinions = opened()
    assert {result(opinions, question(f"text {n}")).outcome for n in range(8)} == {"error"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"heuristic": 0.85}, "fast path"),
        ({"heuristic": 0.70, "turn": 2}, "fast path"),
        ({"decided": True}, "decided"),
        ({"text": " \n"}, "empty"),
        ({"text": "x" * 6_001}, "too long"),
    ],
)
def test_nobody_is_asked_without_need(
    changes: dict[str, object], reason: str, model: Model, opened: Opener, question: Ask
) -> None:
    """The fast path, a decided conversation, no text and too long a text make no call."""
    opinions = opened()
    opinion = result(opinions, question(**{"text": TEXT, **changes}))
    assert str(opinion) == f"skipped ({reason})"
    assert opinion.is_missing == (reason == "too long")
    assert model.requests == []
    assert opinions.snapshot().outcomes == {f"skipped ({reason})": 1}


def test_just_below_the_fast_path_is_asked(model: Model, opened: Opener, question: Ask) -> None:
    """0.84 on the first turn and 0.69 later leave room."""
    opinions = opened()
    assert result(opinions, question(TEXT, heuristic=0.84)).answered
    assert result(opinions, question(TEXT + ".", heuristic=0.69, turn=2)).answered


def test_many_at_once(model: Model, opened: Opener, question: Ask) -> None:
    """Questions asked side by side are all answered; the counters count calls, tokens and disagreements."""
    opinions = opened(concurrency=2)
    asked = [opinions.ask(question(f"text {letter}", is_scam=letter < "e")) for letter in "abcdefgh"]
    assert [one.result(timeout=10).outcome for one in asked] == ["agree"] * 4 + ["disagree"] * 4
    counters = opinions.snapshot()
    assert (counters.calls, counters.disagreements, counters.cached) == (8, 4, 0)
    assert (counters.prompt_tokens, counters.completion_tokens) == (5_600, 640)


def test_waiting_for_a_place_ends_too(model: Model, opened: Opener, question: Ask) -> None:
    """Whoever finds every place taken waits no longer than anybody else."""
    model.answer = hanging()
    opinions = opened(concurrency=1, timeout=0.3)
    asked = [opinions.ask(question(f"text {letter}")) for letter in "ab"]
    assert {one.result(timeout=10).outcome for one in asked} == {"timeout"}
