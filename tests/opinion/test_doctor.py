"""The doctor, and what it says of a model that is not well."""

from __future__ import annotations

import asyncio

import pytest

from lurewatch.entrypoints.doctor.diagnosis import Diagnosis
from lurewatch.entrypoints.doctor.installation import second_opinion
from lurewatch.entrypoints.settings import Settings

from .fakes import Answer, Model, failing, hanging, saying, writing
from .starters import run, settings


def asked(settings: Settings) -> Diagnosis:
    """What the doctor says of the model."""
    (found,) = asyncio.run(second_opinion(settings)).diagnoses
    return found


def test_the_doctor_is_content(model: Model) -> None:
    """A model that answers as asked is well; so is one that is switched off."""
    model.answer = saying(is_scam=False)
    result = run(model, "doctor")
    assert result.exit_code == 0
    assert "small answered as asked" in result.stdout
    assert "bring the umbrella" in model.requests[0].message
    assert "switched off" in run(model, "doctor", LUREWATCH_LLM_ENABLED="no").stdout


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (failing(401), "Check llm.api_key"),
        (failing(404), "Check llm.model"),
        (failing(429), "limits how often"),
        (failing(500), "look at its log"),
        (failing(200, b"<html>"), "ending in /v1"),
        (writing("", "length"), "Raise llm.max_tokens"),
        (writing("Certainly! Here is my answer to the question that you asked me."), "Choose a model"),
        (hanging(), "raise llm.timeout"),
    ],
)
def test_the_doctor_says_what_to_do(answer: Answer, said: str, model: Model) -> None:
    """Every way in which an endpoint fails has its own advice."""
    model.answer = answer
    found = asked(settings(model, llm_timeout=0.5))
    assert not found.well
    assert said in found.remedy


def test_the_doctor_reads_a_key_that_no_header_can_carry(model: Model) -> None:
    """A key with other than ASCII signs is said to be wrong, and is not shown."""
    found = asked(settings(model, llm_api_key="schlüssel"))
    assert (found.well, found.remedy) == (False, "Check llm.api_key (LUREWATCH_LLM_API_KEY).")
    assert "schlüssel" not in found.seen


def test_the_doctor_finds_nobody(model: Model) -> None:
    """A server that does not run is told from one that refuses, and the exit status is 1."""
    result = run(model, "doctor", LUREWATCH_LLM_BASE_URL="http://127.0.0.1:9/v1")
    assert result.exit_code == 1
    assert "Is the server running" in result.stdout


def test_the_doctor_reads_the_configuration(model: Model) -> None:
    """Incomplete settings and a bad pack are each told with what to do."""
    result = run(model, "doctor", LUREWATCH_LLM_MODEL="", LUREWATCH_PACKS="no-such-folder")
    assert result.exit_code == 1
    assert "llm.model: llm.enabled needs it" in result.stdout
    assert "there is no such folder" in result.stdout
