"""The engine as a whole: observe, judge, decide, through its public doors."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lurewatch import Conversation, Engine, Message, Verdict
from lurewatch.engine.model import Memory, Role
from lurewatch.engine.state import MOST_FLAGS, MOST_INDICATORS, MOST_REMEMBERED, MOST_SENDERS, ConversationState
from lurewatch.entrypoints.answers import answer

LURE = (
    "URGENT: Your SBI account will be blocked today! Share your OTP and card PIN immediately at "
    "http://sbi-kyc.tk/verify to avoid legal action and arrest"
)
LINES = (
    LURE,
    "Congratulations! You won a lottery of $5000. Pay the fee to claim your prize",
    "Share your OTP to verify",
    "Send me $200 via e-transfer",
    "Let's move to WhatsApp, it's easier",
    "Act now or your account will be suspended",
    "Pay here: http://parcel-fee.top/x",
    "my number is six oh four",
    "five five five 1234",
    "I am John and I work for the bank.",
    "My name is Maria Lopez.",
    "What is your name? Why do you need my code?",
    "Hi, can we meet for coffee tomorrow?",
    "ok",
    "",
)
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
TURNS = st.builds(
    Message,
    text=st.sampled_from(LINES),
    sender=st.sampled_from(["ann", "bob", "cy"]),
    role=st.sampled_from(["unknown", "unknown", "suspect", "protected", "agent"]),
    timestamp=st.one_of(st.none(), st.integers(0, 2000).map(float)),
)
TALKS = st.lists(TURNS, max_size=7).map(tuple)


def folded(engine: Engine, messages: Iterable[Message]) -> ConversationState:
    state = engine.start()
    for message in messages:
        state, _ = engine.observe(state, message)
    return state


def said(*texts: str, sender: str = "ann", role: Role = "unknown") -> tuple[Message, ...]:
    return tuple(Message(text, sender, role) for text in texts)


def judged(engine: Engine, *messages: Message) -> Verdict:
    return engine.assess(Conversation(messages))


def written(verdict: Verdict) -> bytes:
    return orjson.dumps(answer(verdict, ()))


# ---------------------------------------------------------------- one path, one answer


@SHARED
@given(TALKS)
def test_the_first_flagged_turn_is_the_shortest_beginning_that_is_a_scam(
    engine: Engine, messages: tuple[Message, ...]
) -> None:
    """``first_flagged_turn`` is the smallest k whose first k messages, assessed alone, are a scam; else None."""
    scams = [k for k in range(1, len(messages) + 1) if judged(engine, *messages[:k]).is_scam]
    assert judged(engine, *messages).first_flagged_turn == (scams[0] if scams else None)


@SHARED
@given(TALKS)
def test_assessing_is_observing_each_message_and_judging(engine: Engine, messages: tuple[Message, ...]) -> None:
    """``assess`` gives the same verdict as ``observe`` over the messages and ``judge``."""
    assert engine.judge(folded(engine, messages)) == judged(engine, *messages)


@SHARED
@given(TALKS)
def test_a_verdict_is_the_same_bit_for_bit(engine: Engine, messages: tuple[Message, ...]) -> None:
    """The same conversation gives the same bits again, also from an engine and a state that were sent elsewhere."""
    verdict = judged(engine, *messages)
    assert written(judged(engine, *messages)) == written(verdict)
    state: ConversationState = pickle.loads(pickle.dumps(folded(engine, messages)))
    assert engine.judge(state) == verdict
    assert written(engine.judge(state)) == written(verdict)


def test_an_engine_travels_to_another_process(engine: Engine) -> None:
    """A pickled engine gives the same verdict, and carries what was compiled."""
    copy: Engine = pickle.loads(pickle.dumps(engine))
    assert written(judged(copy, *said(LURE))) == written(judged(engine, *said(LURE)))


def test_a_message_costs_that_message_not_the_history(engine: Engine) -> None:
    """A state is frozen: observing from it twice gives the same, and leaves it as it was."""
    state = folded(engine, said("hello", "who is there?"))
    before = pickle.dumps(state)
    first, _ = engine.observe(state, Message(LURE, "bob"))
    second, _ = engine.observe(state, Message(LURE, "bob"))
    assert first == second
    assert pickle.dumps(state) == before


# ---------------------------------------------------------------- bounds


def test_the_state_stays_bounded(engine: Engine) -> None:
    """After 2,000 messages of 100 senders the state holds bounded tuples, counts all, and pickles into a small text."""
    texts = ("call 604-555-{:04d} now, {}", "pay at http://shop{}.tk/x{}", "I am {}{} and I share my OTP")
    messages = tuple(Message(texts[n % 3].format(n, "x" * 40), f"sender {n % 100}", timestamp=n) for n in range(2000))
    state = folded(engine, messages)
    assert state.message_count == 2000
    assert len(state.dossiers) <= MOST_SENDERS + 1
    assert len(state.flags) <= MOST_FLAGS
    assert len(state.indicators) <= MOST_INDICATORS
    assert sum(dossier.messages for dossier in state.dossiers.values()) == 2000
    for dossier in state.dossiers.values():
        assert (
            max(len(dossier.texts), len(dossier.domains), len(dossier.claims), len(dossier.brands)) <= MOST_REMEMBERED
        )
    assert len(pickle.dumps(state)) < 400_000
    again = folded(engine, messages[:1000])
    assert len(pickle.dumps(state)) < 2 * len(pickle.dumps(again))


def test_nothing_said_is_no_scam(engine: Engine) -> None:
    """An empty conversation, and one of empty messages, is safe and complete."""
    for messages in ((), said(""), said("", "", " \n")):
        verdict = judged(engine, *messages)
        assert (verdict.is_scam, verdict.risk_level, verdict.scam_type, verdict.status) == (
            False,
            "safe",
            "not_scam",
            "complete",
        )
        assert (verdict.flags, verdict.indicators, verdict.first_flagged_turn) == ((), (), None)
        assert verdict.message_count == len(messages)


# ---------------------------------------------------------------- everybody answers for their own words


@pytest.mark.parametrize("role", ["protected", "agent"])
def test_who_is_protected_is_never_the_lure(engine: Engine, role: Role) -> None:
    """A protected user or an agent who quotes a scam does not make the conversation one; the flags are still shown."""
    verdict = judged(engine, *said("hello, how can I help?", sender="bob"), *said(LURE, role=role))
    assert not verdict.is_scam
    assert verdict.scam_type == "not_scam"
    assert verdict.flags
    assert not judged(engine, *said(LURE, role=role)).is_scam


@pytest.mark.parametrize("role", ["suspect", "unknown"])
def test_who_is_not_protected_may_be_the_lure(engine: Engine, role: Role) -> None:
    """The same words from a suspect or somebody unknown are a scam."""
    assert judged(engine, *said(LURE, role=role)).is_scam


def test_the_role_of_an_earlier_message_is_kept(engine: Engine) -> None:
    """A sender once named protected stays so in messages without a role."""
    assert not judged(engine, *said("hello", role="protected"), *said(LURE)).is_scam


def test_evidence_of_two_senders_is_not_added_up(engine: Engine) -> None:
    """What two people say is weighed for each of them: together they are no worse than the worse of them."""
    mine, yours = said("Send me $200 via e-transfer", sender="ann"), said("Let's move to WhatsApp", sender="bob")
    other = said("ok", sender="cy")
    both = judged(engine, *mine, *yours, *other).scam_probability
    worst = max(judged(engine, *mine, *other).scam_probability, judged(engine, *yours, *other).scam_probability)
    assert both == pytest.approx(worst, abs=0.01)


@SHARED
@given(TALKS)
def test_a_stranger_who_says_nothing_changes_no_judgement(engine: Engine, messages: tuple[Message, ...]) -> None:
    """A protected bystander's empty message at the end of a talk leaves probability and type as they were."""
    if len(messages) < 2:
        return
    verdict = judged(engine, *messages)
    more = judged(engine, *messages, Message("", "bystander", "protected"))
    assert (more.scam_probability, more.scam_type) == (verdict.scam_probability, verdict.scam_type)
    assert more.first_flagged_turn == verdict.first_flagged_turn


# ---------------------------------------------------------------- numbers, levels, words


@SHARED
@given(TALKS)
def test_the_parts_of_a_verdict_agree(engine: Engine, messages: tuple[Message, ...]) -> None:
    """Scores are in range, the level follows the thresholds, and a type is named exactly where a scam is."""
    verdict = judged(engine, *messages)
    assert 0 <= verdict.scam_probability <= 100
    assert all(0 <= score <= 1 for score in (*verdict.breakdown.values(), *verdict.tactics.values()))
    assert verdict.risk_level == engine.pack.thresholds.level(verdict.scam_probability)
    assert (verdict.scam_type == "not_scam") == (not verdict.is_scam)
    assert verdict.is_scam == (verdict.scam_probability >= 50)
    assert verdict.is_scam <= (verdict.first_flagged_turn is not None)
    for flag in verdict.flags:
        text = messages[flag.message_index].text
        assert 0 <= flag.start < flag.end <= len(text)
        assert text[flag.start : flag.end].startswith(flag.matched_text)


def test_the_weighted_mode_is_the_published_formula(engine_with: Callable[..., Engine]) -> None:
    """In the mode ``weighted`` the probability is 100 times the weighted sum of the breakdown, to two places."""
    weights = {
        "linguistic_score": 0.30,
        "behavioral_score": 0.25,
        "link_infrastructure_score": 0.20,
        "identity_mismatch_score": 0.15,
        "historical_score": 0.10,
    }
    engine = engine_with(fusion="weighted")
    for line in LINES:
        verdict = judged(engine, *said(line, "Act now! http://amaz0n.tk/login?a=1"))
        total = 100 * sum(weights[name] * score for name, score in verdict.breakdown.items())
        assert list(verdict.breakdown) == list(weights)
        assert verdict.scam_probability == pytest.approx(total, abs=0.011)


def test_the_mode_of_fusion_leaves_the_breakdown_alone(engine: Engine, engine_with: Callable[..., Engine]) -> None:
    """Both modes have the same breakdown, flags and decision, and say in the versions that they differ."""
    mine, published = judged(engine, *said(LURE)), judged(engine_with(fusion="weighted"), *said(LURE))
    assert (mine.breakdown, mine.flags, mine.is_scam) == (published.breakdown, published.flags, published.is_scam)
    assert mine.versions.config != published.versions.config


def test_a_lower_threshold_finds_more(engine: Engine, engine_with: Callable[..., Engine]) -> None:
    """``scam_threshold`` decides ``is_scam`` and touches nothing else."""
    strict = engine_with(scam_threshold=1.0)
    verdict, mild = judged(strict, *said("Let's move to WhatsApp")), judged(engine, *said("Let's move to WhatsApp"))
    assert verdict.is_scam
    assert not mild.is_scam
    assert verdict.scam_probability == mild.scam_probability


# ---------------------------------------------------------------- decisions


def test_decisions_follow_what_is_remembered(engine: Engine) -> None:
    """A confirmed scam is handed off once; a message already decided on counts for nothing."""
    verdict = judged(engine, *said(LURE))
    assert verdict.risk_level == "confirmed"
    assert [d.policy for d in engine.decide(verdict) if d.action == "hand_off"] == ["handoff"]
    assert not [d for d in engine.decide(verdict, Memory(handed_off=True)) if d.policy == "handoff"]
    contact = judged(engine, *said("Let's move to WhatsApp", "ok"))
    assert [d.action for d in engine.decide(contact) if d.policy == "off_platform"] == ["warning"]
    assert not [d for d in engine.decide(contact, Memory(first_new=1)) if d.policy == "off_platform"]


def test_start_takes_what_is_known_of_the_account(engine: Engine) -> None:
    """``start`` with an id and metadata is the same as a conversation that carries them."""
    state = engine.start("c1", account_age_days=2, verification_status="unverified")
    state, _ = engine.observe(state, Message(LURE))
    conversation = Conversation((Message(LURE),), "c1", replace(engine.start().sender_metadata, account_age_days=2))
    conversation = replace(
        conversation, sender_metadata=replace(conversation.sender_metadata, verification_status="unverified")
    )
    assert engine.judge(state) == engine.assess(conversation)
