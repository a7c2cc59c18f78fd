"""Contact data that a sender splits over two messages, and words that a sender disguises."""

from __future__ import annotations

import pytest

from lurewatch import Conversation, Engine, Message
from lurewatch.engine.model import Flag, Verdict


def judged(engine: Engine, *texts: str, sender: str = "ann") -> Verdict:
    return engine.assess(Conversation(tuple(Message(text, sender) for text in texts)))


def flags(verdict: Verdict, pattern: str) -> list[Flag]:
    return [flag for flag in verdict.flags if flag.pattern == pattern]


def shown(flag: Flag, texts: tuple[str, ...]) -> list[str]:
    return [texts[part.message_index][part.start : part.end] for part in flag.parts]


@pytest.mark.parametrize(
    ("texts", "pattern", "parts", "value"),
    [
        (("604 555", "1234"), "phone_number", ["604 555", "1234"], "+16045551234"),
        (
            ("my number is six oh four", "five five five 1234"),
            "phone_number",
            ["six oh four", "five five five 1234"],
            "+16045551234",
        ),
        (("call me on 604-555-", "1234 after six"), "phone_number", ["604-555-", "1234"], "+16045551234"),
        (("you get me at 604", "555 1234, any time"), "phone_number", ["604", "555 1234"], "+16045551234"),
        (("write to jane.roe@", "gmail.com"), "email_address", ["jane.roe@", "gmail.com"], "jane.roe@gmail.com"),
        (("write to jane.roe", "@gmail.com please"), "email_address", ["jane.roe", "@gmail.com"], "jane.roe@gmail.com"),
        (("jane.roe at gmail", "dot com"), "email_address", ["jane.roe at gmail", "dot com"], "jane.roe@gmail.com"),
    ],
)
def test_split_contact_data_is_one_flag(
    engine: Engine, texts: tuple[str, ...], pattern: str, parts: list[str], value: str
) -> None:
    """Contact data over two messages is one flag, whose parts point into both originals, and one indicator."""
    verdict = judged(engine, *texts)
    (flag,) = flags(verdict, pattern)
    assert shown(flag, texts) == parts
    assert [part.message_index for part in flag.parts] == [0, 1]
    assert flag.message_index == 1
    assert flag.matched_text == texts[1][flag.start : flag.end] == parts[1]
    assert value in [indicator.value for indicator in verdict.indicators if indicator.parts == flag.parts]


@pytest.mark.parametrize(
    ("texts", "parts", "value"),
    [
        (("604", "555", "1234"), ["604", "555", "1234"], "+16045551234"),
        (("my number is 604", "555", "1234 after six"), ["604", "555", "1234"], "+16045551234"),
        (("six oh four", "five five five", "12", "34"), ["six oh four", "five five five", "12", "34"], "+16045551234"),
        (("jane.roe at", "gmail", "dot com"), ["jane.roe at", "gmail", "dot com"], "jane.roe@gmail.com"),
    ],
)
def test_contact_data_may_be_split_over_several_messages(
    engine: Engine, texts: tuple[str, ...], parts: list[str], value: str
) -> None:
    """Up to four messages of one sender are read as one, and the parts point into each."""
    verdict = judged(engine, *texts)
    (indicator,) = [indicator for indicator in verdict.indicators if indicator.value == value]
    assert [texts[part.message_index][part.start : part.end] for part in indicator.parts] == parts
    assert [part.message_index for part in indicator.parts] == list(range(len(texts)))


def test_the_parts_are_offsets_of_a_long_first_message(engine: Engine) -> None:
    """However long the first message, its part is counted from its beginning."""
    texts = ("I wrote you so many things about the flat and the garden. " * 5 + "Call 604 555", "1234")
    (flag,) = flags(judged(engine, *texts), "phone_number")
    assert shown(flag, texts) == ["604 555", "1234"]


@pytest.mark.parametrize("gap", [1, 2])
def test_the_other_may_speak_between(engine: Engine, gap: int) -> None:
    """A number goes on across what the other says meanwhile."""
    messages = [Message("call 604 555", "ann"), *[Message("yes?", "bob")] * gap, Message("1234", "ann")]
    verdict = engine.assess(Conversation(tuple(messages)))
    (flag,) = flags(verdict, "phone_number")
    assert [part.message_index for part in flag.parts] == [0, gap + 1]


def test_two_people_do_not_share_a_number(engine: Engine) -> None:
    """Half a number of one sender and half a number of another are no number."""
    verdict = engine.assess(Conversation((Message("604 555", "ann"), Message("1234", "bob"))))
    assert flags(verdict, "phone_number") == []


@pytest.mark.parametrize(
    "texts",
    [
        ("I was there in 2019", "2020 was worse"),
        ("see you at 5", "30 people are coming"),
        ("my order is 604 555", "thanks for checking"),
        ("the flat is on floor 3", "at 5 pm I can show you"),
        ("We met at the café", "at noon. Then we left"),
        ("it costs 120", "plus 30 for shipping"),
    ],
)
def test_everyday_messages_are_not_joined(engine: Engine, texts: tuple[str, ...]) -> None:
    """Numbers that end one message and begin the next are not contact data of themselves."""
    verdict = judged(engine, *texts)
    assert [flag for flag in verdict.flags if flag.parts] == []


def test_a_whole_number_is_not_found_again(engine: Engine) -> None:
    """A complete number in the first message is one flag, also when the second begins with digits."""
    verdict = judged(engine, "call 604-555-1234", "5 minutes is enough")
    assert [flag.message_index for flag in flags(verdict, "phone_number")] == [0]


@pytest.mark.parametrize(
    ("text", "disguised"),
    [
        ("let us talk on w h a t s a p p ok", "w h a t s a p p"),
        ("let us talk on whatz@pp ok", "whatz@pp"),
        ("let us talk on wh\u0430ts\u0430pp ok", "wh\u0430ts\u0430pp"),
        ("let us talk on whats\u200bapp ok", "whats\u200bapp"),
        (
            "let us talk on w\u200bh\u200ba\u200bt\u200bs\u200ba\u200bp\u200bp ok",
            "w\u200bh\u200ba\u200bt\u200bs\u200ba",
        ),
        ("let us talk on ｗｈａｔｓａｐｐ ok", "ｗｈａｔｓａｐｐ"),
        ("let us talk on ẃhàtsapp ok", "ẃhàtsapp"),
        ("let us talk on 𝐰𝐡𝐚𝐭𝐬𝐚𝐩𝐩 ok", "𝐰𝐡𝐚𝐭𝐬𝐚𝐩𝐩"),
        ("let us talk on W-H-A-T-S-A-P-P ok", "W-H-A-T-S-A-P-P"),
    ],
)
def test_a_disguised_messenger_is_flagged_as_sent(engine: Engine, text: str, disguised: str) -> None:
    """A disguised name is flagged, and the span in the original holds the disguise."""
    found = flags(judged(engine, text), "messaging_platform")
    assert found
    assert any(disguised in text[flag.start : flag.end] for flag in found)


@pytest.mark.parametrize(
    ("text", "disguised", "value"),
    [
        ("reach me: jane.roe (at) gmail dot com", "jane.roe (at) gmail dot com", "jane.roe@gmail.com"),
        ("reach me: ｊａｎｅ@gmail.com", "ｊａｎｅ@gmail.com", "jane@gmail.com"),
        ("my cell is 6 0 4 - 5 5 5 - 1 2 3 4", "6 0 4 - 5 5 5 - 1 2 3 4", "+16045551234"),
        ("my cell is six o four, five five five, 1234", "six o four, five five five, 1234", "+16045551234"),
        ("my cell is ６０４-５５５-１２３４", "６０４-５５５-１２３４", "+16045551234"),
    ],
)
def test_disguised_contact_data_is_read(engine: Engine, text: str, disguised: str, value: str) -> None:
    """Spelled-out, spaced and full-width contact data gives its plain value, and the span of what was sent."""
    found = [i for i in judged(engine, text).indicators if i.value == value]
    assert [text[indicator.start : indicator.end] for indicator in found] == [disguised]
