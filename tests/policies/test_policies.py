"""Policies: pure functions of a verdict and a memory."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine.model import Flag, Indicator, Memory, RiskLevel, Verdict, Versions
from lurewatch.engine.policies import PolicyConfig, brand_watch, decide, handoff, off_platform
from lurewatch.engine.policies.brand_watch import BrandWatchConfig
from lurewatch.engine.policies.off_platform import OffPlatformConfig

CLEAN = Verdict(
    id="c",
    scam_probability=1.0,
    risk_level="safe",
    is_scam=False,
    scam_type="not_scam",
    threat_level="none",
    breakdown={},
    tactics={},
    flags=(),
    indicators=(),
    reasoning="",
    first_flagged_turn=None,
    status="complete",
    versions=Versions("1", "p", "m", "c"),
    message_count=1,
)


def flag(pattern: str, text: str, message: int = 0, start: int = 0, category: str = "direct_contact") -> Flag:
    """A flag on a text at a place."""
    return Flag(pattern, category, "rule", text, message, start, start + len(text))


def contact(kind: str, value: str, text: str, message: int = 0) -> Indicator:
    """An indicator with this normalised value, as written in the text."""
    return Indicator(kind, value, message, 0, len(text))


def with_flags(*flags: Flag, indicators: tuple[Indicator, ...] = ()) -> Verdict:
    """A verdict with these flags."""
    return replace(CLEAN, flags=flags, indicators=indicators)


@pytest.mark.parametrize(("before", "action"), [(0, "warning"), (1, "warning"), (2, "escalation"), (9, "escalation")])
def test_the_third_incident_escalates(before: int, action: str) -> None:
    """Incidents one and two warn; from the third on the pair is escalated."""
    decision = off_platform.decide(
        with_flags(flag("phone_number", "604-555-1234")), Memory(incidents=before), OffPlatformConfig()
    )
    assert (decision.action, decision.count) == (action, before + 1)


def test_incidents_are_messages_not_flags() -> None:
    """Two flags in one message count once; messages decided before do not count again."""
    flags = [flag("phone_number", "1", 0), flag("bypass_language", "2", 0), flag("payment_bypass", "3", 1)]
    verdict = with_flags(*flags)
    assert off_platform.decide(verdict, Memory(), OffPlatformConfig()).count == 2
    assert off_platform.decide(verdict, Memory(first_new=1, incidents=1), OffPlatformConfig()).count == 2
    assert off_platform.decide(verdict, Memory(first_new=2, incidents=2), OffPlatformConfig()).action == "none"


@pytest.mark.parametrize(
    ("listed", "address", "counts"),
    [
        ({"emails": ("John@Example.com",)}, "john@example.COM", False),
        ({"own_domains": ("example.com",)}, "anyone@mail.example.com", False),
        ({"own_domains": ("example.com",)}, "anyone@notexample.com", True),
        ({"emails": ("john@example.com",)}, "jane@example.com", True),
    ],
)
def test_white_listed_addresses_do_not_count(listed: dict[str, tuple[str, ...]], address: str, counts: bool) -> None:
    """Exact addresses in any case and whole own domains are white-listed, nothing else."""
    verdict = with_flags(flag("email_address", address))
    decision = off_platform.decide(verdict, Memory(), OffPlatformConfig(**listed))
    assert (decision.action != "none") is counts


def test_white_listed_phones_compare_in_every_form() -> None:
    """A phone is white-listed by its digits or in E.164, however it is written."""
    written = "(604) 555-0100"
    verdict = with_flags(flag("phone_number", written), indicators=(contact("phone", "+16045550100", written),))
    for listed in ("+1 604 555 0100", "604.555.0100", "16045550100"):
        assert off_platform.decide(verdict, Memory(), OffPlatformConfig(phones=(listed,))).action == "none"
    assert off_platform.decide(verdict, Memory(), OffPlatformConfig(phones=("+1 604 555 0101",))).action == "warning"


@given(st.integers(0, 50), st.integers(1, 10))
def test_more_incidents_never_soften_the_action(before: int, threshold: int) -> None:
    """The action is monotone in the number of incidents."""
    order = ["none", "warning", "escalation"]
    verdict = with_flags(flag("phone_number", "604-555-1234"))
    config = OffPlatformConfig(escalate_from=threshold)
    now, later = (off_platform.decide(verdict, Memory(incidents=n), config).action for n in (before, before + 1))
    assert order.index(now) <= order.index(later)


def brand(value: str) -> Indicator:
    """A brand that was named."""
    return Indicator("brand", value, 0, 0, len(value))


def talk(*patterns: str) -> tuple[Flag, ...]:
    """Flags of the brand monitor."""
    return tuple(flag(pattern, pattern, category="fraud_talk") for pattern in patterns)


@pytest.mark.parametrize(
    ("brands", "patterns", "score", "kind"),
    [
        (["paypal"], ["phishing_terms", "trigger_verify"], 0.6, "high_risk_fraud"),
        (["visa"], [], 0.2, "brand_mention_info"),
        ([], ["cvv_code", "expiry_date", "social_engineering", "trigger_urgent"], 1.0, "suspicious_content"),
        ([], ["fraud_terms", "credit_card"], 0.6, "suspicious_content"),
        ([], ["fraud_terms"], 0.3, None),
        ([], [], 0.0, None),
        (["paypal", "visa", "stripe"], ["a", "b", "c", "d"], 1.0, "high_risk_fraud"),
        (["some bank nobody watches"], [], 0.0, None),
    ],
)
def test_brand_watch_scores_and_alerts(brands: list[str], patterns: list[str], score: float, kind: str | None) -> None:
    """The score is the published formula over watched brands and pattern types, and decides the alert type."""
    verdict = with_flags(*talk(*patterns), indicators=tuple(brand(name) for name in brands))
    assert brand_watch.analyse(verdict, BrandWatchConfig().brands).score == score
    assert brand_watch.decide(verdict, Memory(), BrandWatchConfig()).type == kind


@pytest.mark.parametrize(("elapsed", "held_back"), [(0, True), (299, True), (300, False), (5000, False)])
def test_cool_down_suppresses_but_keeps_the_alert(elapsed: float, held_back: bool) -> None:
    """Within the cool-down an alert of the same type is marked suppressed, and still decided."""
    verdict = with_flags(indicators=(brand("visa"),))
    memory = Memory(now=1000.0 + elapsed, last_alert={"brand_mention_info": 1000.0})
    decision = brand_watch.decide(verdict, memory, BrandWatchConfig())
    assert (decision.type, decision.suppressed) == ("brand_mention_info", held_back)


@pytest.mark.parametrize(
    ("level", "handed_off", "action"),
    [("confirmed", False, "hand_off"), ("confirmed", True, "none"), ("high", False, "none"), ("safe", False, "none")],
)
def test_hand_off_once_at_confirmed(level: RiskLevel, handed_off: bool, action: str) -> None:
    """Only a confirmed conversation is handed off, and only once."""
    assert handoff.decide(replace(CLEAN, risk_level=level), Memory(handed_off=handed_off)).action == action


def test_only_enabled_policies_decide() -> None:
    """A policy that is not enabled decides nothing; one that wants nothing is left out."""
    verdict = with_flags(flag("phone_number", "604-555-1234"), indicators=(brand("visa"),))
    assert [d.policy for d in decide(verdict, Memory(), PolicyConfig())] == ["off_platform", "brand_watch"]
    assert [d.policy for d in decide(verdict, Memory(), PolicyConfig(enabled=("brand_watch",)))] == ["brand_watch"]
