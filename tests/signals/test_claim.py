"""Who somebody says they are."""

from __future__ import annotations

import pytest
from tests.signals.seeing import see, values, written


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I am John and I need your help", "john"),
        ("I'm Maria.", "maria"),
        ("I’m Maria Lopez from the bank", "maria lopez"),
        ("Hello, my name is Maria Lopez, how are you", "maria lopez"),
        ("MY NAME IS JOHN SMITH AND I WORK HERE", "john smith"),
        ("this is Officer Mark Reed from the revenue office", "mark reed"),
        ("Good day. This is Mark calling about your computer", "mark"),
        ("I am Dr. Anna Bell, your new doctor", "anna bell"),
        ("my name's José O'Neil", "jose o'neil"),
        ("myself Rahul from the card department", "rahul"),
        ("You can call me Victor, my friend", "victor"),
        ("Hi, Tom Hill here. I am at the gate", "tom hill"),
    ],
)
def test_introductions(text: str, name: str) -> None:
    """An introduction gives the name without its title, in lower case."""
    assert values(text, "name") == [name]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See you there.\nRegards, John Smith", "John Smith"),
        ("Best regards,\nJosé Müller\nSenior Manager", "José Müller"),
        ("I will wait.\nThanks,\nJohn", "John"),
        ("Yours sincerely Peter Holm", "Peter Holm"),
        ("See you at five - Maria", "Maria"),
        ("All done\n-- Maria.", "Maria"),
    ],
)
def test_signatures(text: str, shown: str) -> None:
    """A name behind a closing formula or a dash at the end is a signature; its span is the name as sent."""
    assert written(text, "signature") == [shown]


@pytest.mark.parametrize(
    "text",
    [
        "I am fine, thank you",
        "I am Fine",
        "I am Sorry about that",
        "I'm Sure you know",
        "I am Looking for a flat",
        "I am John's wife",
        "I am American",
        "I am Apple user since years",
        "I Am Waiting For You",
        "I AM WAITING",
        "This is Amazon calling",
        "this is a message from us",
        "This is Paris.",
        "my name is on the list",
        "I am officer",
        "Thanks, John",
        "regards to John from me",
        "shop now - Limited Offer",
        "alerts on your card - SBI",
        "your parcel is here - PayPal",
        "Wir sehen uns im Sommer",
        "You can call me tomorrow",
        "May call me Sunday if she likes",
        "Hi Tom, here is the list",
        "Hello Anna here is your ticket.",
    ],
)
def test_what_is_no_claim(text: str) -> None:
    """Feelings, origins, companies, relatives, and the reader's own name are nobody's claim to be somebody."""
    assert see(text, "name", "signature") == []
