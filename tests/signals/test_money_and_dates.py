"""Amounts of money, dates and deadlines."""

from __future__ import annotations

import pytest
from tests.signals.seeing import traits, values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Rs.5000 fee", "INR 5000"),
        ("₹50,00,000 in lottery", "INR 5000000"),
        ("INR 8,500.00 debited", "INR 8500"),
        ("5 lakh only", "INR 500000"),
        ("rs 2.5 crore", "INR 25000000"),
        ("$1,000.50 due", "USD 1000.5"),
        ("US$ 20", "USD 20"),
        ("R$ 50", "BRL 50"),
        ("$5k a week", "USD 5000"),
        ("2 million dollars", "USD 2000000"),
        ("a million dollars", "USD 1000000"),
        ("£9.99 per msg", "GBP 9.99"),
        ("50 000 € sofort", "EUR 50000"),
        ("1.234,56 euro", "EUR 1234.56"),
        ("RM 250", "MYR 250"),
        ("rp 50.000", "IDR 50000"),
        ("hadiah Rp175 juta", "IDR 175000000"),
        ("NGN5,000", "NGN 5000"),
        ("N5,000 airtime", "NGN 5000"),
        ("5000 naira", "NGN 5000"),
        ("PHP 500", "PHP 500"),
        ("500 baht", "THB 500"),
        ("100 TL", "TRY 100"),
        ("500 рублей", "RUB 500"),
        ("100元", "CNY 100"),
        ("200 usdt", "USDT 200"),
    ],
)
def test_amounts_are_read_with_their_currency(text: str, value: str) -> None:
    """Signs, codes and words before and after, Indian and European grouping, and scales give currency and amount."""
    assert values(text, "money") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "what? 5 of them",
        "is it 5?",
        "hours 5 and 6",
        "php 8 is out",
        "the RS232 plug",
        "5 lakh subscribers",
        "a million times",
        "room n95",
        "see sc.link/tk0bn",
        "version 5.2",
    ],
)
def test_other_numbers_are_no_money(text: str) -> None:
    """Questions, versions, plugs and counts of people are no money."""
    assert values(text, "money") == []


def test_large_amounts_are_told_by_their_worth() -> None:
    """About a thousand dollars are large in every currency."""
    assert traits("₹50,00,000", "money") == {"inr", "large"}
    assert traits("Rp 50.000", "money") == {"idr"}
    assert traits("$1000", "money") == {"usd", "large"}
    assert traits("$999", "money") == {"usd"}


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("see you tomorrow", "tomorrow", {"relative"}),
        ("pay by tomorrow", "tomorrow", {"relative", "deadline"}),
        ("within 24 hours", "within 24 hours", {"relative", "deadline"}),
        ("in the next two days", "in the next two days", {"relative", "deadline"}),
        ("in 5 minutes", "in 5 minutes", {"relative"}),
        ("before friday", "before friday", {"relative", "deadline"}),
        ("by 5pm", "by 5pm", {"relative", "deadline"}),
        ("on 2026-05-12", "2026-05-12", set()),
        ("on 25/12/2026", "2026-12-25", set()),
        ("on 05/12/2026", "05/12/2026", set()),
        ("5th of May 2026", "2026-05-05", set()),
        ("until May 5, 2026", "2026-05-05", {"deadline"}),
        ("28 december", "28 december", set()),
        ("exp 04/27", "exp 04/27", {"expiry"}),
        ("valid thru 04-2027", "valid thru 04-2027", {"expiry"}),
        ("card, cvv 123, 04/27", "2027-04", {"expiry"}),
    ],
)
def test_dates_and_deadlines_are_read(text: str, value: str, expected: set[str]) -> None:
    """Dates have an ISO value where it is certain; relative ones, deadlines and expiry dates are told apart."""
    assert values(text, "date") == [value]
    assert traits(text, "date") == expected


@pytest.mark.parametrize(
    "text",
    ["may I come in", "on 192.168.1.20", "the ratio is 04/27", "may 5 people join", "version 1.2.3", "34/56/2026"],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    """Words, addresses, ratios, versions and impossible days are no dates."""
    assert values(text, "date") == []
