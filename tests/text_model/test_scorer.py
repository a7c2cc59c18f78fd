"""The text model: as a file, and as what answers."""

from __future__ import annotations

import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lurewatch.engine.text_model import MOST_BYTES, TextModel, buckets, dump, parse
from lurewatch.engine.text_model.grams import LONGEST
from lurewatch.engine.text_model.scorer import MOST_ODDS, MOST_PARTS

BITS = 12
LURING, CALM = "share the code or your account is blocked", "thank you for a lovely evening"


def taught(scale: float = 0.05, intercept: float = -0.5) -> TextModel:
    """A model that was told of two texts: one lures, one does not."""
    weights = np.zeros(1 << BITS, np.int8)
    weights[buckets(CALM, BITS)] = -60
    weights[buckets(LURING, BITS)] = 60
    return TextModel("7", BITS, scale, intercept, weights, {"rows": 2})


MODEL = taught()
WHOLE = dump(MODEL)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


def made(header: object, weights: bytes = bytes(1 << BITS)) -> bytes:
    """A file of a header and weights that may be none."""
    written = header if isinstance(header, bytes) else json.dumps(header).encode()
    return WHOLE[:5] + struct.pack("<I", len(written)) + written + zlib.compress(weights)


def test_a_file_gives_back_the_model() -> None:
    """Written and read again it is the same model to the last bit, and its file the same bytes."""
    found = parse(WHOLE)
    assert (found.version, found.bits, found.scale, found.intercept) == ("7", BITS, MODEL.scale, MODEL.intercept)
    assert found.about == {"rows": 2}
    assert found.weights.tobytes() == MODEL.weights.tobytes()
    assert dump(found) == WHOLE
    assert found.read(LURING) == MODEL.read(LURING)


GOOD = {"version": "1", "bits": BITS, "scale": 0.1, "intercept": 0.0, "about": {}}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"LWTM",
        b"LWTM\x02" + WHOLE[5:],
        b"PK\x03\x04 something else",
        WHOLE[:5],
        WHOLE[:40],
        WHOLE[:-1],
        WHOLE + b"more",
        made([]),
        made("text"),
        made(b"{"),
        made(b"\xff\xfe"),
        made(b"[" * 200_000),
        made({}),
        made({**GOOD, "bits": 40}),
        made({**GOOD, "bits": 12.0}),
        made({**GOOD, "bits": "12"}),
        made({**GOOD, "bits": BITS + 1}),
        made({**GOOD, "scale": "wide"}),
        made({**GOOD, "scale": 10**400}),
        made({**GOOD, "scale": float("nan")}),
        made({**GOOD, "intercept": float("inf")}),
        made({**GOOD, "about": 5}),
        made(GOOD, bytes(100)),
        made(GOOD, bytes((1 << BITS) + 1)),
        made(GOOD, bytes(50_000_000)),
        bytes(MOST_BYTES + 1),
    ],
    ids=lambda data: f"{len(data)}:{data[:30]!r}",
)
def test_what_is_no_model_is_refused(data: bytes) -> None:
    """A foreign, damaged, broken-off or oversized file is a ValueError in words, whatever is wrong with it."""
    with pytest.raises(ValueError, match=r"^its? "):
        parse(data)


@given(st.integers(0, len(WHOLE) - 1))
def test_a_broken_off_file_is_refused(length: int) -> None:
    """No beginning of a file passes for the file."""
    with pytest.raises(ValueError, match=r"^its? "):
        parse(WHOLE[:length])


@given(st.integers(len(WHOLE) - len(zlib.compress(bytes(1))), len(WHOLE) - 1), st.integers(1, 255))
def test_damaged_weights_are_refused(place: int, change: int) -> None:
    """A changed byte among the weights is noticed."""
    damaged = bytearray(WHOLE)
    damaged[place] ^= change
    with pytest.raises(ValueError, match=r"^its? "):
        parse(bytes(damaged))


@given(ANY_TEXT, st.sampled_from([1, 40, 500]))
def test_any_text_is_answered_within_bounds(text: str, times: int) -> None:
    """Surrogates, control characters, nothing, or very much: log-odds and share are in their bounds, and the same."""
    found = MODEL.read(text * times)
    assert -MOST_ODDS <= found.odds <= MOST_ODDS
    assert 0.0 <= found.known <= 1.0
    assert (type(found.odds), type(found.known)) == (float, float)
    assert MODEL.read(text * times) == found


@given(ANY_TEXT)
def test_extreme_models_keep_the_bounds(text: str) -> None:
    """However large the numbers of a model, log-odds are cut, and never no number."""
    for model in (taught(1e308, -1e308), taught(-1e308, 1e308)):
        assert abs(model.read(text).odds) <= MOST_ODDS


@given(ANY_TEXT, st.sampled_from([1, 10, 21, 23]))
def test_buckets_are_in_range(text: str, bits: int) -> None:
    """Every n-gram has a bucket below two to the bits."""
    found = buckets(text, bits)
    assert len(found) > 0
    assert int(found.max()) < 1 << bits


@given(ANY_TEXT, st.text("0123456789", min_size=1, max_size=3))
def test_the_value_of_a_digit_says_nothing(text: str, digits: str) -> None:
    """Texts that differ in the digits alone have the same n-grams."""
    first, second = f"{text} {digits}x", f"{text} {'7' * len(digits)}x"
    assert buckets(first, BITS).tolist() == buckets(second, BITS).tolist()


@given(st.lists(st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=8), max_size=6))
def test_white_space_says_nothing(words: list[str]) -> None:
    """How words are parted, and what surrounds the text, changes no n-gram."""
    assert buckets(" ".join(words), BITS).tolist() == buckets("\n" + " \t\u00a0".join(words) + "  ", BITS).tolist()


def test_every_gram_is_counted() -> None:
    """Characters in runs of two and four, words alone and in pairs; a repeated one counts again."""
    assert len(buckets("ab cd", BITS)) == 6 + 4 + 2 + 1  # " ab cd " has seven characters
    assert len(buckets("", BITS)) == 1
    assert buckets("hurry hurry", 21).tolist().count(buckets("hurry", 21).tolist()[-1]) == 2


def test_the_learned_side_is_told() -> None:
    """What was called a lure has positive odds, what was not negative ones, and what was never met is unknown."""
    assert MODEL.read(LURING).odds > 0 > MODEL.read(CALM).odds
    assert MODEL.read(LURING).known == 1.0
    assert taught().read("\u4f60\u597d").known < 0.2


@settings(max_examples=30)
@given(st.integers(0, MOST_PARTS - 1))
def test_a_long_text_is_its_most_luring_part(place: int) -> None:
    """One luring part among many calm ones decides, wherever it lies among the parts that are read."""
    parts = [(f"{CALM} " * LONGEST)[:LONGEST]] * MOST_PARTS
    calm = MODEL.read("".join(parts))
    parts[place] = (f"{LURING} " * LONGEST)[:LONGEST]
    assert MODEL.read("".join(parts)) == MODEL.read(parts[place])
    assert MODEL.read("".join(parts)).odds > calm.odds


def test_what_lies_beyond_the_last_part_is_not_read() -> None:
    """The work is bounded: a text longer than twenty parts is read as far as these."""
    calm = (f"{CALM} " * LONGEST)[:LONGEST] * MOST_PARTS
    assert MODEL.read(calm + LURING) == MODEL.read(calm)
