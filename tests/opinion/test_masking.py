"""Masking: what goes out comes back, and no number or address gets past the nets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch import Engine
from lurewatch.intel.opinion.masking import Mask, Seen

TEXTS = st.text(st.sampled_from("a1@.-/ ?#=&[]_PHONE\u200b\u0661é４\n:"), max_size=60)


@given(st.lists(TEXTS, max_size=3), st.lists(st.tuples(st.sampled_from(["phone", "money", "url"]), st.integers(0, 60))))
def test_what_was_taken_out_is_put_back(texts: list[str], places: list[tuple[str, int]]) -> None:
    """Restoring what was covered gives the text as it was, wherever the signals lie."""
    for text in texts:
        mask = Mask()
        signals = [Seen(kind, min(at, len(text)), min(at + 7, len(text))) for kind, at in places]
        assert mask.restore(mask.cover(text, signals)) == text


@given(TEXTS)
def test_no_long_number_is_left(text: str) -> None:
    """Four digits in a row never leave, unless a signal says that they are an amount, a date or a host."""
    assert not re.search(r"\d{4}", Mask().cover(text, ()))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("pay Rs 25,000 by 12/03/2026", "pay Rs 25,000 by 12/03/2026"),
        ("see http://paypal.com@evil.tk/a", "see http://paypal.com@evil.tk/a"),
        ("http://192.168.10.22/login?user=bob", "http://192.168.10.22/login?[QUERY_1]"),
        ("604-555-1234, again 604-555-1234", "[PHONE_1], again [PHONE_1]"),
        ("[PHONE_1] is 604-555-1234", "[PHONE_1] is [PHONE_2]"),
    ],
)
def test_what_a_judgement_needs_stays(text: str, kept: str, engine: Engine) -> None:
    """Amounts, dates and hosts stay; the same value has one placeholder, and never one that the sender wrote."""
    signals = [Seen(one.kind, one.start, one.end) for one in engine.reader.signals(text)]
    assert Mask().cover(text, signals) == kept
