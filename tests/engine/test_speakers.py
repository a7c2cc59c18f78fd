"""Who speaks where no sender is named: kept apart where a text shows it, unknown elsewhere."""

from __future__ import annotations

import pytest

from lurewatch import Conversation, Engine, Message, Verdict
from lurewatch.engine.state import ConversationState


def unnamed(engine: Engine, *texts: str) -> ConversationState:
    """The state after messages without a sender."""
    state = engine.start()
    for text in texts:
        state, _ = engine.observe(state, Message(text))
    return state


def judged(engine: Engine, *texts: str) -> Verdict:
    """The verdict on messages without a sender."""
    return engine.assess(Conversation(tuple(Message(text) for text in texts)))


def counts(state: ConversationState) -> list[int]:
    """The number of messages of each speaker, in the order they first spoke."""
    return [dossier.messages for dossier in state.dossiers.values()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Caller", "Me"),
        ("AGENT", "Victim"),
        ("[Scammer]", "you"),
        ("Anrufer", "Ich"),
        ("Estafador", "Yo"),
        ("对方", "我"),
    ],
)
def test_labels_of_a_transcript_keep_speakers_apart(engine: Engine, one: str, other: str) -> None:
    """A label before a colon is a speaker, in any case, in brackets, and with a wide colon."""
    state = unnamed(engine, f"{one}: hello", f"{other}： who is this?", f" {one.lower()}: it is me")
    assert counts(state) == [2, 1]


def test_what_is_no_label_stays_unknown(engine: Engine) -> None:
    """A colon after other words names nobody, and a message with a sender keeps it."""
    assert counts(unnamed(engine, "Note: the shop is closed", "Subject: hello", "me and you: friends")) == [3]
    state, _ = engine.observe(engine.start(), Message("Caller: hello", "ann"))
    assert list(state.dossiers) == ["ann"]


@pytest.mark.parametrize(
    "answer",
    [
        "No, I will not give you my OTP",
        "Why do you need my code?",
        "OK, my OTP is 482913",
        "Я не скажу код",
        "我不会告诉你密码",
    ],
)
def test_an_answer_to_an_ask_is_the_other_side(engine: Engine, answer: str) -> None:
    """Right after an ask, a refusal or a compliance is somebody else's; elsewhere nobody knows whose it is."""
    assert counts(unnamed(engine, "Please share your OTP", answer)) == [1, 1]
    assert counts(unnamed(engine, "Good morning", answer)) == [2]


def test_an_answer_that_asks_is_not_taken_for_one(engine: Engine) -> None:
    """Whoever asks for something answers nothing: a sender's second ask stays theirs."""
    assert counts(unnamed(engine, "Please share your OTP", "Why do you wait? Share your OTP now")) == [2]


def test_a_loss_shows_without_names(engine: Engine) -> None:
    """In an unnamed conversation the answer that hands over the code begins the loss."""
    verdict = judged(engine, "Your account is blocked. Share the OTP you got", "OK, the code is 482913")
    assert [(one.stage, one.turn) for one in verdict.stages][-1] == ("loss", 2)


@pytest.mark.parametrize("label", ["Me", "Victim", "Customer", "Agent", "Support"])
def test_a_label_makes_nobody_innocent(engine: Engine, label: str) -> None:
    """A text that calls its sender the victim or an agent is judged as without the label."""
    lure = "Your SBI account is blocked. Share your OTP and card PIN immediately to avoid arrest"
    assert judged(engine, f"{label}: {lure}").is_scam
