"""The registry of kinds, and what holds for every kind."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st
from tests.signals.seeing import REGIONS, candidates, see, tables

from lurewatch.engine import signals
from lurewatch.engine.model import View
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals import KINDS, MOST, Kind, Sighting

NAMES = frozenset(name for kind in KINDS for name in kind.yields)
PUBLISHED = (
    "phone, email, url, domain, handle, messaging_app, payment_app, card, iban, bank_account, upi, ifsc, pan, aadhaar, "
    "wallet, money, brand, date, name, signature"
)
PIECES = st.one_of(
    st.sampled_from(["604-555-1234", "+91 98765 43210", "4111 1111 1111 1111", "GB29", "account no 1", "to 85023"]),
    st.sampled_from(["a@b.co", "x@ybl", "@name", "bit.ly/x", "http://", "hxxp", "[.]", "www.", ".com", "amaz0n.com"]),
    st.sampled_from(["paypal", "visa", "whatsapp", "t.me/", "venmo", "insta: a_b", "/in/abc", "text ", "nine eight "]),
    st.sampled_from(["$5", "rs ", "5 lakh", "today", "within 2 days", "12/05/2026", "exp 04/27", "0x", "bc1"]),
    st.sampled_from([*"()-.,/@? \n", "1 ", "12", " dot ", " at ", "é", "п", "₹", "１"]),
    st.sampled_from(["\u200b", "\ud800", "\x00", "\u202e"]),
)


def test_every_module_with_a_kind_is_registered() -> None:
    """No module of the folder has a kind that is missing from KINDS."""
    found = [import_module(f"{signals.__name__}.{module.name}") for module in pkgutil.iter_modules(signals.__path__)]
    assert {module.KIND.name for module in found if hasattr(module, "KIND")} == {kind.name for kind in KINDS}


def test_the_kinds_yield_the_published_names_once() -> None:
    """Together the kinds yield exactly the published signal names, each from one kind only."""
    assert sorted(name for kind in KINDS for name in kind.yields) == sorted(PUBLISHED.split(", "))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_patterns_are_linear_time_and_ascii(kind: Kind) -> None:
    """Every candidate compiles in RE2, is ASCII, and cannot match nothing."""
    for pattern in kind.patterns(tables()):
        assert pattern.isascii()
        assert re2.compile(pattern.encode()).fullmatch(b"") is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_needs_no_tables(kind: Kind) -> None:
    """With empty tables a kind has valid patterns (perhaps none), and what it reads is of the kinds it names."""
    known = Tables()
    text = "call 604-555-1234 or pay name@ybl at bit.ly/x via whatsapp today"
    view = View("folded", text)
    for pattern in kind.patterns(known):
        re2.compile(pattern.encode())
    read = list(kind.read(Sighting(text, view, candidates(kind, view, known), known, ())))
    assert {signal.kind for signal in read} <= set(kind.yields)


@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=14).map("".join))
def test_spans_lie_in_the_original(text: str) -> None:
    """Whatever the text: a signal has a value, names a kind, and its span is a non-empty part of the text as sent."""
    for signal in see(text):
        assert signal.kind in NAMES
        assert signal.value
        assert 0 <= signal.start < signal.end <= len(text)


@pytest.mark.parametrize(
    "piece",
    ["604-555-1234 ", "4111 1111 1111 1111 ", "a@mail.com ", "http://ab.com/x ", "@name ", "$5 ", "today ", "venmo "],
)
def test_one_kind_yields_no_more_than_its_bound(piece: str) -> None:
    """A text of many signals yields at most MOST of each kind from one view."""
    text = piece * 300
    view = View("folded", text)
    for kind in KINDS:
        found = list(kind.read(Sighting(text, view, candidates(kind, view, tables()), tables(), REGIONS)))
        assert all(sum(signal.kind == name for signal in found) <= MOST for name in kind.yields)
