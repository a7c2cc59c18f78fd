"""Feelings a message plays on: graded, aware of denials, message by message."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lurewatch import Conversation, Engine, Message
from lurewatch.engine.emotion import EMOTIONS
from lurewatch.engine.model import EmotionalProfile

CUES = (
    "Act now",
    "Hurry up",
    "You will be arrested",
    "This is the police department",
    "You have won a cash prize",
    "Trust me",
    "Hello there",
)
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)


def moved(engine: Engine, *texts: str) -> EmotionalProfile:
    """The profile of a conversation of one sender."""
    return engine.assess(Conversation(tuple(Message(text, "x") for text in texts))).emotion


@pytest.mark.parametrize(
    ("calm", "loud"),
    [
        ("Act now, please", "ACT NOW, PLEASE"),
        ("Act now, please", "Act now, please!!!"),
        ("Hurry up with it", "Hurry up with it, very very much"),
        ("Hurry up", "Hurry up. Hurry up"),
        ("Hurry up. Hurry up", "Hurry up. Act now"),
        ("Beeilen Sie sich, letzte Mahnung", "Beeilen Sie sich sofort, letzte Mahnung!"),
        ("立即付款，最后机会", "立即付款，最后机会！非常"),
    ],
)
def test_louder_is_stronger(engine: Engine, calm: str, loud: str) -> None:
    """Capitals, marks, intensifiers and repetition raise a feeling; another cue does so more than the same again."""
    assert 0 < moved(engine, calm).urgency < moved(engine, loud).urgency < 1


def test_loudness_alone_moves_nobody(engine: Engine) -> None:
    """Without a cue capitals, marks and intensifiers mean nothing."""
    assert moved(engine, "VERY NICE WEATHER RIGHT NOW!!! REALLY!!!") == EmotionalProfile()


@pytest.mark.parametrize(
    "text",
    [
        "No need to hurry, take your time, there is no deadline today",
        "There is no rush, it is not urgent",
        "You have not won a cash prize, this was a mistake",
        "Don't worry, nothing is due and no fine is due",
        "Your account has not been blocked and you are not in trouble",
        "Nobody will arrest you, there is no arrest warrant",
        "Keine Eile, es ist nicht dringend, lassen Sie sich Zeit bis heute Abend",
        "No hay prisa, no es urgente, última oportunidad no hay",
        "Rien ne presse, ce n'est pas urgent, prenez votre temps",
        "Não tem pressa, não é urgente, sem última chance",
        "Tidak perlu buru-buru, tidak mendesak sekarang",
        "Acele etmenize gerek yok, acil değil",
        "Не нужно торопиться, это не срочно",
        "कोई जल्दी नहीं, आराम से करें, तुरंत की जरूरत नहीं",
        "不用着急，不急，慢慢来",
        "ไม่ต้องรีบ ไม่เร่งด่วน",
    ],
)
def test_what_is_denied_moves_nobody(engine: Engine, text: str) -> None:
    """That there is no hurry, no prize and nothing due plays on no feeling."""
    profile = moved(engine, text)
    assert (profile.urgency, profile.fear, profile.greed) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "No need to call the branch. Act now or your account will be blocked",
        "You will be arrested if you do not pay. Hurry up",
        "There is no time to lose, act now",
        "Do not delay, this is your last chance",
    ],
)
def test_a_denial_of_something_else_denies_nothing(engine: Engine, text: str) -> None:
    """A "no" that is not about the hurry leaves it as it is."""
    assert moved(engine, text).urgency > 0


@pytest.mark.parametrize(
    ("emotion", "text"),
    [
        ("trust", "Mi amor, te amo, confía en mí"),
        ("trust", "亲爱的，我爱你"),
        ("trust", "Я люблю тебя, моя дорогая"),
        ("fear", "Gegen Sie liegt ein Haftbefehl vor"),
        ("greed", "Felicidades, ha ganado un premio"),
        ("authority", "पुलिस अधिकारी बोल रहा हूं"),
    ],
)
def test_feelings_show_in_many_languages(engine: Engine, emotion: str, text: str) -> None:
    """Each feeling is read in the languages of the pack."""
    assert getattr(moved(engine, text), emotion) > 0


def test_the_verdict_shows_the_strongest_message(engine: Engine) -> None:
    """The profile is that of one message: the one that plays most on feelings, wherever it stands."""
    strong, weak = "FINAL WARNING! Act now or you will be arrested!", "Hurry up"
    assert moved(engine, weak, strong, weak) == moved(engine, strong)
    assert moved(engine, weak, "You have won a prize", strong) == moved(engine, strong)


@SHARED
@given(st.lists(st.sampled_from(CUES), min_size=1, max_size=5), st.sampled_from(CUES), st.integers(0, 3))
def test_a_profile_rises_with_every_cue(engine: Engine, cues: list[str], more: str, marks: int) -> None:
    """Another cue or exclamation mark lowers no score; all are in [0,1], and the tactic named is the strongest."""
    fewer = engine.reader.read(". ".join(cues)).emotion
    louder = engine.reader.read(". ".join(cues) + "!" * marks).emotion
    added = engine.reader.read(". ".join([*cues, more])).emotion
    scores = [name for name in asdict(fewer) if name != "primary_tactic"]
    for profile in (louder, added):
        assert all(0 <= getattr(fewer, name) <= getattr(profile, name) <= 1 for name in scores)
        strongest = max(getattr(profile, name) for name in EMOTIONS)
        assert strongest == getattr(profile, profile.primary_tactic, 0.0)
