"""Patterns: both prefilters give the same exact spans."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lurewatch.engine.matching import MOST_SPANS, Matcher, compile_alone
from lurewatch.engine.model import View
from lurewatch.engine.packs.phrases import Phrasebook, PhraseError, translate

patterns = Phrasebook().patterns
PATTERNS = [
    *patterns("act", ["act now", "ahora también"]),
    *patterns("otp", ["otp", "one time (?:password|pin)"]),
    *patterns("deliver", ["deliver*", "parcel{1,2}"]),
    *patterns("code", ["код*", "никому не сообщайте", "验证码", "ओटीपी"]),
]
HYPERSCAN = Matcher(PATTERNS)
RE2_ONLY = Matcher(PATTERNS, use_hyperscan=False)


def found(matcher: Matcher, text: str) -> dict[str, list[str]]:
    """What each pattern matched in a text."""
    spans = matcher.scan(View("folded", text)).everything()
    return {PATTERNS[number].name: [text[a:b] for a, b in where] for number, where in spans.items()}


@pytest.mark.parametrize("matcher", [HYPERSCAN, RE2_ONLY], ids=["hyperscan", "re2"])
def test_spans_are_exact(matcher: Matcher) -> None:
    """Spans are those of whole words, in offsets of the view, in every script."""
    assert found(matcher, "act, now: the otp of deliveries, not topotp") == {
        "act": ["act, now"],
        "otp": ["otp"],
        "deliver": ["deliveries"],
    }
    assert found(matcher, "ваш кодом, не укод. никому не  сообщайте! 您的验证码是 ओटीपी") == {
        "code": ["кодом", "никому не  сообщайте", "验证码", "ओटीपी"]
    }


@given(st.text(alphabet="actnowtpdelivr кодс验证码 ओटीपी.,!\ud800\x00é1", max_size=60))
def test_prefilters_agree(text: str) -> None:
    """Hyperscan with RE2 finds exactly what RE2 alone finds."""
    view = View("folded", text)
    assert HYPERSCAN.scan(view).everything() == RE2_ONLY.scan(view).everything()


PIECES = (
    ("otp", ("otp",)),
    ("q_", ("q_",)),
    ("deliver*", ("deliver", "delivery")),
    ("(?:pay|send me)", ("pay", "send me", "send - me")),
    ("(?:your )?pin", ("pin", "your pin")),
    (r"\d{2,4}", ("12", "4711")),
    ("[a-c]{1,2}x", ("ax", "bcx")),
    (r"\$", ("$",)),
    ("=", ("=",)),
    ("i'?m", ("im", "i'm")),
    ("£", ("£", "€")),
    (r"[^\s]{1,2}", ("?", "z7")),
    (r"\w{1,3}", ("a", "xyz")),
)
JOINTS = ((" ", (" ", ", ")), (" ?", ("", " ")), ("", ("",)), ("[ -]?", ("", "-")), (r"\s", (" ", "\t", "\x0b")))


@st.composite
def phrases_and_texts(draw: st.DrawFn) -> tuple[list[str], str]:
    """Some phrases, and a text with spellings of all of them."""
    phrases, spelled = [], []
    for _ in range(draw(st.integers(1, 3))):
        phrase = text = ""
        for place in range(draw(st.integers(1, 4))):
            joint, fillings = draw(st.sampled_from(JOINTS)) if place else ("", ("",))
            piece, spellings = draw(st.sampled_from(PIECES))
            phrase += joint + piece
            text += draw(st.sampled_from(fillings)) + draw(st.sampled_from(spellings))
        phrases.append(phrase)
        spelled.append(text)
    noise = draw(st.lists(st.sampled_from(["", " ", "zz ", "! ", "\n", "= ", "z" * 20, "é "]), min_size=4, max_size=4))
    return phrases, "".join(f"{left}{text}" for left, text in zip(noise, [*spelled, ""], strict=False)) + noise[-1]


@settings(max_examples=60)
@given(phrases_and_texts())
def test_prefilters_agree_on_phrases(given_phrases: tuple[list[str], str]) -> None:
    """Whatever phrases a pack has, Hyperscan with RE2 finds what RE2 alone finds in texts made of them."""
    phrases, text = given_phrases
    try:
        made = [pattern for phrase in phrases for pattern in patterns("x", [phrase])]
    except PhraseError:
        assume(False)
    view = View("folded", text)
    assert Matcher(made).scan(view).everything() == Matcher(made, use_hyperscan=False).scan(view).everything()


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        (r"\$ ?100", "pay $100 now", "$100"),
        (r"ok\)", "say ok) now", "ok)"),
        ("£[ -]?\\d{1,3}", "only £10 now", "£10"),
        ("=>", "a => b", "=>"),
        (r"\w{1,2}q_", "z" * 20 + "q_ aq_", "aq_"),
    ],
)
def test_signs_are_found(phrase: str, text: str, found: str) -> None:
    """A phrase that begins or ends in a sign is found beside spaces, and a sign that is not ASCII is one."""
    for use_hyperscan in (True, False):
        scan = Matcher(patterns("x", [phrase]), use_hyperscan=use_hyperscan).scan(View("folded", text))
        assert [text[start:end] for start, end in scan.spans(0)] == [found]


def test_gap_stops_at_a_sentence_end() -> None:
    """The space of a phrase spans punctuation but no full stop or exclamation mark."""
    assert found(HYPERSCAN, "act - now") == {"act": ["act - now"]}
    assert found(HYPERSCAN, "act. now") == {}
    assert found(HYPERSCAN, "act! now") == {}


def test_too_many_matches_are_told() -> None:
    """A scan that reads only the first MOST_SPANS matches of a pattern says so."""
    scan = HYPERSCAN.scan(View("folded", "otp " * (MOST_SPANS + 1)))
    assert len(scan.spans(1)) == MOST_SPANS
    assert not scan.complete
    enough = HYPERSCAN.scan(View("folded", "otp " * MOST_SPANS))
    assert len(enough.spans(1)) == MOST_SPANS
    assert enough.complete


def test_matcher_survives_pickling_and_threads() -> None:
    """A pickled matcher is the same, and many threads may share one."""
    copy = pickle.loads(pickle.dumps(HYPERSCAN))
    text = "act now otp deliver 验证码 " * 3
    expected = found(HYPERSCAN, text)
    with ThreadPoolExecutor(8) as pool:
        assert all(result == expected for result in pool.map(lambda _: found(copy, text), range(200)))


@pytest.mark.parametrize(
    "phrase",
    [
        "a+",
        "a.*b",
        "(a)",
        "(?=a)",
        "a{3,}",
        "^a",
        "a$",
        "* a",
        "",
        " a",
        r"\1",
        r"a\W",
        "[a",
        "a??",
        "a{1,2}?",
        "a{3,1}",
        "(?:a)?",
        "a?b?",
        "[z-a]",
        "(?:a",
        "[^]]a",
        "[[:alpha:]]",
        "a{0,99}",
        "(?i)a",
    ],
)
def test_unsafe_phrases_are_refused(phrase: str) -> None:
    """A phrase that captures, looks around, or may run on without bound is refused."""
    with pytest.raises(PhraseError):
        translate(phrase)


def test_bad_pattern_is_named() -> None:
    """A pattern that a matcher refuses comes with the reason."""
    good = patterns("x", ["hello world"])[0]
    assert compile_alone(good) is None
    bad = type(good)("x", "a(")
    assert "RE2" in (compile_alone(bad) or "")
