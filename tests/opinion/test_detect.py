"""The published ``detect`` with a model on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lurewatch.contracts import detect, detect_heuristic
from lurewatch.contracts.engine import default_opinions

from .fakes import Model, failing, saying, writing
from .starters import environment

HARMLESS = "See you at the station at five, I will bring the umbrella"
CALM = "Scan my QR code to receive the advance."
PLAIN_SCAM = "Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension. Share the OTP"


@pytest.fixture
def asked(model: Model, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """The model, as the one of this process's settings."""
    for name, value in environment(model).items():
        monkeypatch.setenv(name, value)
    default_opinions.cache_clear()
    yield model
    opinions = default_opinions()
    assert opinions
    opinions.close()
    default_opinions.cache_clear()


async def test_detect_follows_a_sure_model(asked: Model) -> None:
    """Where the rules see little, a sure model names type, confidence, threat, intent and indicators."""
    found = await detect(HARMLESS)
    assert (found["is_scam"], found["scam_type"], found["confidence"]) == (True, "banking_scam", 0.9)
    assert (found["threat_level"], found["intent"], found["category"]) == ("high", "credential_theft", "Banking Fraud")
    assert (found["persona"], found["risk_indicators"]) == ("worried_customer", ["Asks for a code"])
    assert "Second opinion: disagree" in found["agent_notes"]
    assert set(found) == {*detect_heuristic(HARMLESS), "intent", "emotional_profile"}


async def test_detect_keeps_the_keywords(asked: Model) -> None:
    """When the model wins, the words that the rules matched stay."""
    asked.answer = saying(is_scam=False)
    found = await detect(CALM)
    assert (found["is_scam"], found["scam_type"], found["confidence"]) == (False, "not_scam", 0.9)
    assert found["matched_keywords"] == detect_heuristic(CALM)["matched_keywords"] != []


async def test_detect_when_both_say_scam(asked: Model) -> None:
    """Both together are surer than either, and the type is the model's, a novel one too."""
    asked.answer = saying(scam_type="novel_scam", confidence=0.6)
    found = await detect(CALM)
    assert (found["scam_type"], found["confidence"]) == ("novel_scam", round((0.35 + 0.6) / 2 + 0.15, 2))
    assert found["risk_indicators"] == [*detect_heuristic(CALM)["risk_indicators"], "Asks for a code"]


async def test_detect_without_an_answer(asked: Model) -> None:
    """When there is no opinion the heuristic stands, and the notes say why."""
    asked.answer = failing(500)
    found, alone = await detect(CALM), detect_heuristic(CALM)
    assert {key: found[key] for key in alone if key != "agent_notes"} == {
        key: value for key, value in alone.items() if key != "agent_notes"
    }
    assert "Second opinion: error (the endpoint answered with status 500)" in found["agent_notes"]
    assert found["intent"] == "unknown"


async def test_detect_repairs_a_bare_type(asked: Model) -> None:
    """A bare known type wins over a silent heuristic with the published values."""
    asked.answer = writing("sim_swap_scam")
    found = await detect(HARMLESS)
    assert (found["scam_type"], found["confidence"], found["threat_level"]) == ("sim_swap_scam", 0.9, "medium")
    assert found["risk_indicators"] == ["String-only LLM output"]


async def test_detect_makes_no_call_on_the_fast_path(asked: Model) -> None:
    """A sure heuristic and a decided conversation ask nobody."""
    sure = await detect(PLAIN_SCAM)
    decided = await detect(HARMLESS, {"scam_decided": True})
    assert asked.requests == []
    assert (sure["intent"], decided["intent"]) == ("money_theft", "unknown")
    assert "Fast path" in sure["agent_notes"]
    assert "Fast path" in decided["agent_notes"]
