"""Typing errors put right, and what is none."""

from __future__ import annotations

import pytest

from lurewatch.engine.model import View
from lurewatch.engine.text import WORDS, normalise
from lurewatch.engine.text.typos import MEANT


def plain(text: str, words: frozenset[str] = WORDS) -> View | None:
    """The plain reading, if there is one."""
    return next((view for view in normalise(text, words) if view.reading == "plain"), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("your acount is suspnded", "your account is suspended"),
        ("pleasse veerify it", "please verify it"),
        ("confrim your pasword, cilck here", "confirm your password, click here"),
        ("a vlaim for your oucher.", "a claim for your voucher."),
        ("we proces it", "we process it"),
        ("CONGRATULATINOS, Winnerr", "congratulations, winnerr"),
    ],
)
def test_one_typing_error_a_word(text: str, expected: str) -> None:
    """A letter lost, doubled, swapped or hit beside is put right, and that is no disguise."""
    view = plain(text)
    assert view is not None
    assert view.text == expected
    assert view.obfuscations == ()


@pytest.mark.parametrize(
    "text",
    [
        "the acct is fine, thx m8",
        "ward of the pottery, baking for older people",
        "xacount and acountx",
        "see https://acount.example/verfiy or write to acount@mail.example",
    ],
)
def test_what_is_no_typing_error(text: str) -> None:
    """Abbreviations, words of their own, parts of words, links and addresses stay."""
    assert plain(text) is None


def test_known_words_are_never_put_right() -> None:
    """No word of the vocabulary, nor one that a pack adds, is taken for a typing error."""
    assert not {slip.decode() for slip in MEANT} & WORDS
    assert plain("my acount") is not None
    assert plain("my acount", WORDS | {"acount"}) is None


def test_spans_of_what_was_put_right() -> None:
    """A word put right stands where the mistyped one was sent."""
    text = "an acount and a pleasse"
    view = plain(text)
    assert view is not None
    start = view.text.index("account")
    assert view.span(start, start + len("account")) == (3, 9)
    start = view.text.index("please")
    assert view.span(start, start + len("please")) == (16, 23)


def test_typing_errors_beside_disguises() -> None:
    """Both are undone in one reading."""
    view = plain("verfiy y0ur acc0unt n o w at the bnak")
    assert view is not None
    assert view.text == "verify your account now at the bank"
