"""Ten languages beside English: what fraudsters write there is seen, what honest people write there is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lurewatch import Conversation, Engine, Message, Verdict

MESSAGES = yaml.safe_load(Path(__file__).with_name("languages.yaml").read_text(encoding="utf-8"))
LANGUAGES = ("hi", "es", "pt", "fr", "de", "id", "ru", "tr", "th", "zh")
TACTICS = {"urgency", "authority", "threat", "request", "financial", "phishing"}
LEAST_TOLD = 0.75


def texts(kind: str, language: str) -> list[str]:
    """The messages of one kind, ``scams`` or ``honest``, in one language."""
    lines: list[str] = MESSAGES[kind][language].splitlines()
    return lines


def rows(kind: str) -> list[tuple[str, str]]:
    """Every message of one kind, with its language."""
    return [(language, text) for language in LANGUAGES for text in texts(kind, language)]


def assess(engine: Engine, text: str) -> Verdict:
    """The verdict on one message."""
    return engine.assess(Conversation((Message(text),)))


def scam_types(engine: Engine) -> set[str]:
    """The ids of the taxonomy, which are the categories of the indicators."""
    return {scam_type.id for scam_type in engine.pack.scam_types}


@pytest.mark.parametrize(("language", "text"), rows("scams"))
def test_a_scam_is_seen(engine: Engine, language: str, text: str) -> None:
    """A scam message of the language raises at least one tactic or scam-type flag."""
    seen = {flag.category for flag in assess(engine, text).flags}
    assert seen & (TACTICS | scam_types(engine)), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kind_of_scam_is_told(engine: Engine, language: str) -> None:
    """Of most scam messages of a language at least one scam type is indicated."""
    types = scam_types(engine)
    scams = texts("scams", language)
    untold = [text for text in scams if not types & {flag.category for flag in assess(engine, text).flags}]
    assert len(untold) <= (1 - LEAST_TOLD) * len(scams), untold


@pytest.mark.parametrize(("language", "text"), rows("honest"))
def test_an_honest_message_is_left_alone(engine: Engine, language: str, text: str) -> None:
    """A code with its advice, a bank notice, family talk or news of the language is no scam, nor like any."""
    verdict = assess(engine, text)
    assert not verdict.is_scam, (language, verdict.flags)
    assert not scam_types(engine) & {flag.category for flag in verdict.flags}, (language, verdict.flags)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_a_dozen_messages_of_each_kind(language: str) -> None:
    """The two tests above stand on at least twelve scams and twelve honest messages in every language."""
    assert len(texts("scams", language)) >= 12
    assert len(texts("honest", language)) >= 12
