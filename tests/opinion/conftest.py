"""A model to ask, and those who ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lurewatch import Engine
from lurewatch.intel.opinion import OpinionConfig, Opinions, Question, Words
from lurewatch.intel.opinion.masking import Seen

from .fakes import KEY, Clock, Model

Opener = Callable[..., Opinions]


@pytest.fixture
def model() -> Iterator[Model]:
    """A model that calls everything a banking scam, until told otherwise."""
    with Model() as running:
        yield running


@pytest.fixture
def opened(model: Model) -> Iterator[Opener]:
    """Opinions of that model, closed in the end; keywords as of ``OpinionConfig``."""
    made: list[Opinions] = []

    def make(clock: Clock | None = None, **changes: Any) -> Opinions:
        config = OpinionConfig(**{"base_url": model.url, "model": "small", "api_key": KEY, "timeout": 5.0, **changes})
        made.append(Opinions(config, clock) if clock else Opinions(config))
        return made[-1]

    yield make
    for opinions in made:
        opinions.close()


@pytest.fixture
def question(engine: Engine) -> Callable[..., Question]:
    """A question about one text, which the rules take for nothing."""

    def make(text: str, **changes: Any) -> Question:
        signals = tuple(Seen(one.kind, one.start, one.end) for one in engine.reader.signals(text))
        values = {"scam_types": engine.pack.scam_types, "is_scam": False, "heuristic": 0.0, **changes}
        return Question((Words("S1", text, signals),), **values)

    return make
