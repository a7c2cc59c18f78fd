"""The disguises that rules and models are measured under."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine.text import normalise
from lurewatch.lab.attacks import ATTACKS, mutate

KINDS = sorted(ATTACKS)
MESSAGES = (
    "Your bank account has been suspended, please confirm your password at https://bank.example/a1 within 24 hours",
    "Congratulations! You have won a free gift card, call 0800 123 456 now to claim your prize before it expires",
    "Hello dear, I am stuck at the airport and need money for a ticket, can you send it to me today please",
    "We are hiring people to work from home, earn money every day, no experience needed, message us to join the team",
    "The parcel could not be delivered because of an unpaid fee, follow the link to pay and choose a new date",
    "This is the support team, there is a problem with your computer, do not turn it off and call this number at once",
)


def words(text: str) -> list[str]:
    """The words of a text."""
    return re.findall(r"[a-z']+", text)


def test_the_attacks_are_these_seven() -> None:
    """The names are a contract with the rule linter and the evaluation."""
    assert set(ATTACKS) == {"lookalike", "leet", "zero_width", "spacing", "case", "mathematical", "typo"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_mutant_is_a_function_of_text_kind_and_seed(kind: str) -> None:
    """The same seed gives the same mutant, another one another."""
    text = " ".join(MESSAGES)
    assert mutate(text, kind, 1) == mutate(text, kind, 1)
    assert mutate(text, kind, 1) != text
    assert mutate(text, kind, 1) != mutate(text, kind, 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("letter", ["a", "[", "."])
def test_a_long_word_takes_no_longer_than_many_short_ones(kind: str, letter: str) -> None:
    """A row without any white space is disguised in a moment, not in time that grows with its square."""
    begun = time.perf_counter()
    mutate(letter * 40_000, kind, 1)
    assert time.perf_counter() - begun < 2


def test_an_unknown_attack_is_refused() -> None:
    """Asking for a kind that does not exist is an error."""
    with pytest.raises(KeyError):
        mutate("text", "rot13", 1)


@given(st.text(max_size=60), st.sampled_from(KINDS), st.integers())
def test_any_text_can_be_attacked(text: str, kind: str, seed: int) -> None:
    """No text makes an attack fail, and digits are never touched."""
    mutant = mutate(text, kind, seed)
    if kind != "leet":
        assert re.findall(r"\d", mutant, re.ASCII) == re.findall(r"\d", text, re.ASCII)


@pytest.mark.parametrize("kind", KINDS)
def test_links_and_numbers_keep_working(kind: str) -> None:
    """A disguised link no longer works, so links, addresses and numbers are left alone."""
    text = "see https://bank.example/a1 or www.shop.example, write to me@mail.example, call 0800 123 456, use code AB12"
    mutant = mutate(text, kind, 3)
    for kept in ("https://bank.example/a1", "www.shop.example", "me@mail.example", "0800 123 456", "AB12"):
        assert kept in mutant


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"typo"}))
def test_attacked_words_are_recovered(kind: str) -> None:
    """Nearly all words of an attacked message are read in one of its readings."""
    total = kept = 0
    for seed, text in enumerate(MESSAGES * 5):
        wanted = words(normalise(text)[0].text)
        readings = [words(view.text) for view in normalise(mutate(text, kind, seed))]
        total += len(wanted)
        kept += sum(any(word in reading for reading in readings) for word in wanted)
    assert kept >= (0.95 if kind in ("leet", "spacing") else 0.99) * total
