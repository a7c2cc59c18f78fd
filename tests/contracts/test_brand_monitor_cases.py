"""The published cases of the brand monitor and five paraphrases of each."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from lurewatch.contracts import analyze_message

_GROUPS = itertools.count(1)


class Bot:
    """Takes what would be posted to the group and posts nothing."""

    def __init__(self) -> None:
        self.sent: list[tuple[object, str]] = []

    async def send_message(self, chat_id: object, text: str, **_: object) -> None:
        """Remember the group and the text."""
        self.sent.append((chat_id, text))


async def analyze(text: str) -> dict[str, Any]:
    """The answer for one message in a group that has had no alert yet."""
    number = next(_GROUPS)
    answer: dict[str, Any] = await analyze_message(text, number, f"cases-{number}", Bot())
    return answer


def types_of(answer: dict[str, Any]) -> list[str]:
    return [alert["type"] for alert in answer["alerts"]]


PHISHING = [
    "PayPal verification required - click here",
    "Amazon: your account verification is needed, click the link",
    "please verify your paypal account on this page today",
    "Stripe users must verify account now or payouts stop",
    "Mastercard asks you to update payment details here",
    "ur PayPal-Support ticket: confirm your account, tap here",
]

BRAND_ONLY = [
    "I paid with my Visa yesterday",
    "My new mastercard arrived in the post",
    "Does the shop take paypal as well?",
    "we ordered two lamps on Amazon last week",
    "Stripe sends the money every Monday morning",
    "my visa card has a nice blue design",
]

PATTERN_ONLY = [
    ("cvv: 123 exp 04/27, urgent", {"cvv_code", "expiry_date", "social_engineering"}),
    ("urgent, send the CVC and expiry 11/28 of the card", {"cvv_code", "expiry_date", "social_engineering"}),
    ("exp 09/26 cvv 771, act immediately", {"cvv_code", "expiry_date", "social_engineering"}),
    ("need cvv2 with valid thru 02/29, urgent please", {"cvv_code", "expiry_date", "social_engineering"}),
    ("Urgent!! cvc 404 expires 12/27 who wants it", {"cvv_code", "expiry_date", "social_engineering"}),
    ("give me the cvv and exp date 05/28, it is urgent", {"cvv_code", "expiry_date", "social_engineering"}),
]

CARD_TRADE = [
    "selling a dump of stolen cards 4111 1111 1111 1111",
    "stolen cards for sale, sample 5500 0000 0000 0004",
    "fresh dumps with pin, test one: 4012-8888-8888-1881",
    "hacked accounts and cards in my shop 5105 1051 0510 5100",
    "who buys leaked card data? 4111-1111-1111-1111 works",
    "cheap stolen ccs today, try 6011 1111 1111 1117",
]

SILENT = [
    "advisable to book early",
    "He wore a pinstripe suit to the meeting",
    "The Amazonian rainforest is wet all year",
    "an adviser would know what is advisable",
    "My tourist visa for Japan was granted in two days",
    "We need a visa to enter the country next spring",
]


@pytest.mark.parametrize("text", PHISHING)
async def test_a_brand_with_phishing_terms_is_high_risk(text: str) -> None:
    """A brand together with a request to verify or update is a high-risk alert of at least 0.5."""
    answer = await analyze(text)
    assert types_of(answer) == ["high_risk_fraud"]
    assert "phishing_terms" in set(answer["analysis"]["suspicious_patterns"])
    assert answer["analysis"]["suspicious_score"] >= 0.5


async def test_the_published_phishing_case_to_the_letter() -> None:
    """The published example scores 0.6 with the keywords paypal and verify."""
    answer = await analyze(PHISHING[0])
    (alert,) = answer["alerts"]
    assert set(alert) == {"id", "type", "score", "keywords"}
    assert alert["score"] == 0.6
    assert alert["keywords"] == ["paypal", "verify"]
    assert list(answer["analysis"]["brand_mentions"]) == ["paypal"]
    assert answer["analysis"]["confidence"] == 0.8


@pytest.mark.parametrize("text", BRAND_ONLY)
async def test_a_brand_alone_is_information(text: str) -> None:
    """A brand without anything suspicious scores 0.2 and is a notice."""
    answer = await analyze(text)
    assert types_of(answer) == ["brand_mention_info"]
    assert answer["analysis"]["suspicious_score"] == 0.2


@pytest.mark.parametrize(("text", "expected"), PATTERN_ONLY)
async def test_card_data_without_a_brand_is_suspicious(text: str, expected: set[str]) -> None:
    """Card data and pressure without a brand are suspicious content."""
    answer = await analyze(text)
    assert types_of(answer) == ["suspicious_content"]
    assert expected <= set(answer["analysis"]["suspicious_patterns"])


@pytest.mark.parametrize("text", CARD_TRADE)
async def test_a_trade_in_stolen_cards_is_suspicious(text: str) -> None:
    """Offering stolen cards with a card number is suspicious content."""
    answer = await analyze(text)
    assert types_of(answer) == ["suspicious_content"]
    assert {"credit_card", "fraud_terms"} <= set(answer["analysis"]["suspicious_patterns"])


@pytest.mark.parametrize("text", SILENT)
async def test_a_word_that_only_contains_a_brand_is_nothing(text: str) -> None:
    """A brand's name inside another word, and a visa to travel, raise no alert."""
    answer = await analyze(text)
    assert answer["alerts"] == []
    assert answer["analysis"]["suspicious_score"] == 0.0
