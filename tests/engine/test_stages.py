"""Stages: how far a sender has come, told by turns; through the engine's doors."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lurewatch import Conversation, Engine, Message, Verdict
from lurewatch.engine.model import Role
from lurewatch.engine.packs.rule import STAGES
from lurewatch.engine.state import ConversationState

LINES = (
    "Hello dear, how was your day? You have such a kind heart",
    "I am stuck at the airport and need money for a ticket",
    "Do not tell your family about this, keep it a secret between us",
    "Please send me $500 for the ticket",
    "Share your OTP to verify",
    "Hurry up, act now before it is too late!",
    "I have sent you the money just now",
    "The code is 482913",
    "See you at the station at six",
    "",
)
TURNS = st.builds(
    Message,
    text=st.sampled_from(LINES),
    sender=st.sampled_from(["ann", "bob", ""]),
    role=st.sampled_from(["unknown", "unknown", "protected"]),
)
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


def talk(engine: Engine, *turns: tuple[str, str], role: Role = "unknown") -> Verdict:
    """The verdict on turns of (sender, text); the sender ``me`` has this role."""
    messages = tuple(Message(text, sender, role if sender == "me" else "unknown") for sender, text in turns)
    return engine.assess(Conversation(messages))


def begun(verdict: Verdict) -> dict[str, int]:
    """The turn at which each stage began."""
    return {one.stage: one.turn for one in verdict.stages}


def test_a_romance_goes_through_every_stage(engine: Engine) -> None:
    """From contact to loss each stage is told with the turn that began it, and the furthest one is the stage."""
    verdict = talk(
        engine,
        ("love", "Hello there"),
        ("me", "Hi, do we know each other?"),
        ("love", "I would like to get to know you better, you have a kind heart"),
        ("love", "I am stuck at the airport and need money for a ticket"),
        ("love", "Keep this between us, it is our little secret"),
        ("love", "Please send me $500 for the ticket, my darling"),
        ("love", "Hurry up, it is urgent, they are closing!"),
        ("me", "OK, I have sent you the money"),
        role="protected",
    )
    assert begun(verdict) == {
        "contact": 1, "rapport": 3, "pretext": 4, "isolation": 5, "ask": 6, "pressure": 7, "loss": 8,
    }  # fmt: skip
    assert verdict.stage == "loss"


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        ("rapport", "Erzähl mir doch etwas von dir, wie war dein Tag?"),
        ("rapport", "Cuéntame algo sobre ti, ¿a qué te dedicas?"),
        ("rapport", "Tu as un bon coeur, j'adore parler avec toi"),
        ("rapport", "У тебя доброе сердце, мне нравится с тобой общаться"),
        ("rapport", "คุณน่ารักมาก ชอบคุยกับคุณ"),
        ("pretext", "Ihr Konto wurde heute vorübergehend gesperrt"),
        ("pretext", "Su cuenta ha sido bloqueada hoy"),
        ("pretext", "您的账户已被冻结"),
        ("isolation", "Bleiben Sie am Telefon und legen Sie nicht auf"),
        ("isolation", "No cuelgue la llamada ni hable con nadie"),
        ("isolation", "Ne raccrochez pas, restez en ligne avec moi"),
        ("isolation", "Telefonu kapatmayın, hatta kalın lütfen"),
        ("isolation", "Não desligue, fique na linha com o agente"),
        ("isolation", "Jangan tutup teleponnya, tetap di sambungan"),
        ("isolation", "फोन मत काटना, लाइन पर बने रहें"),
        ("isolation", "Let's move to WhatsApp, it's easier"),
        ("ask", "Kaufen Sie bitte zwei Gutscheinkarten im Laden"),
        ("ask", "Dígame el código de verificación que le llegó"),
        ("ask", "Please install AnyDesk so that I can see your screen"),
        ("ask", "Click the link to log in and verify your account"),
    ],
)
def test_a_stage_is_told_in_many_languages(engine: Engine, stage: str, text: str) -> None:
    """What begins a stage is seen in each language of the pack."""
    assert stage in begun(talk(engine, ("x", text)))


@pytest.mark.parametrize(
    "text",
    [
        "Ich habe das Geld eben überwiesen",
        "Ya transferí el dinero a la cuenta",
        "J'ai déjà envoyé le paiement ce matin",
        "Parayı gönderdim bugün",
        "Já paguei a taxa hoje de manhã",
        "Saya sudah transfer uangnya tadi pagi",
        "Я перевел деньги на этот счет",
        "मैंने पैसे भेज दिए हैं",
        "我已经转账了",
        "โอนเงินแล้วนะ",
        "ok, my OTP is 482913",
    ],
)
def test_a_loss_is_what_the_other_side_confirms(engine: Engine, text: str) -> None:
    """Once somebody asked, the other's word that it was sent is a loss; the asker's own word, or no ask, is none."""
    ask = ("x", "Please transfer the money to my account and share the OTP")
    assert begun(talk(engine, ask, ("me", text)))["loss"] == 2
    assert "loss" not in begun(talk(engine, ask, ("x", text)))
    assert "loss" not in begun(talk(engine, ("x", "Good morning"), ("me", text)))


def test_haste_is_pressure_only_beside_a_pretext_or_an_ask(engine: Engine) -> None:
    """Hurry alone presses nobody; after an ask it does, and so does asking in three messages."""
    assert "pressure" not in begun(talk(engine, ("x", "Hurry up, the train is leaving!")))
    assert begun(talk(engine, ("x", "Share your OTP"), ("x", "Hurry up!")))["pressure"] == 2
    assert begun(talk(engine, *[("x", "Share your OTP with me")] * 3))["pressure"] == 3


def test_a_retold_ask_begins_no_stage(engine: Engine) -> None:
    """Telling of what another asked leaves the teller at contact."""
    assert talk(engine, ("x", "A man called and told me to share my OTP")).stage == "contact"


def test_protected_people_have_no_stage(engine: Engine) -> None:
    """Where nobody may be the one who lures, no stage is told."""
    assert talk(engine, ("me", "Share your OTP"), role="protected").stage is None


def test_what_only_marks_adds_its_stage_alone(engine: Engine) -> None:
    """Rules that only mark a stage are no flags: what they add is the stage, and what the text model hears."""
    plain, marked = talk(engine, ("x", "See you at six")), talk(engine, ("x", "Nice to meet you, you are so beautiful"))
    assert marked.stage == "rapport"
    assert not marked.flags
    assert {name for name in marked.contributions if not name.startswith(("text_model", "stage."))} == {
        name for name in plain.contributions if not name.startswith("text_model")
    }


@SHARED
@given(st.lists(TURNS, max_size=8))
def test_a_stage_once_begun_stays_begun(engine: Engine, messages: list[Message]) -> None:
    """From message to message no sender loses a stage or changes its turn, stages are in order, and turns are past."""
    state: ConversationState = engine.start()
    for turn, message in enumerate(messages, 1):
        before = {key: dossier.course.begun for key, dossier in state.dossiers.items()}
        state, _ = engine.observe(state, message)
        for key, dossier in state.dossiers.items():
            stages = [one.stage for one in dossier.course.begun]
            assert set(before.get(key, ())) <= set(dossier.course.begun)
            assert stages == sorted(set(stages), key=STAGES.index)
            assert stages[0] == "contact"
            assert all(one.turn <= turn for one in dossier.course.begun)
