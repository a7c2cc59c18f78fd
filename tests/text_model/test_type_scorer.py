"""The type model: as a file, and as what answers."""

from __future__ import annotations

import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine.text_model import MOST_BYTES, TypeModel, buckets
from lurewatch.engine.text_model.type_scorer import MOST_WORDS, dump, parse, remembered

BITS = 12
PARCEL, CRATE = "your parcel waits for the customs fee", "your crate of lemons waits at the pier"
TYPES = ("delivery_scam", "lemon_scam")


def taught() -> TypeModel:
    """A model that was told of two texts, one of each type."""
    weights = np.zeros((1 << BITS, 2), np.int8)
    weights[buckets(PARCEL, BITS), 0] = 60
    weights[buckets(CRATE, BITS), 1] = 60
    return TypeModel("7", BITS, TYPES, 0.01, (-1.0, -1.5), 1.25, weights, {"rows": 2})


MODEL = taught()
WHOLE = dump(MODEL)
GOOD = {
    "version": "1", "bits": BITS, "types": ["a", "b"], "scale": 0.1, "intercepts": [0.0, -1], "vote": 1, "about": {},
}  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


def made(header: object, amount: int = 2 << BITS) -> bytes:
    """A file of a header and weights that may be none."""
    written = json.dumps(header).encode()
    return WHOLE[:5] + struct.pack("<I", len(written)) + written + zlib.compress(bytes(amount))


def test_a_file_gives_back_the_model() -> None:
    """Written and read again it is the same model to the last bit, and its file the same bytes."""
    found = parse(WHOLE)
    assert (found.version, found.types, found.intercepts, found.vote) == ("7", TYPES, MODEL.intercepts, 1.25)
    assert found.about == {"rows": 2}
    assert found.weights.tobytes() == MODEL.weights.tobytes()
    assert found.scores(PARCEL) == MODEL.scores(PARCEL)
    assert dump(found) == WHOLE
    assert parse(made(GOOD)).types == ("a", "b")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"LWTM\x01" + WHOLE[5:],
        WHOLE[:40],
        WHOLE[:-1],
        WHOLE + b"more",
        made([]),
        made({}),
        made({**GOOD, "bits": 40}),
        made({**GOOD, "types": []}),
        made({**GOOD, "types": "ab"}),
        made({**GOOD, "types": ["a", "a"]}),
        made({**GOOD, "types": ["a", 1]}),
        made({**GOOD, "types": [str(number) for number in range(65)]}),
        made({**GOOD, "intercepts": [0.0]}),
        made({**GOOD, "intercepts": [0.0, float("nan")]}),
        made({**GOOD, "scale": float("inf")}),
        made({**GOOD, "vote": -1}),
        made({**GOOD, "vote": True}),
        made({**GOOD, "about": 5}),
        made(GOOD, 1 << BITS),
        made(GOOD, 50_000_000),
        made({**GOOD, "bits": 23, "types": list("abc"), "intercepts": [0.0] * 3}, 3 << 23),
        bytes(MOST_BYTES + 1),
    ],
    ids=lambda data: f"{len(data)}:{data[:30]!r}",
)
def test_what_is_no_model_is_refused(data: bytes) -> None:
    """A foreign, damaged, broken-off or oversized file is a ValueError in words, whatever is wrong with it."""
    with pytest.raises(ValueError, match=r"^its? "):
        parse(data)


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_damaged_file_is_refused_or_read(place: int, change: int) -> None:
    """Whatever byte of it changes, reading it ends in a model or in a ValueError."""
    damaged = bytearray(WHOLE)
    damaged[place] ^= change
    try:
        found = parse(bytes(damaged))
    except ValueError:
        return
    assert len(found.types) == len(found.scores(PARCEL)) > 0


def test_the_wording_tells_the_type() -> None:
    """A text scores highest for the type it was learned as."""
    assert max(TYPES, key=MODEL.scores(PARCEL).__getitem__) == "delivery_scam"
    assert max(TYPES, key=MODEL.scores(CRATE).__getitem__) == "lemon_scam"


@given(ANY_TEXT, st.sampled_from([1, 40, 500]))
def test_any_text_is_answered(text: str, times: int) -> None:
    """Surrogates, control characters, nothing, or very much: a finite score for every type, and the same again."""
    found = MODEL.scores(text * times)
    assert set(found) == set(TYPES)
    assert np.isfinite(list(found.values())).all()
    assert MODEL.scores(text * times) == found


@given(st.lists(ANY_TEXT, max_size=6), st.integers(1, 200))
def test_what_is_remembered_is_bounded(texts: list[str], times: int) -> None:
    """The last that was said is kept whole where there is room, and never more than MOST_WORDS characters."""
    words = ""
    for text in texts:
        words = remembered(words, text * times)
        assert len(words) <= MOST_WORDS
        assert words.endswith((text * times)[-MOST_WORDS:])


@given(ANY_TEXT, ANY_TEXT, st.sampled_from([1, 40, 500]))
def test_of_a_long_text_the_end_is_heard(before: str, text: str, times: int) -> None:
    """What stands before the last MOST_WORDS characters changes no score."""
    whole = before * times + (text * times).ljust(MOST_WORDS)
    assert MODEL.scores(whole) == MODEL.scores(whole[-MOST_WORDS:])
