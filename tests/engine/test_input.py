"""Whatever comes in: a verdict that is right about its spans and can be written, or an InputError that says why."""

from __future__ import annotations

import math

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lurewatch import Conversation, Engine, Message, SenderMetadata
from lurewatch.engine.model import Verdict
from lurewatch.entrypoints.answers import answer
from lurewatch.errors import InputError

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
PIECES = st.one_of(
    st.text(st.characters(codec=None), max_size=12),
    st.sampled_from(["share your otp", "pay at http://a.tk/x", "call 604-555-1234", "w h a t s a p p", "a@gmail.com"]),
    st.sampled_from(["\ud800", "\udfff", "\x00", "\u202e", "\u2066", "\u0301" * 30, "\u200d", "\ufeff", "\U000e0041"]),
    st.sampled_from(["ﷺ", "İ", "ß", "ﬀ", "K", "¹", "੦", "𝟘", "①", "раураl", "अभी", "立即", "\r\n", "\x1b[2J"]),
    st.sampled_from(["I am J\ud800ohn", "six oh four", "five five five 1234", "regards,\nJ\u0301o", "@\udc00", "://"]),
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)
TIMES = st.one_of(st.none(), st.floats(-1e12, 1e12, allow_nan=False))
MESSAGES = st.builds(
    Message,
    text=TEXTS,
    sender=st.one_of(st.sampled_from(["", "a", "\x00crowd"]), TEXTS),
    role=st.sampled_from(["suspect", "protected", "agent", "unknown"]),
    timestamp=TIMES,
    message_id=TEXTS,
)


def check(verdict: Verdict, messages: tuple[Message, ...]) -> None:
    """Every span lies in its message, numbers are in range, and the answer is JSON that reads back."""
    assert 0 <= verdict.scam_probability <= 100
    for found in (*verdict.flags, *verdict.indicators):
        assert 0 <= found.start < found.end <= len(messages[found.message_index].text)
        for part in found.parts:
            assert 0 <= part.start < part.end <= len(messages[part.message_index].text)
    for flag in verdict.flags:
        assert messages[flag.message_index].text[flag.start :].startswith(flag.matched_text)
        assert flag.matched_text


@SHARED
@given(st.lists(MESSAGES, max_size=4).map(tuple))
@example((Message("share your otp \ud800 to verify: http://a\udfff.tk/x"),))
def test_any_text_gives_a_verdict_that_can_be_written(engine: Engine, messages: tuple[Message, ...]) -> None:
    """Any text, sender and order of times: a verdict with exact spans, whose answer orjson can write."""
    verdict = engine.assess(Conversation(messages))
    check(verdict, messages)
    written = orjson.loads(orjson.dumps(answer(verdict, engine.decide(verdict))))
    assert [flag["start"] for flag in written["flags"]] == [flag.start for flag in verdict.flags]
    assert len(written["indicators"]) == len(verdict.indicators)


def test_lone_surrogates_are_shown_as_the_replacement_character(engine: Engine) -> None:
    """What has no bytes in UTF-8 is shown as U+FFFD, one for one, so that the shown text keeps its length."""
    text = "please sh\ud800are your otp with me, write to a\udfff@gmail.com"
    written = answer(engine.assess(Conversation((Message(text),))), ())
    assert written["flags"]
    for flag in written["flags"]:
        assert flag["matched_text"] == text[flag["start"] : flag["end"]].replace("\ud800", "\ufffd").replace(
            "\udfff", "\ufffd"
        )


@pytest.mark.parametrize("time", [math.nan, math.inf, -math.inf])
def test_a_time_that_is_no_number_is_refused(engine: Engine, time: float) -> None:
    """A time that is not finite is refused with a pointer to it."""
    with pytest.raises(InputError, match="finite") as caught:
        engine.assess(Conversation((Message("hello"), Message("hello", timestamp=time))))
    assert caught.value.pointer == "/messages/1/timestamp"
    assert not caught.value.limit


@SHARED
@given(st.lists(TIMES, min_size=2, max_size=8))
def test_times_in_any_order(engine: Engine, times: list[float | None]) -> None:
    """Missing, equal and backward times give a verdict; going back in time is no haste."""
    backwards = sorted((time for time in times if time is not None), reverse=True)
    messages = tuple(Message(f"line {n}", "a", timestamp=time) for n, time in enumerate(dict.fromkeys(backwards)))
    assert engine.assess(Conversation(messages)).breakdown["behavioral_score"] == 0
    check(engine.assess(Conversation(tuple(Message("x", "a", timestamp=time) for time in times))), ())


def test_a_message_over_the_limit_is_refused(engine: Engine) -> None:
    """20,000 characters are read; one more is an InputError that points to the message and says it is a limit."""
    most = engine.config.most_characters
    assert most == 20_000
    assert engine.assess(Conversation((Message("a" * most),))).message_count == 1
    with pytest.raises(InputError, match="20001 characters") as caught:
        engine.assess(Conversation((Message("hello"), Message("a" * (most + 1)))))
    assert caught.value.pointer == "/messages/1/text"
    assert caught.value.limit


def test_a_conversation_over_the_limit_is_refused(engine: Engine) -> None:
    """More than 2,000 messages at once are refused before any of them is read."""
    with pytest.raises(InputError, match="2001 messages") as caught:
        engine.assess(Conversation((Message("hello"),) * 2001))
    assert caught.value.pointer == "/messages"
    assert caught.value.limit


@pytest.mark.parametrize(
    "piece",
    [
        *("a", " ", "\n", "0", "1 ", "@", ".", "a@", "a.b", "http://", "w h ", "one ", "dot ", "( ", "$1 ", "\u0301"),
        *(
            "\u200b",
            "а",
            "\U0001d430",
            "share your otp ",
            "I am John ",
            "regards, ",
            "- ",
            "my name is mr ",
            "٣",
            "立即",
        ),
    ],
)
def test_a_long_monotonous_message_is_read(engine: Engine, piece: str) -> None:
    """20,000 characters of one thing give a verdict with exact spans and bounded evidence."""
    text = (piece * (20_000 // len(piece) + 1))[:20_000]
    verdict = engine.assess(Conversation((Message(text),)))
    check(verdict, (Message(text),))
    assert len(verdict.flags) <= 400
    assert len(verdict.indicators) <= 400


def test_what_is_known_of_an_account_may_be_odd(engine: Engine) -> None:
    """Empty, huge and unknown values of the account's metadata are taken as they are."""
    for metadata in (SenderMetadata("", 0.0, ""), SenderMetadata("x" * 1000, 1e12, "maybe \ud800"), SenderMetadata()):
        verdict = engine.assess(Conversation((Message("I am from the police, share your otp"),), "", metadata))
        assert orjson.dumps(answer(verdict, engine.decide(verdict)))
