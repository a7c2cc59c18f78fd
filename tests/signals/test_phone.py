"""Telephone numbers: every common way to write one, and the numbers that are none."""

from __future__ import annotations

import pytest
from tests.signals.seeing import see, traits, values, written


@pytest.mark.parametrize(
    "number",
    [
        "604-555-1234", "(604) 555-1234", "604.555.1234", "604 555 1234", "6045551234", "1-604-555-1234",
        "+16045551234", "1 (604) 555-1234", "604 - 555 - 1234", "(604)555-1234", "604/555-1234", "+1-604-555-1234",
        "+1 604 555 1234",
    ],
)  # fmt: skip
def test_north_american_numbers_are_one_number(number: str) -> None:
    """However it is grouped, with or without the country code, the value is the same E.164 number."""
    assert values(f"my cell is {number}, thanks", "phone") == ["+16045551234"]


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("98765 43210", "+919876543210"),
        ("09876543210", "+919876543210"),
        ("+91-98765-43210", "+919876543210"),
        ("0091 98765 43210", "+919876543210"),
        ("+44 20 7946 0018", "+442079460018"),
        ("07911 123456", "+447911123456"),
        ("0906 1743386", "+449061743386"),
        ("+61 412 345 678", "+61412345678"),
        ("+49 30 901820", "+4930901820"),
        ("+55 11 91234-5678", "+5511912345678"),
        ("+65 9123 4567", "+6591234567"),
    ],
)
def test_numbers_of_other_countries_are_valid(number: str, value: str) -> None:
    """National formats of the default regions and any international number are read and valid."""
    (signal,) = see(f"you can call {number} today", "phone")
    assert (signal.value, signal.valid) == (value, True)


def test_a_region_makes_its_national_numbers_valid() -> None:
    """A number in a national format is valid only when its region is one of the default regions."""
    text = "ring the office on 0412 345 678 after ten"
    (abroad,) = see(text, "phone")
    (at_home,) = see(text, "phone", regions=("AU",))
    assert (abroad.valid, at_home.valid) == (False, True)
    assert at_home.value == "+61412345678"


def test_a_possible_number_is_found_and_not_valid() -> None:
    """A fictitious area code is possible by grouping, so it is a signal, and libphonenumber calls it invalid."""
    (signal,) = see("her number is 555-123-4567", "phone")
    assert (signal.value, signal.valid) == ("+15551234567", False)


@pytest.mark.parametrize(
    "text",
    [
        "my cell is six o four, five five five, one two three four",
        "call 6 0 4 - 5 5 5 - 1 2 3 4 after lunch",
        "text 6O4-555-1234 please",
        "reach me at 6.0.4.5.5.5.1.2.3.4 tonight",
        "so call (604)--555--1234",
    ],
)
def test_a_disguised_number_is_read(text: str) -> None:
    """Words for digits, spaced digits and the letter o for a zero hide nothing."""
    assert values(text, "phone") == ["+16045551234"]


def test_two_numbers_in_a_row_are_two() -> None:
    """Numbers that follow each other are told apart."""
    assert written("604-555-1234 416-555-9999", "phone") == ["604-555-1234", "416-555-9999"]


@pytest.mark.parametrize(
    "text",
    [
        "order 370795561790 has not arrived",
        "Your order id is 9876543210 and ships today",
        "tracking number 6045551234 is on its way",
        "ref no 712845931206 for this transfer",
        "a/c 98765432101 was credited",
        "balance INR 9876543210.00 available",
        "Rs 9876543210 was paid",
        "at 2025-01-15 10:30:22 the job ran",
        "on 15-01-2025 1030 we met",
        "from 192.168.100.200 to 10.20.30.40",
        "id 550e8400-e29b-41d4-a716-446655440000 is taken",
        "commit 1234567890abcdef12 broke it",
        "4111 1111 1111 1111",
        "DE89 3704 0044 0532 0130 00",
        "pay 9876543210@ybl now",
        "the sum is 1,234,567,890 euros",
        "created at 1706543210 by the script",
        "see example.com/item/6045551234",
        "ISBN 9780306406157 is out of print",
        "we drew 12 23 34 45 56 last night",
        "2345 6789 0124",
        "article <1993.4155.2345678@host.example>",
    ],
)
def test_other_numbers_are_no_telephone_numbers(text: str) -> None:
    """Orders, accounts, amounts, dates, addresses of computers, identifiers and cards are left alone."""
    assert values(text, "phone") == []


def test_fewer_than_ten_digits_need_a_plus() -> None:
    """Eight digits are a number behind a plus sign only."""
    assert values("call me on 9123 4567", "phone") == []
    assert values("call me on +65 9123 4567", "phone") == ["+6591234567"]


def test_a_short_code_is_told_apart() -> None:
    """A code that one is told to text to is short; a full number is not."""
    assert traits("text WIN to 85023 now", "phone") == {"short"}
    assert traits("call 604-555-1234 now", "phone") == {"full"}
    assert values("please send the new one to 90210", "phone") == []


@pytest.mark.parametrize(
    ("number", "trait"), [("0906 1743386", "premium"), ("0871 2300220", "premium"), ("1-800-555-0199", "toll_free")]
)
def test_what_a_call_costs_is_a_trait(number: str, trait: str) -> None:
    """Premium and toll-free numbers say so."""
    assert trait in traits(f"call {number} to claim", "phone")


def test_a_chat_link_holds_a_number() -> None:
    """The digits of a wa.me link are an international number without its plus."""
    assert values("write wa.me/919876543210", "phone") == ["+919876543210"]
