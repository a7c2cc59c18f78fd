"""What holds for the readings of any text whatever."""

from __future__ import annotations

import base64
import uuid

from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine.model import View
from lurewatch.engine.text import WORDS, normalise
from lurewatch.engine.text.folding import fold

TRICKY = (
    "abcdeilnostuvxyz ABILO 0134578@$!|+#*_.,-()[]{}<>'\"/\\\n\t\x00"
    "\u200b\u200d\ufe0f\u202e\u00ad\u0301\u0336\u20e3\u0e31\u093e\u064b\u2800\u3164"
    "аесорхувнтклйыжАВЕНТПавγρνωΣΩᴀᴛʙɪ𝐚𝜨ⓐ🅰🇮🇳🇺🇸🆓①९½…ﷺ㎏ßæİıщ漢口山かカﾞ한ᄀครᏗᗩᚠ€£©®™\ud800\udfff"
)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
TRICKY_TEXT = st.text(st.sampled_from(TRICKY), max_size=80)
SPOKEN_TEXT = st.lists(
    st.sampled_from(
        [
            "one",
            "two",
            "oh",
            "double",
            "triple",
            "plus",
            "hundred",
            "ek",
            "do",
            "teen",
            "uno",
            "dos",
            "tres",
            "um",
            "dois",
            "un",
            "deux",
            "quatre",
            "vingt",
            "dix",
            "null",
            "ein",
            "satu",
            "dua",
            "belas",
            "puluh",
            "y",
            "e",
            "et",
            "dash",
            "5",
            "604",
            "at",
            "dot",
            "com",
            "in",
            "co",
            "gmail",
            "(at)",
            "[.]",
            "@",
            ".",
            "slash",
            "the",
            "me",
            "name",
            "h",
            "a",
            "c",
            "k",
            "p4y",
            "fr33",
            "soooo",
        ]
    ),
    max_size=30,
).map(" ".join)


@given(st.one_of(ANY_TEXT, TRICKY_TEXT, SPOKEN_TEXT))
def test_every_reading_points_into_the_original(text: str) -> None:
    """Each character of each reading comes from a place in the original, and places never go backwards."""
    views = normalise(text)
    assert [view.reading for view in views] in (
        ["folded"],
        ["folded", "plain"],
        ["folded", "spoken"],
        ["folded", "plain", "spoken"],
    )
    for view in views:
        origin = range(len(text)) if view.origin is None else view.origin
        assert len(origin) == len(view.text)
        assert list(origin) == sorted(origin)
        assert all(0 <= place < len(text) for place in origin)
        for found in view.obfuscations:
            assert 0 <= found.start < found.end <= len(text)
        assert len(view.obfuscations) <= 64


@given(st.one_of(ANY_TEXT, TRICKY_TEXT))
def test_a_further_reading_differs_from_the_folded_one(text: str) -> None:
    """A reading that says the same as the folded one is not made."""
    folded, *others = normalise(text)
    assert all(view.text != folded.text for view in others)


@given(st.one_of(ANY_TEXT, TRICKY_TEXT, SPOKEN_TEXT))
def test_folding_is_idempotent(text: str) -> None:
    """Folding a folded text changes nothing."""
    once = normalise(text)[0].text
    assert normalise(once)[0].text == once


@given(st.text(st.characters(max_codepoint=127), max_size=80))
def test_ascii_is_folded_the_same_on_both_paths(text: str) -> None:
    """The quick path for ASCII gives what the general path gives."""
    assert normalise(text)[0] == View("folded", text.lower())
    folding = fold(text)
    assert folding.codes.tobytes().decode("utf-32-le") == text.lower()
    assert folding.origin is None
    assert folding.obfuscations == ()


@given(st.lists(st.sampled_from(sorted(WORDS)), max_size=30))
def test_plain_words_are_left_alone(words: list[str]) -> None:
    """A lower-case text of known words is its own and only reading, number words aside."""
    text = " ".join(word for word in words if len(word) > 2)
    folded, *others = normalise(text)
    assert folded == View("folded", text)
    assert all(view.reading == "spoken" for view in others)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=200))
def test_folding_never_more_than_doubles_a_text_by_much(text: str) -> None:
    """Signs that stand for several characters cannot blow a text up."""
    assert len(normalise(text)[0].text) <= 2 * len(text) + 64


@given(st.uuids(), st.binary(min_size=12, max_size=60))
def test_codes_are_not_mangled_by_folding(number: uuid.UUID, secret: bytes) -> None:
    """Identifiers and base64 keep every character in the folded reading, but for case."""
    text = f"ref {number} token {base64.b64encode(secret).decode()} ок"
    assert normalise(text)[0].text == text.lower()


def test_no_text_at_all() -> None:
    """The empty text has the empty reading."""
    assert normalise("") == (View("folded", ""),)
    assert normalise("\u200b\u0301")[0].text == ""
