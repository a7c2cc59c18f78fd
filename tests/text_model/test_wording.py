"""What the text model is given to read of a message."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lurewatch import Engine


def read(engine: Engine, text: str) -> str:
    """The wording with single spaces."""
    return " ".join(engine.reader.wording(text).split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Pay $500 now at http://acc-login.top/x or call +1 604-555-1234 before 5 May",
            "pay MO now at LU or call PH before DT",
        ),
        ("Sign in at https://www.chase.com please", "sign in at LO please"),
        ("Write to anna@example.org or @anna_smith", "write to EM or HD"),
        ("Send it to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "send it to WA"),
        ("Nothing of value here", "nothing of value here"),
    ],
)
def test_values_are_replaced_by_their_kind(engine: Engine, text: str, expected: str) -> None:
    """Of a link, a number or a sum only its kind is read; the words around it stay."""
    assert read(engine, text) == expected


def test_the_value_itself_says_nothing(engine: Engine) -> None:
    """Two messages that differ in number, sum and link alone are the same wording."""
    first = read(engine, "Transfer $20 and call 604-555-1234, see http://pay-login.top/a")
    assert first == read(engine, "Transfer $999 and call 604-555-9876, see http://claim-help.xyz/q?z=1")


@pytest.mark.parametrize(
    "text", ["sh4re y0ur 0tp n0w", "s h a r e your otp now", "share yоur оtp now", "SHARE your OTP now"]
)
def test_disguised_words_read_plain(engine: Engine, text: str) -> None:
    """Leetspeak, spacing, look-alikes and capitals are undone before the model reads."""
    assert read(engine, text) == "share your otp now"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("click <URL> or call [phone] again", "click LU or call PH again"),
        ("you won {amount}, see (link)", "you won MO , see LU"),
        ("dear <NAME>, come by", "dear , come by"),
        ("点击url领取", "点击 LU 领取"),
        ("a/c XXXXXX1234 and card 4232***XXXX, from 5xxx**1xxx", "a/c 0000 and card 0000, from 0000"),
        ("see you xxx, exxon mobile, **sale**", "see you xxx, exxon mobile, **sale**"),
        ("meet at <#>, it costs <DECIMAL>", "meet at 0 , it costs 0"),
        ("as you wrote\n> > I will\n> come\n-----\nAnn", "as you wrote i will come ann"),
        ("the url of our page is broken", "the url of our page is broken"),
        ("name and number, please", "name and number, please"),
    ],
)
def test_placeholders_read_as_what_they_stand_for(engine: Engine, text: str, expected: str) -> None:
    """What a source put in a value's place is the value's kind; the same word in a sentence stays a word."""
    assert read(engine, text) == expected


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_has_a_wording(engine: Engine, text: str) -> None:
    """Whatever the text, there is a wording, and the same one twice."""
    assert engine.reader.wording(text) == engine.reader.wording(text)
