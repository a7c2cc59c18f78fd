"""The scam classifier's contract: taxonomy, heuristic result, look-ups, emotional profile."""

from __future__ import annotations

import pytest

from lurewatch.contracts import detect, detect_heuristic, get_persona_for_scam, get_scam_info

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
    ("message", "scam_type"),
    [
        ("Congratulations! Your number won the lucky draw of 25 lakh. Pay the fee to claim your lottery prize", "lottery_scam"),
        ("Work from home typing job, earn 5000 daily, pay registration fee to join", "job_scam"),
        ("Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension", "banking_scam"),
        ("Guaranteed returns of 30% weekly, double your money with our forex trading, no risk", "investment_scam"),
        ("Instant personal loan approved without documents, pay processing fee to receive it", "loan_scam"),
        ("This is the CBI. An arrest warrant is issued, you are under digital arrest, pay the fine", "government_scam"),
        ("Your parcel is held at customs, pay the 2.99 fee to release the package: http://post-fee.top/x", "delivery_scam"),
        ("Microsoft alert: your computer has a virus, call now and give our technician remote access", "tech_support_scam"),
        ("Send me your seed phrase to validate the wallet and receive the free coins airdrop", "crypto_scam"),
        ("Your SIM will be blocked, upgrade to 5G eSIM, send the SMS to activate the new SIM card", "sim_swap_scam"),
        ("Scan this QR code with PhonePe to receive the payment in your account", "qr_code_scam"),
        ("I sent money to you by mistake, wrong transaction, please return the money to this number", "refund_scam"),
    ],
)  # fmt: skip
def test_types_are_told_apart(message: str, scam_type: str) -> None:
    """A typical message of each type is recognised as that type, with the words that showed it."""
    result = detect_heuristic(message)
    assert result["scam_type"] == scam_type
    assert result["confidence"] in {0.35, 0.55, 0.8, 0.93, 0.95}
    assert all(keyword in message for keyword in result["matched_keywords"])
    assert result["matched_keywords"]


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
