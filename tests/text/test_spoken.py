"""Numbers and addresses that are dictated or bent, and prose that only sounds like it."""

from __future__ import annotations

import pytest

from lurewatch.engine.model import View
from lurewatch.engine.text import normalise


def spoken(text: str) -> View | None:
    """The spoken reading, if there is one."""
    return next((view for view in normalise(text) if view.reading == "spoken"), None)


def read(text: str) -> str:
    """The text of the spoken reading, of the folded one if there is none."""
    view = spoken(text)
    return view.text if view else normalise(text)[0].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call six oh four, five five five, one two one two", "call 6045551212"),
        ("six zero 4 five 5 5 1212 is mine", "6045551212 is mine"),
        ("double five triple nine double zero eight", "55999008"),
        ("double 7 four nine eight 6", "774986"),
        ("nine-eight-seven-six-five", "98765"),
        ("one eight hundred five five five one two one two", "18005551212"),
        ("thirty five twenty one ninety", "352190"),
        ("plus nine one nine eight seven six five four three two one zero", "+919876543210"),
        ("ek do teen char paanch chhe saat aath nau shunya", "1234567890"),
        ("seis uno dos tres cuarenta y cinco", "612345"),
        ("nove um dois três meia quarenta e dois", "9123642"),
        ("zéro six douze trente-quatre cinquante-six soixante-dix-huit", "0612345678"),
        ("quatre-vingt-dix-neuf quatre vingt un zéro", "99810"),
        ("null eins sieben sechs fünfundzwanzig zwölf", "01762512"),
        ("nol delapan satu dua belas tiga puluh lima", "0811235"),
        ("my number is 9 8 7 6 5 4 3 2 1 0 ok", "my number is 9876543210 ok"),
        ("text 98765O4321 today", "text 9876504321 today"),
        ("two zero nine two zero zero 0259", "2092000259"),
    ],
)
def test_dictated_digits(text: str, expected: str) -> None:
    """Runs of number words, digits mixed in, read as the number they dictate."""
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "one of the two came at three",
        "i tried it two three times",
        "do you have one or two or three of them",
        "two hundred and fifty dollars",
        "une ou deux fois par an",
        "on sept. 10, 2022 and oct. 11, 2023",
        "10 12 14 16 18 20 22",
        "12-03-2024 10:30 and 13-03-2024",
        "elf und die kleinen elf",
        "100 oil paintings, 20 soils",
    ],
)
def test_prose_is_no_dictation(text: str) -> None:
    """Counting words in a sentence, dates and lists stay as they are."""
    assert spoken(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail asha dot rao at mail dot com please", "mail asha.rao@mail.com please"),
        ("write to me at asha dot rao at example dot co dot in", "write to me at asha.rao@example.co.in"),
        ("asha at gmail dot co.in", "asha@gmail.co.in"),
        ("asha at gmail.com", "asha@gmail.com"),
        ("asha (at) example (dot) org", "asha@example.org"),
        ("asha[at]example[dot]org", "asha@example.org"),
        ("asha © mail . com", "asha@mail.com"),
        ("info (at) example.com", "info@example.com"),
        ("asha @ mail . com", "asha@mail.com"),
        ("asha underscore rao at my dash shop dot net", "asha_rao@my-shop.net"),
        ("asha at the rate example dot com", "asha@example.com"),
        ("asha arroba correo punto com", "asha@correo.com"),
        ("visit us at example dot com slash login", "visit us at example.com/login"),
        ("www dot example dot com", "www.example.com"),
        ("go to example .com now", "go to example.com now"),
        ("see evil[.]example or bad(.)test", "see evil.example or bad.test"),
        ("hxxps://evil[.]example/a and h**p[:]//bad.test", "https://evil.example/a and http://bad.test"),
    ],
)
def test_spelled_addresses(text: str, expected: str) -> None:
    """Addresses read as they are typed."""
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "meet me at home dot",
        "look at the dot in the corner",
        "i am at gmail.com",
        "I love it. Live music. Come in",
        "copyright © example.com",
        "the dot com bubble and a dot com company",
        "at this point me and you",
        "write to asha.rao@example.com or see example.com",
        "lunch @ 5 . see you",
    ],
)
def test_prose_is_no_address(text: str) -> None:
    """Sentences that merely hold such words, and addresses already typed, stay as they are."""
    assert spoken(text) is None


def test_spans_cover_what_was_said() -> None:
    """The span of a number or an address is that of the words that dictated it."""
    text = "call nine eight seven six now or asha at mail dot com"
    view = spoken(text)
    assert view is not None
    assert view.text == "call 9876 now or asha@mail.com"
    start, end = view.span(5, 9)
    assert text[start:end] == "nine eight seven six"
    start, end = view.span(17, 30)
    assert text[start:end] == "asha at mail dot com"


def test_spans_through_folding() -> None:
    """The same where characters were folded away before."""
    text = "\u200bcall 𝐧𝐢𝐧𝐞 eight sev\u200ben 6️⃣ ok"
    view = spoken(text)
    assert view is not None
    assert view.text == "call 9876 ok"
    start, end = view.span(5, 9)
    assert text[start:end].startswith("𝐧𝐢𝐧𝐞")
    assert text[start:end].endswith("6")
