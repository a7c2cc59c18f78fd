"""Conversations without the marks of their channel."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine.model import Conversation, Message
from lurewatch.lab.channels import LONGEST, unmarked


def said(*texts: str) -> list[str]:
    conversation = Conversation(tuple(Message(text, sender="A") for text in texts), id="c")
    return [message.text for message in unmarked(conversation).messages]


@pytest.mark.parametrize(
    ("marked", "left"),
    [
        ("Subject: Your money\nDear Mr Bell,\nSend the fee today.\nBest regards,\nTom", "Send the fee today. Tom"),
        ("Uh, I need [pause] the code, um, now.", "I need the code, now."),
        ("@123456 give me your number :-) \U0001f600", "give me your number"),
        ("> you wrote this\nand I answer", "and I answer"),
    ],
)
def test_what_only_a_letter_a_call_or_a_chat_has_is_gone(marked: str, left: str) -> None:
    assert " ".join(" ".join(said(marked)).split()) == left


def test_a_long_letter_becomes_several_messages_of_the_same_sender() -> None:
    letter = Message("This is one of many sentences. " * 40, sender="A", timestamp=7.0)

    pieces = unmarked(Conversation((letter,))).messages

    assert len(pieces) > 5
    assert all(len(piece.text) <= LONGEST for piece in pieces)
    assert {(piece.sender, piece.timestamp) for piece in pieces} == {("A", 7.0)}


def test_plain_words_stay_as_they_are() -> None:
    assert said("please pay 20 to my account", "why?") == ["please pay 20 to my account", "why?"]


@given(st.lists(st.text(max_size=400), max_size=5))
def test_every_message_leaves_at_least_one(texts: list[str]) -> None:
    assert len(said(*texts)) >= len(texts)


@pytest.mark.parametrize("part", [" ", " \t", "best\n", "\n ", "dear ", "@a\n"])
def test_a_long_text_takes_no_longer_than_its_length(part: str) -> None:
    """Neither much white space nor many lines of one mark are read again and again."""
    begun = time.perf_counter()
    said("a" + part * (60_000 // len(part)) + "b")
    assert time.perf_counter() - begun < 2
