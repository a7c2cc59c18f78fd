"""Near-duplicates are told from texts that only share their subject."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lurewatch.lab.clusters import clusters, level

PARCEL = "Your parcel is held at the depot, pay the fee of {fee} at http://post.example/{code} before tonight"


def test_a_campaign_is_one_cluster() -> None:
    """Numbers, links, capitals, look-alikes and a changed word do not tell two texts apart."""
    texts = [
        PARCEL.format(fee="1.99", code="a7"),
        PARCEL.format(fee="2.49", code="b3").upper(),
        PARCEL.format(fee="3.00", code="c1").replace("o", "о"),  # the Cyrillic one
        PARCEL.format(fee="1.00", code="d9").replace("tonight", "tomorrow"),
    ]
    assert len(set(clusters(texts).tolist())) == 1


def test_other_texts_are_apart() -> None:
    """Texts on one subject in other words are clusters of their own, numbered as they appear."""
    texts = [
        "A parcel for you waits at our depot, please pay for its delivery",
        "Where is my parcel? I paid for the delivery a week ago",
        "包裹已到站请尽快领取",
        "See you at the station at five",
    ]
    assert clusters(texts).tolist() == [0, 1, 2, 3]
    assert clusters([texts[0], texts[1], texts[0], texts[3]]).tolist() == [0, 1, 0, 2]


def test_short_texts() -> None:
    """A text shorter than a run is told by itself, and so is one without any word."""
    assert clusters(["ok", "OK!", "no", "", "🎣", "🎣🎣", ""]).tolist() == [0, 0, 1, 2, 3, 4, 2]
    assert clusters([]).tolist() == []


def test_long_texts() -> None:
    """Letters of many thousand characters that differ in one sentence are near-duplicates."""
    letter = " ".join(f"sentence {chr(97 + n % 26) * 3} {chr(97 + n // 26) * 4} of a long letter" for n in range(400))
    other = " ".join(f"line {chr(97 + n // 26) * 5} {chr(97 + n % 26) * 4} of another one" for n in range(400))
    assert clusters([letter, letter + " with a word more", other]).tolist() == [0, 0, 1]


def test_what_is_levelled() -> None:
    """Every number is 0, and everything between words is one space."""
    assert level("Pay  1,299.50 -- NOW!") == "pay 0 0 0 now"


@given(st.lists(st.text(alphabet=st.characters(), max_size=30), max_size=12))
def test_any_texts(texts: list[str]) -> None:
    """Any texts are clustered, the same ones together, the same way every time, numbered without gaps."""
    found = clusters(texts).tolist()
    assert found == clusters(texts).tolist()
    assert sorted(set(found)) == list(range(len(set(found))))
    together = dict(zip(texts, found, strict=True))
    assert all(together[text] == cluster for text, cluster in zip(texts, found, strict=True))
