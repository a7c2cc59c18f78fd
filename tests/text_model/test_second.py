"""A second reading is asked of what the text model does not call honest, and of nothing else."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine.model import Conversation, Message
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.text_model import TextModel, buckets
from lurewatch.engine.text_model.grams import LONGEST
from lurewatch.engine.text_model.second import HONEST, together
from lurewatch.lab import corepack

TEXT = "the parcel waits for you"


class Fixed:
    """A second reading that always says the same, and keeps what it was asked."""

    version = "fixed-1"

    def __init__(self, odds: float = 3.0) -> None:
        self.said = odds
        self.asked: list[str] = []

    def odds(self, text: str, first: float) -> float:  # noqa: ARG002 - the protocol
        """What it was told to say."""
        self.asked.append(text)
        return self.said


def model(odds: float, *known: str) -> TextModel:
    """A text model that knows these texts and thinks the same of each."""
    weights = np.zeros(1 << 12, np.int8)
    for text in known:
        weights[buckets(text, 12)] = 1
    return TextModel("1", 12, 0.0, odds, weights, {})


@pytest.mark.parametrize(("first", "asked"), [(0.0, True), (5.0, True), (-0.9, True), (HONEST, False), (-3.0, False)])
def test_only_what_is_not_called_honest_is_read_again(first: float, asked: bool) -> None:
    """It is asked above the edge; below it the first reading stands as it was."""
    second = Fixed()
    found = model(first, TEXT).read(TEXT, second)
    assert second.asked == [TEXT] * asked
    assert (found == model(first, TEXT).read(TEXT)) is not asked
    assert found.known == 1.0


def test_what_is_strange_is_not_read_again() -> None:
    """Where the wording is unfamiliar the rules decide alone."""
    second = Fixed()
    assert model(0.0).read(TEXT, second).strange
    assert not second.asked


def test_of_a_long_text_the_luring_part_is_read_again() -> None:
    """The second reading gets the part that the first chose, and no more."""
    second = Fixed()
    model(0.0, TEXT).read("z" * LONGEST + TEXT, second)
    assert second.asked == [TEXT]


@given(st.floats(-8, 8), st.floats(-8, 8), st.floats(0, 4))
def test_a_surer_second_reading_never_lowers(first: float, said: float, more: float) -> None:
    """The outcome rises with what the second reading says, and lies between the two."""
    low, high = (together(first, TEXT, Fixed(odds)) for odds in (said, said + more))
    assert low <= high + 1e-9
    assert min(first, said) - 1e-9 <= low <= max(first, said) + 1e-9


def test_it_fades_in() -> None:
    """At the edge nothing jumps; one step above it the second reading has its full say."""
    assert together(HONEST + 0.0001, TEXT, Fixed(8.0)) == pytest.approx(HONEST, abs=0.01)
    assert together(HONEST + 1.0, TEXT, Fixed(8.0)) == 8.0


def test_an_engine_with_a_second_reading() -> None:
    """It has a say in the verdict and in its versions, also over another pack and in another process."""
    plain = corepack.load()
    engine = Engine(plain.pack, second=Fixed(), compiler=lambda _: plain.reader.dump())
    assert engine.versions.config != plain.versions.config
    plea = Conversation((Message("Please confirm your booking details soon"),))
    for one in (engine, engine.with_pack(engine.pack), pickle.loads(pickle.dumps(engine))):
        assert one.versions == engine.versions
        assert one.assess(plea) == engine.assess(plea)
    assert engine.assess(plea).scam_probability > plain.assess(plea).scam_probability
