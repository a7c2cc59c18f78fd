"""What each detector makes of a conversation, and detectors of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lurewatch import Conversation, Engine, Message, SenderMetadata, Verdict
from lurewatch.engine.model import Finding, Knowledge, KnownIndicator, Memory

LURE = (
    "URGENT: Your SBI account will be blocked today! Share your OTP and card PIN immediately at "
    "http://sbi-kyc.tk/verify to avoid legal action and arrest"
)


def judged(engine: Engine, *messages: Message, knowledge: Knowledge | None = None, **known: Any) -> Verdict:
    conversation = Conversation(messages, "c1", SenderMetadata(**known))
    return engine.assess(conversation) if knowledge is None else engine.assess(conversation, knowledge)


def score(verdict: Verdict, detector: str) -> float:
    return verdict.breakdown[f"{detector}_score"]


def said(*texts: str, sender: str = "ann", every: float | None = None) -> tuple[Message, ...]:
    return tuple(
        Message(text, sender, timestamp=None if every is None else 1000 + every * number)
        for number, text in enumerate(texts)
    )


# ---------------------------------------------------------------- behavioral


def test_the_same_message_three_times(engine: Engine) -> None:
    """Two copies say nothing; the third counts, in whatever case and spacing it comes."""
    line = "please answer me about the flat"
    assert score(judged(engine, *said(line, line)), "behavioral") == 0
    assert score(judged(engine, *said(line, line, f"  {line.upper()} ")), "behavioral") > 0


def test_repetition_is_counted_per_sender(engine: Engine) -> None:
    """Three people who say the same repeat nothing."""
    messages = [Message("hello everybody here", sender) for sender in ("ann", "bob", "cy")]
    assert score(judged(engine, *messages), "behavioral") == 0


@pytest.mark.parametrize(("every", "counts"), [(30.0, True), (119.0, True), (120.0, False), (3600.0, False)])
def test_messages_less_than_two_minutes_apart(engine: Engine, every: float, counts: bool) -> None:
    """Several messages of one sender less than two minutes apart count; slower ones do not."""
    texts = ("the flat is nice", "the garden too", "and the street is quiet", "you will like it")
    assert (score(judged(engine, *said(*texts, every=every)), "behavioral") > 0) is counts


def test_pace_is_counted_per_sender(engine: Engine) -> None:
    """A quick talk between two people is no haste of either."""
    messages = [Message(f"line {n} of our talk", "ab"[n % 2], timestamp=100.0 * n) for n in range(6)]
    assert score(judged(engine, *messages), "behavioral") == 0


def test_questions_that_are_ignored(engine: Engine) -> None:
    """Who passes over the other's questions with more pressure is worse than who answers them."""

    def talk(*answers: str) -> Verdict:
        asked = ("Which branch do you call from?", "What is the address of your office?", "Who is your manager?")
        turns = zip(asked, answers, strict=True)
        return judged(engine, *(m for q, a in turns for m in (Message(q, "me", "protected"), Message(a, "ann"))))

    deaf = talk("Share the OTP", "Tell me the OTP", "Send the OTP")
    polite = talk(
        "My branch is on Main Street. Share the OTP",
        "The address is 5 Low Road. Tell me the OTP",
        "My manager is Mr Hill. Send the OTP",
    )
    assert score(deaf, "behavioral") > score(polite, "behavioral")


def test_pressure_to_act(engine: Engine) -> None:
    """Pressure to act counts as behaviour."""
    assert score(judged(engine, *said("Act now, don't delay!")), "behavioral") > 0


# ---------------------------------------------------------------- identity


@pytest.mark.parametrize(
    ("texts", "counts"),
    [
        (("I am John and I work for the office.", "Hello, I am Maria."), True),
        (("My name is John Smith.", "this is John from the office"), False),
        (("I am Phil.", "My name is Philip Young."), False),
        (("I am John.", "I am Sorry about that.", "I am Sure you know."), False),
        (("I'm Maria Lopez.", "this is Officer Mark Reed from the tax office"), True),
    ],
)
def test_contradictory_names(engine: Engine, texts: tuple[str, ...], counts: bool) -> None:
    """One sender with two names is a mismatch; short and full forms of one name are not."""
    assert (score(judged(engine, *said(*texts)), "identity_mismatch") > 0) is counts


def test_two_people_may_have_two_names(engine: Engine) -> None:
    """Names are compared within what one sender says."""
    messages = (Message("I am John.", "ann"), Message("I am Maria.", "bob"))
    assert score(judged(engine, *messages), "identity_mismatch") == 0


def test_several_signatures(engine: Engine) -> None:
    """A sender who signs as different people is a mismatch; one who signs each message is not."""
    two = said("Please read it.\nRegards,\nJohn Smith", "As I wrote.\nBest regards,\nMaria Lopez")
    one = said("Please read it.\nRegards,\nJohn Smith", "As I wrote.\nRegards,\nJohn")
    assert score(judged(engine, *two), "identity_mismatch") > 0
    assert score(judged(engine, *one), "identity_mismatch") == 0


def test_claims_are_no_indicators(engine: Engine) -> None:
    """A name alone ties nobody to a fraud: it is in no list of indicators."""
    assert judged(engine, *said("My name is Maria Lopez.", "Regards,\nMaria")).indicators == ()


def test_a_brand_with_a_foreign_link(engine: Engine) -> None:
    """A brand named beside another's domain is a mismatch; beside its own domain it is not."""
    foreign = judged(engine, *said("PayPal: confirm your account at https://pay-check.example.top/login"))
    own = judged(engine, *said("PayPal: confirm your account at https://www.paypal.com/login"))
    assert score(foreign, "identity_mismatch") > 0
    assert score(own, "identity_mismatch") == 0


@pytest.mark.parametrize(
    ("known", "counts"),
    [
        ({"account_age_days": 3}, True),
        ({"verification_status": "unverified"}, True),
        ({"account_age_days": 900, "verification_status": "verified"}, False),
        ({}, False),
    ],
)
def test_authority_claimed_by_an_account_that_has_none(engine: Engine, known: dict[str, Any], counts: bool) -> None:
    """A new or unverified account that claims authority is a mismatch; an old, verified or unknown one is not."""
    verdict = judged(engine, *said("This is the police department, the ministry has a case on you"), **known)
    assert (score(verdict, "identity_mismatch") > 0) is counts


def test_a_new_account_that_claims_nothing(engine: Engine) -> None:
    """Being new is no offence."""
    verdict = judged(engine, *said("Hello, is the bike still for sale?"), account_age_days=0)
    assert score(verdict, "identity_mismatch") == 0


# ---------------------------------------------------------------- links


@pytest.mark.parametrize(
    "link",
    [
        "http://free-prize.tk/x",
        "https://amaz0n.com/login",
        "http://203.0.113.9/login",
        "https://bit.ly/3xYz",
        "http://bank.example@evil.example/login",
        "http://xn--pypal-4ve.com/",
        "http://раураl.com/login",
    ],
)
def test_odd_links(engine: Engine, link: str) -> None:
    """Odd addresses score higher than a plain link to an allow-listed site, which scores nothing."""
    plain = score(judged(engine, *said("see https://www.google.com/maps")), "link_infrastructure")
    assert score(judged(engine, *said(f"see {link}")), "link_infrastructure") > plain == 0


# ---------------------------------------------------------------- what others know


@pytest.mark.parametrize(("days", "counts"), [(0.0, True), (29.9, True), (30.0, False), (4000.0, False)])
def test_young_domains(engine: Engine, days: float, counts: bool) -> None:
    """A domain younger than 30 days raises the link score; an older one, or one nobody linked to, does not."""
    messages = said("see https://shop.example-store.com/x")
    unknown = score(judged(engine, *messages), "link_infrastructure")
    told = judged(engine, *messages, knowledge=Knowledge(domain_age_days={"example-store.com": days}))
    other = judged(engine, *messages, knowledge=Knowledge(domain_age_days={"another-store.com": days}))
    assert (score(told, "link_infrastructure") > unknown) is counts
    assert score(other, "link_infrastructure") == unknown


def test_known_indicators_and_texts(engine: Engine) -> None:
    """A shared indicator or a near copy of a confirmed scam raises the historical score and nothing else's."""
    messages = said("write me at +1 604 555 1234")
    known = Knowledge(indicators=(KnownIndicator("phone", "+16045551234", "case 12", 0.9),))
    for knowledge in (known, Knowledge(near_duplicate=0.95)):
        before, after = judged(engine, *messages), judged(engine, *messages, knowledge=knowledge)
        assert score(before, "historical") == 0
        assert score(after, "historical") > 0.5
        assert after.scam_probability >= before.scam_probability
        assert {k: v for k, v in after.breakdown.items() if k != "historical_score"} == {
            k: v for k, v in before.breakdown.items() if k != "historical_score"
        }
    assert score(judged(engine, *messages, knowledge=Knowledge(near_duplicate=0.3)), "historical") == 0


def test_a_look_up_without_an_answer_is_named(engine: Engine) -> None:
    """What could not be looked up makes the verdict partial and is named; the rest stands."""
    verdict = judged(engine, *said(LURE), knowledge=Knowledge(unavailable=("domain_age",)))
    assert verdict.status == "partial"
    assert verdict.incomplete == ("domain_age",)
    assert verdict.is_scam


# ---------------------------------------------------------------- detectors of one's own


class Constant:
    """Claims always the same."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def analyze(self, _detector_input: Any) -> Any:
        return self.answer


class Broken:
    """Never answers."""

    def analyze(self, _detector_input: Any) -> float:
        raise RuntimeError("the model is gone")


class Reader:
    """Reads the text of each message."""

    def analyze(self, detector_input: Any) -> float:
        return 0.9 if "unicorn" in detector_input.text else 0.0


def test_a_detector_that_raises_is_neutral_and_named(engine: Engine, engine_with: Callable[..., Engine]) -> None:
    """A broken detector scores 0.0, is named, makes the verdict partial; everything else is as without it."""
    plain, verdict = judged(engine, *said(LURE)), judged(engine_with(("model", Broken(), 0.2)), *said(LURE))
    assert score(verdict, "model") == 0.0
    assert verdict.failed_detectors == ("model",)
    assert verdict.status == "partial"
    assert (verdict.scam_probability, verdict.flags, verdict.scam_type) == (
        plain.scam_probability,
        plain.flags,
        plain.scam_type,
    )


@pytest.mark.parametrize("answer", [1.5, -0.1, float("nan"), float("inf"), "high", None])
def test_a_score_out_of_range_is_a_failure(engine_with: Callable[..., Engine], answer: Any) -> None:
    """An answer that is no score in [0,1] counts as a failure."""
    verdict = judged(engine_with(("model", Constant(answer), 0.2)), *said(LURE))
    assert score(verdict, "model") == 0.0
    assert verdict.failed_detectors == ("model",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(value=st.floats(0, 1), weight=st.floats(0, 0.99))
def test_a_plug_in_has_its_share_of_the_weighted_sum(
    engine_with: Callable[..., Engine], value: float, weight: float
) -> None:
    """A plug-in appears in the breakdown; the listed detectors share what its weight leaves."""
    base = judged(engine_with(fusion="weighted"), *said(LURE)).scam_probability
    verdict = judged(engine_with(("model", Constant(value), weight), fusion="weighted"), *said(LURE))
    assert score(verdict, "model") == pytest.approx(value, abs=1e-4)
    assert verdict.scam_probability == pytest.approx(base * (1 - weight) + 100 * weight * value, abs=0.02)


@pytest.mark.parametrize(("value", "weight"), [(0.0, 0.2), (1.0, 0.2), (0.5, 0.0)])
def test_a_plug_in_has_its_share_of_the_calibrated_probability(
    engine: Engine, engine_with: Callable[..., Engine], value: float, weight: float
) -> None:
    """In the default mode a detector that was not fitted has its weight's share of the probability too."""
    for messages in (said(LURE), said("Let's move to WhatsApp", "ok")):
        base = judged(engine, *messages).scam_probability
        verdict = judged(engine_with(("model", Constant(value), weight)), *messages)
        assert verdict.scam_probability == pytest.approx(base * (1 - weight) + 100 * weight * value, abs=0.02)


def test_a_finding_is_an_answer_too(engine_with: Callable[..., Engine]) -> None:
    """A detector may answer with a Finding; its reasons stand in the reasoning of a scam."""
    engine = engine_with(("model", Constant(Finding("model", 0.95, ("reads like a script",))), 0.9))
    verdict = judged(engine, *said("Hello there"))
    assert score(verdict, "model") == 0.95
    assert verdict.is_scam
    assert "reads like a script" in verdict.reasoning


def test_what_a_plug_in_read_in_a_message_is_kept(engine_with: Callable[..., Engine]) -> None:
    """A plug-in that reads texts keeps its highest score when other messages follow."""
    engine = engine_with(("model", Reader(), 0.2))
    messages = (
        Message("a unicorn", "ann"),
        Message("ok", "ann"),
        Message("What is that?", "bob"),
        Message("ok", "ann"),
    )
    for number in range(1, len(messages) + 1):
        assert score(judged(engine, *messages[:number]), "model") == 0.9


def test_a_plug_in_may_take_the_place_of_a_built_in(engine_with: Callable[..., Engine]) -> None:
    """A plug-in with the name of a listed detector is asked instead of it, at the listed weight."""
    engine = engine_with(("linguistic", Constant(0.25), 0.0), fusion="weighted")
    verdict = judged(engine, *said("Hello there, how are you?"))
    assert verdict.breakdown["linguistic_score"] == 0.25
    assert verdict.scam_probability == pytest.approx(100 * 0.30 * 0.25, abs=0.01)


def test_another_detector_is_another_version(engine: Engine, engine_with: Callable[..., Engine]) -> None:
    """Verdicts of engines with other detectors or weights say so in their versions."""
    made = [engine, engine_with(("model", Constant(0.1), 0.1)), engine_with(("model", Constant(0.1), 0.2))]
    assert len({engine.versions for engine in made}) == 3


def test_an_engine_with_plug_ins_still_decides(engine_with: Callable[..., Engine]) -> None:
    """Decisions need nothing but the verdict, also of an engine with a broken detector."""
    engine = engine_with(("model", Broken(), 0.2))
    assert "hand_off" in [d.action for d in engine.decide(judged(engine, *said(LURE)), Memory())]
