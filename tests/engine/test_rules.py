"""Rules: conditions over spans of phrases and signals."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine.matching import Matcher
from lurewatch.engine.model import View
from lurewatch.engine.packs.conditions import ConditionError, parse
from lurewatch.engine.packs.phrases import Phrasebook
from lurewatch.engine.packs.rule import Examples, Rule
from lurewatch.engine.rules import Evidence, RuleBook, Vocabulary, disjoint

LEXICONS = {"share": ("share", "send"), "code": ("otp", "pin"), "advice": ("never share", "do not tell")}


def hits(
    when: object, text: str, unless: list[object] | None = None, signals: dict[str, list[tuple[int, int]]] | None = None
) -> list[str]:
    """What a rule with these conditions matches in a text, given the signals that are there."""
    rule = Rule(
        id="r",
        category="c",
        title="t",
        description="d",
        weight=1.0,
        when=parse(when),
        unless=tuple(parse(item) for item in unless or []),
        examples=Examples(),
        pattern="r",
    )
    vocabulary = Vocabulary(LEXICONS, Phrasebook())
    book = RuleBook([rule], vocabulary)
    scans = [Matcher(vocabulary.patterns).scan(View("folded", text))] if vocabulary.patterns else []
    return [text[hit.start : hit.end] for hit in book.find(Evidence(scans, signals or {}), text)]


def test_every_occurrence_is_a_match() -> None:
    """A phrase that stands twice matches twice."""
    assert hits("pay now", "pay now or pay now") == ["pay now", "pay now"]


def test_near_takes_any_order_and_then_keeps_it() -> None:
    """near joins neighbours in any order; then only in the order written."""
    parts = [{"lexicon": "share"}, {"lexicon": "code"}]
    near, then = {"near": {"within": 12, "of": parts}}, {"then": {"within": 12, "of": parts}}
    assert hits(near, "the otp, share it") == ["otp, share"]
    assert hits(then, "the otp, share it") == []
    assert hits(then, "share the otp with us") == ["share the otp"]
    assert hits(near, "share this with all your friends, then the otp") == []


def test_all_and_none_look_at_the_whole_message() -> None:
    """all needs every part anywhere and shows the first; none forbids its parts, wherever it stands in the list."""
    assert hits({"all": ["pay now", {"lexicon": "code"}]}, "pay now. a pin is here") == ["pay now"]
    assert hits({"all": [{"none": ["refund"]}, "pay now"]}, "pay now") == ["pay now"]
    assert hits({"all": [{"none": ["refund"]}, "pay now"]}, "pay now. refund") == []


def test_unless_counts_in_the_same_sentence_only() -> None:
    """An exception drops matches of its own sentence; a match is no exception to itself."""
    when = {"near": {"within": 20, "of": [{"lexicon": "share"}, {"lexicon": "code"}]}}
    unless = [{"lexicon": "advice"}]
    assert hits(when, "never share your otp", unless) == []
    assert hits(when, "never share it. send the otp", unless) == ["send the otp"]
    assert hits(when, "send version 2.5 of the otp, never share it", unless) == []
    assert hits("do not tell anyone", "do not tell anyone", unless) == ["do not tell anyone"]


def test_signals_and_traits_are_evidence() -> None:
    """A rule may ask for a signal, or a signal with a trait."""
    assert hits({"signal": "url.shortener"}, "see bit.ly/x", signals={"url.shortener": [(4, 12)]}) == ["bit.ly/x"]
    assert hits({"signal": "url.shortener"}, "see bit.ly/x", signals={"url": [(4, 12)]}) == []


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ({"phrase": 5}, "list of phrases"),
        ({"signal": "telepathy"}, "unknown signal"),
        ({"near": {"of": ["a"]}}, "at least two"),
        ({"near": {"of": ["a", "b"], "within": -1}}, "from 0 to"),
        ({"sometimes": ["a"]}, "unknown condition"),
        ({"any": []}, "at least one"),
        ({"any": ["a"], "all": ["b"]}, "exactly one key"),
        (7, "a condition is"),
        ({"none": ["a"]}, "inside all"),
        ({"near": {"of": ["a", {"none": ["b"]}]}}, "inside all"),
    ],
)
def test_a_wrong_condition_is_explained(when: object, says: str) -> None:
    """What is no condition is refused with what to write instead."""
    with pytest.raises(ConditionError, match=says):
        parse(when)


SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)).map(lambda p: (p[0], p[0] + p[1])), max_size=12)


@given(SPANS)
def test_disjoint_spans_are_ordered_and_do_not_overlap(spans: list[tuple[int, int]]) -> None:
    """disjoint keeps a first span, in order, without overlaps, and only spans it was given."""
    kept = disjoint(spans)
    assert all(one[1] <= other[0] for one, other in pairwise(kept))
    assert set(kept) <= set(spans)
    assert bool(kept) == bool(spans)
