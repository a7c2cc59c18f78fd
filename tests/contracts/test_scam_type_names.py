"""The scam classifier's contract: taxonomy, heuristic result, look-ups, emotional profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lurewatch.contracts import (
    detect,
    detect_heuristic,
    get_persona_for_scam,
    get_scam_info,
    match_all_patterns,
)
from lurewatch.errors import InputError

TAXONOMY = """
lottery_scam | high | Financial Fraud | elderly_excited | Fake lottery/prize winning notification
job_scam | high | Employment Fraud | desperate_jobseeker | Fake job offers requiring payment
banking_scam | critical | Banking Fraud | worried_customer | Fake bank/KYC verification requests
phishing_scam | high | Credential Theft | confused_user | Fake login/link phishing attempts
investment_scam | high | Investment Fraud | curious_investor | Fraudulent investment schemes
loan_scam | high | Loan Fraud | needy_borrower | Fake instant loan offers
government_scam | critical | Government Impersonation | scared_citizen | Fake government/legal notices
delivery_scam | medium | Delivery Fraud | expecting_customer | Fake delivery/customs fee requests
tech_support_scam | medium | Tech Support Fraud | confused_elderly | Fake tech support queries
romance_scam | high | Romance Fraud | lonely_victim | Fake romantic interest for money
crypto_scam | high | Crypto Fraud | crypto_curious | Cryptocurrency fraud
sim_swap_scam | critical | Telecom Fraud | tech_illiterate | SIM swap/eSIM activation fraud
qr_code_scam | high | Payment Fraud | shopkeeper | QR Code payment reversal scam
refund_scam | medium | Refund Fraud | honest_person | Fake accidental transfer refund
fake_support | high | Impersonation | angry_customer | Fake customer support numbers
deepfake_scam | critical | Deepfake/AI Fraud | scared_relative | AI-generated voice/video impersonation
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TAXONOMY.strip().splitlines()]
KEYS = {
    "is_scam",
    "scam_type",
    "confidence",
    "threat_level",
    "category",
    "matched_keywords",
    "risk_indicators",
    "description",
    "persona",
    "agent_notes",
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_taxonomy(row: list[str]) -> None:
    """Every type has its published threat level, category, persona, description and risk indicators."""
    scam_type, threat, category, persona, description = row
    info = get_scam_info(scam_type)
    assert (info["threat_level"], info["category"], info["persona"], info["description"]) == (
        threat,
        category,
        persona,
        description,
    )
    assert get_persona_for_scam(scam_type) == persona
    published = ["Unsolicited prize", "Advance fee request"] if scam_type == "lottery_scam" else ["Pattern Match"]
    assert info["risk_indicators"][: len(published)] == published
    assert info["keywords"] or info["regex_patterns"]


def test_unknown_types() -> None:
    """An unknown type has the default persona and no information."""
    assert get_persona_for_scam("no_such_scam") == "elderly_excited"
    assert get_scam_info("no_such_scam") == {}


def test_no_evidence() -> None:
    """A message without an indicator gets exactly the published empty result."""
    result = detect_heuristic("Shall we meet for lunch on Thursday at the usual place?")
    assert set(result) == KEYS
    assert result["is_scam"] is False
    assert result["scam_type"] == "not_scam"
    assert result["confidence"] == 0.0
    assert result["threat_level"] == "none"
    assert result["category"] == "Safe"
    assert result["matched_keywords"] == result["risk_indicators"] == []
    assert result["description"] == "No known scam pattern detected"
    assert not result["persona"]


@pytest.mark.parametrize(
    ("first", "one", "later", "other"),
    [
        ("government_scam", "You will be arrested.", "qr_code_scam", "Scan my QR code to receive the advance."),
        ("investment_scam", "Your money is doubled in a week.", "romance_scam", "Darling, could you send me $800?"),
        ("job_scam", "You are hired, send 900 for the training kit.", "crypto_scam", "Send 1 ETH and get 2 ETH back."),
        ("delivery_scam", "Pay the customs fee for the parcel.", "refund_scam", "I sent 50 by mistake, send it back."),
        ("tech_support_scam", "I am calling from Microsoft.", "refund_scam", "I sent 50 by mistake, send it back."),
        ("lottery_scam", "You won our bumper jackpot!", "tech_support_scam", "I am calling from Microsoft."),
    ],
)
def test_ties_go_to_the_first_type(first: str, one: str, later: str, other: str) -> None:
    """One indicator is a scam at 0.35; of two types with one each the one that stands first in the table wins."""
    for text, scam_type in ((one, first), (other, later), (f"{one} {other}", first), (f"{other} {one}", first)):
        result = detect_heuristic(text)
        assert result["is_scam"]
        assert (result["scam_type"], result["confidence"]) == (scam_type, 0.35)


async def test_detect_adds_intent_and_profile() -> None:
    """detect adds the intent and the emotional profile; the fast path is later turns' from 0.70 on."""
    sure = "Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension. Share the OTP"
    result = await detect(sure, turn_count=2)
    assert set(result) == KEYS | {"intent", "emotional_profile"}
    assert set(result["emotional_profile"]) == {
        "urgency",
        "fear",
        "greed",
        "authority",
        "trust",
        "overall_manipulation",
        "primary_tactic",
    }
    assert result["intent"] == "money_theft"
    assert "fast path" in result["agent_notes"].lower()
    innocent = await detect("See you at the station at six, bring the umbrella")
    assert innocent["intent"] == "unknown"
    assert innocent["emotional_profile"]["overall_manipulation"] == 0.0


@pytest.mark.parametrize("call", [detect_heuristic, match_all_patterns])
@pytest.mark.parametrize("given", ["x" * 20_001, None])
def test_what_is_not_read_is_refused(call: Callable[[Any], object], given: object) -> None:
    """A text over the limit, or what is no text, is refused, never read in part."""
    with pytest.raises(InputError):
        call(given)
