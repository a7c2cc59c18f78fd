"""What an opinion can change: the published ensemble, and the calibrated probability of the engine."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch import Conversation, Engine, Message, Verdict
from lurewatch.engine.ensemble import Combined, combine
from lurewatch.engine.fusion import OPINION, advised
from lurewatch.engine.model import Knowledge
from lurewatch.engine.opinion import Opinion, leaves_room
from lurewatch.engine.scam_type import confidence

SURE = Opinion("disagree", "", True, "novel_scam", 1.0, "high", quotes=("station",))
HARMLESS = "See you at the station at five, I will bring the umbrella"
HINT = "Pay the customs fee for the parcel."
PLAIN_SCAM = "Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension. Share the OTP"


def judged(engine: Engine, text: str, opinion: Opinion | None) -> Verdict:
    """The verdict on one message with an opinion."""
    return engine.assess(Conversation((Message(text),)), Knowledge(opinion=opinion))


@pytest.mark.parametrize(
    ("heuristic", "is_scam", "other", "expected"),
    [
        (0.84, True, 0.2, Combined(False, 0.89, merges=True)),
        (0.95, True, 0.9, Combined(False, 0.99, merges=True)),
        (0.84, False, 0.99, Combined(False, 0.84, merges=False)),
        (0.35, True, 0.8, Combined(True, 0.8, merges=False)),
        (0.35, False, 0.8, Combined(True, 0.8, merges=False)),
        (0.0, True, 0.71, Combined(True, 0.71, merges=False)),
        (0.55, True, 0.6, Combined(True, 0.72, merges=True)),
        (0.80, True, 1.0, Combined(True, 0.98, merges=True)),
        (0.35, True, 0.5, Combined(True, 0.57, merges=True)),
        (0.55, False, 0.5, Combined(False, 0.53, merges=False)),
        (0.55, False, 0.95, Combined(True, 0.75, merges=False)),
        (0.55, False, 0.55, Combined(True, 0.55, merges=False)),
        (0.0, True, 0.6, Combined(True, 0.3, merges=False)),
    ],
)
def test_the_published_ensemble(heuristic: float, is_scam: bool, other: float, expected: Combined) -> None:
    """The four rules hold in their order, with their numbers; on a tie the model is followed."""
    opinion = dataclasses.replace(SURE, is_scam=is_scam, confidence=other)
    found = combine(heuristic, opinion)
    assert (found.follows_opinion, found.merges) == (expected.follows_opinion, expected.merges)
    assert found.confidence == pytest.approx(expected.confidence, abs=0.011)
    assert round(found.confidence, 2) == found.confidence


@pytest.mark.parametrize(("indicators", "first", "later"), [(2, True, True), (3, True, False), (4, False, False)])
def test_the_fast_path(indicators: int, first: bool, later: bool) -> None:
    """From 0.85 on the first turn, and from 0.70 later, there is no room for an opinion."""
    assert leaves_room(confidence(indicators), 1) is first
    assert leaves_room(confidence(indicators), 2) is later


PROBABILITY = st.floats(0.0001, 0.9999)
CONFIDENCE = st.floats(0, 1)


@given(PROBABILITY, CONFIDENCE, CONFIDENCE, st.booleans())
def test_moving_is_bounded_and_monotone(probability: float, one: float, other: float, alone: bool) -> None:
    """A surer opinion never moves less, none lowers, none adds more than five, and alone none reaches confirmed."""
    low, high = sorted((one, other))
    (less, added_less), (more, added_more) = (
        advised(probability, dataclasses.replace(SURE, confidence=sure), 85.0, alone=alone) for sure in (low, high)
    )
    assert probability <= less + 1e-12
    assert less <= more
    assert 0 <= added_less <= added_more <= 5 + 1e-9
    if alone and probability < 0.85:
        assert round(100 * more, 2) < 85


@pytest.mark.parametrize(
    "opinion",
    [
        Opinion("error", "the endpoint answered with status 500"),
        Opinion("timeout", "no answer within 10 s"),
        Opinion("skipped", "budget"),
        Opinion("agree", "", False, confidence=1.0, quotes=("station",)),
        Opinion("disagree", "", True, "job_scam", 1.0, "high"),
    ],
    ids=str,
)
@pytest.mark.parametrize("text", [HARMLESS, HINT, PLAIN_SCAM])
def test_what_moves_nothing(text: str, opinion: Opinion, engine: Engine) -> None:
    """A failure, a skip, a word of innocence and an accusation without a quote change nothing but what is shown."""
    without, found = judged(engine, text, None), judged(engine, text, opinion)
    assert dataclasses.replace(found, second_opinion=None) == without
    assert found.second_opinion == opinion


def test_an_opinion_alone_is_never_confirmed(engine: Engine) -> None:
    """With nothing else the surest opinion makes it a scam of the model's type, below the level confirmed."""
    found = judged(engine, HARMLESS, SURE)
    assert found.is_scam
    assert found.risk_level not in ("safe", "confirmed")
    assert (found.scam_type, found.threat_level) == ("novel_scam", "high")
    assert "second opinion" in found.reasoning
    assert found.contributions[OPINION] > 0


def test_an_opinion_beside_evidence(engine: Engine) -> None:
    """Where a rule speaks too the opinion adds to it, and the ensemble names the type."""
    without = judged(engine, HINT, None)
    found = judged(engine, HINT, dataclasses.replace(SURE, scam_type="refund_scam", quotes=("parcel",)))
    assert found.scam_probability > without.scam_probability
    assert found.scam_type == "refund_scam"


def test_the_fast_path_is_closed_to_opinions(engine: Engine) -> None:
    """What the rules are sure of is not moved, whatever is known."""
    without = judged(engine, PLAIN_SCAM, None)
    found = judged(engine, PLAIN_SCAM, SURE)
    assert found.type_confidence >= 0.85
    assert (found.scam_probability, found.scam_type) == (without.scam_probability, without.scam_type)


def test_an_unsure_opinion_decides_nothing(engine: Engine) -> None:
    """Half a confidence leaves a harmless message harmless."""
    found = judged(engine, HARMLESS, dataclasses.replace(SURE, confidence=0.5))
    assert not found.is_scam
    assert found.scam_type == "not_scam"
