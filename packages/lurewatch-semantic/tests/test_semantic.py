"""The second reading with the weights that are shipped."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lurewatch_semantic import Semantic, WeightsError
from lurewatch_semantic.weights_on_disk import ABOUT, FILES, LOWER, SHIPPED

from lurewatch.engine.model import Conversation, Message
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.text_model.second import HONEST
from lurewatch.entrypoints.app import build_engine
from lurewatch.entrypoints.settings import Settings

MOST_BYTES = 25 * 2**20
MOST_BYTES_OF_A_FILE = 9_000_000
REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text("utf-8"))
"""Invented wordings with the log-odds that the fitted layers gave before they were packed into bytes."""
TOLERANCE, MEAN_TOLERANCE = 1.0, 0.3


class Counting(Semantic):
    """Remembers what it was asked."""

    asked: list[float]

    def odds(self, text: str, first: float) -> float:
        """As ever."""
        self.asked.append(first)
        return super().odds(text, first)


@pytest.fixture(scope="module")
def semantic() -> Semantic:
    """The one that is shipped."""
    return Semantic()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A copy of the weights, to be damaged."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "weights"))


def test_size() -> None:
    """All weights together fit into the wheel, and each file into the repository."""
    sizes = [(SHIPPED / name).stat().st_size for name in FILES]
    assert sum(sizes) <= MOST_BYTES
    assert max(sizes) <= MOST_BYTES_OF_A_FILE


def test_the_same_as_before_packing(semantic: Semantic) -> None:
    """Weights in bytes change what is said by little."""
    apart = [abs(semantic.odds(one["wording"], 0.0) - one["odds"]) for one in REFERENCE]
    assert max(apart) <= TOLERANCE
    assert sum(apart) / len(apart) <= MEAN_TOLERANCE


def test_lures_and_honest_texts(semantic: Semantic) -> None:
    """It tells plain lures from plain honest texts, whatever the first reading was unsure of."""
    lure = "your parcel is held because of an unpaid fee , pay MO at LU within 24 hours or it is returned"
    honest = "shall we have dinner at my place on sunday ? mum is coming too"
    assert semantic.odds(lure, 0.0) > 0 > semantic.odds(honest, 0.0)


def test_the_first_reading_counts(semantic: Semantic) -> None:
    """Of the same text it says more when the first reading did, but by less than that."""
    low, high = (semantic.odds("call us now", first) for first in (-0.5, 0.5))
    assert 0 < high - low < 1


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(exclude_categories=()), max_size=1000))
def test_any_text(semantic: Semantic, text: str) -> None:
    """Whatever is written, there is a finite answer, and the same one again."""
    found = semantic.odds(text, 0.0)
    assert abs(found) < 50
    assert semantic.odds(text, 0.0) == found


def test_many_threads_and_other_processes(semantic: Semantic) -> None:
    """Threads that ask at once get what one thread gets; a pickled one answers the same and has the same version."""
    texts = [one["wording"] for one in REFERENCE] * 4
    expected = [semantic.odds(text, 0.0) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: semantic.odds(text, 0.0), texts)) == expected
    copy = pickle.loads(pickle.dumps(semantic))
    assert [copy.odds(text, 0.0) for text in texts] == expected
    assert copy.version == semantic.version


def test_an_engine_asks_it_only_of_what_is_not_called_honest() -> None:
    """It is asked above the edge, not below, and a setting switches it on."""
    semantic = Counting()
    semantic.asked = []
    plain = build_engine()
    engine = Engine(plain.pack, second=semantic, compiler=lambda _: plain.reader.dump())
    for text in ("Dinner at eight? I bring the wine", "Please confirm your booking details soon", "ok"):
        engine.assess(Conversation((Message(text),)))
    assert len(semantic.asked) == 1
    assert semantic.asked[0] > HONEST
    chosen = build_engine(Settings(second_reading="semantic"))
    assert chosen.versions == Engine(plain.pack, second=Semantic(), compiler=lambda _: plain.reader.dump()).versions
    assert chosen.versions != plain.versions


@pytest.mark.parametrize("name", [*FILES, ABOUT])
def test_a_missing_file(weights: Path, name: str) -> None:
    """A file that is gone is named, with what to do."""
    (weights / name).unlink()
    with pytest.raises(WeightsError, match=rf"{name}.*cannot be read.*anew"):
        Semantic(weights)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file(weights: Path, name: str) -> None:
    """A file that was changed by one byte is named."""
    data = bytearray((weights / name).read_bytes())
    data[len(data) // 2] ^= 1
    (weights / name).write_bytes(data)
    with pytest.raises(WeightsError, match=rf"{name} is damaged"):
        Semantic(weights)


@pytest.mark.parametrize("written", ["", "[]", '{"sha256": {}}', "{"])
def test_a_damaged_description(weights: Path, written: str) -> None:
    """A description that says nothing is refused."""
    (weights / ABOUT).write_text(written, "utf-8")
    with pytest.raises(WeightsError, match=ABOUT):
        Semantic(weights)


@pytest.mark.parametrize("changed", [{"version": None}, {"shift": "much"}, {"shift": 10**400}])
def test_an_incomplete_description(weights: Path, changed: dict[str, object]) -> None:
    """A description without a version, or with a number that is none, is refused; None stands for what is left out."""
    about = json.loads((weights / ABOUT).read_text("utf-8")) | changed
    (weights / ABOUT).write_text(json.dumps({key: value for key, value in about.items() if value is not None}), "utf-8")
    with pytest.raises(WeightsError, match=ABOUT):
        Semantic(weights)


def test_a_model_that_the_run_time_does_not_know(weights: Path) -> None:
    """Weights of another format are refused, although nothing is damaged."""

    (weights / LOWER).write_bytes(b"nothing")
    about = json.loads((weights / ABOUT).read_text("utf-8"))
    about["sha256"][LOWER] = hashlib.sha256(b"nothing").hexdigest()
    (weights / ABOUT).write_text(json.dumps(about), "utf-8")
    with pytest.raises(WeightsError, match="cannot run the weights"):
        Semantic(weights)
