"""The risk engine by its published request, language, behaviour and hand-off: a case of each and five paraphrases."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lurewatch.contracts import Event, EventType, detect_scam, get_event_bus

COMPROMISED = [
    "Urgent! Your account is compromised.",
    "Attention, somebody has broken into your account! React immediately.",
    "Act fast, your profile has been hacked.",
    "Your online banking is no longer safe, answer at once!",
    "URGENT: strangers have got access to your wallet",
    "ur acc is hacked!! urgent",
]
LANGUAGE = {
    "urgency": [
        "Please do this immediately, it is very urgent",
        "There is no time to lose, transfer it this minute",
        "You have until six o'clock, after that it is over",
        "hurry pls, only 1 hr left",
        "The offer ends today, so decide at once",
        "We need your answer within thirty minutes",
    ],
    "threat": [
        "Your account will be blocked and you will be arrested",
        "A police case is registered against your name",
        "If you hang up, officers will come and arrest you",
        "Your card gets cancelled and you will be fined 10,000",
        "Criminals are using your account for illegal payments",
        "ur number will b disconnected n legal action taken",
    ],
    "authority": [
        "This is the Reserve Bank speaking",
        "I am Inspector Singh of the cyber cell",
        "We write to you on behalf of the Ministry of Finance",
        "You are talking to the fraud department of your bank",
        "Customs officer here, it is about your passport",
        "Amazon customer service, my name is Paul",
    ],
    "financial": [
        "You have won a lottery prize of 10 lakh",
        "A cashback of 2,500 is yours as soon as you accept it",
        "Congratulations, you are our lucky winner",
        "We have a reward of £500 reserved for you",
        "Claim your bonus of $300 today",
        "aapne inaam jeeta hai, 50,000 rupaye",
    ],
}
PRESSURE = [
    "Act now, don't delay!",
    "Do it right this second, no waiting!",
    "Hurry up and decide, there is no time to think",
    "Stop asking and do it at once",
    "Don't waste a minute, you must act today",
    "quick quick, dont wait, do it now",
]
REPEATED = [
    "please answer me about the flat",
    "the form is still not filled in",
    "I am waiting for the picture of the receipt",
    "tell me the number on the letter",
    "did you go to the shop for the voucher",
    "mujhe jawab do bhai",
]
PACE = [
    ([0, 30, 60, 90], True),
    ([0, 119, 238, 357], True),
    ([0, 5, 12, 15], True),
    ([0, 100, 160, 250], True),
    ([0, 61, 110, 170], True),
    ([0, 1, 2, 118], True),
    ([0, 120, 240, 360], False),
    ([0, 300, 900, 1500], False),
    ([0, 3600, 7200, 9000], False),
    ([0, 86400, 172800, 259200], False),
    ([0, 130, 400, 610], False),
    ([0, 121, 250, 500], False),
]
DEAF = [
    (["Which branch do you call from?", "Who is your manager?"], ["Share the OTP", "Tell me the OTP"]),
    (["Why do you need it?", "Can I call you back later?"], ["Share the password first", "Share the password now"]),
    (
        ["How did you get my number?", "What is your name?"],
        ["You must transfer the money", "Sir, you have to transfer the money"],
    ),
    (["Where is your office?", "Is there a letter about it?"], ["Open the app", "Open the app and accept"]),
    (["What happens if I wait?", "Who gave the order?"], ["Pay the fine", "Go and pay the fine"]),
    (["aap kaun ho?", "kis bank se ho?"], ["paise bhejo", "jaldi paise bhejo"]),
]
TIMES = [
    ("2026-01-31T10:30:00Z", "2026-01-31T10:31:00"),
    ("2026-01-31T10:30:00", "2026-01-31T10:31:00Z"),
    ("2026-01-31T10:30:00+00:00", "2026-01-31T10:31:00"),
    ("2026-01-31T16:00:00+05:30", "2026-01-31T10:31:00Z"),
    ("2026-01-31T10:30:00.250", "2026-01-31T05:31:00-05:00"),
    ("2026-01-31 10:30:00", "2026-01-31 10:31:00"),
]
SAFE = [
    "Hello, is the sofa still available?",
    "Good evening, do you deliver the table as well?",
    "The children would like to come on Saturday, is that all right?",
    "Thank you for the lift yesterday",
    "I will be ten minutes late, order me a tea please",
    "is the bike a 28 inch one?",
]
CONFIRMED = [
    (
        "URGENT from RBI: your SBI account will be blocked today and you will be arrested! Verify your account now"
        " at http://sbi-verify.top/login and share the OTP and your card CVV immediately to avoid legal action."
    ),
    (
        "This is HDFC Bank. Your account is suspended, act at once: log in at http://hdfc-kyc.xyz/a, give us the "
        "OTP and your PIN within 10 minutes, otherwise a police case is opened against you."
    ),
    (
        "Final notice of the Income Tax Department: pay the fine of Rs 45,000 by UPI today and confirm your card "
        "number and CVV at http://tax-pay.tk/now, or you will be arrested."
    ),
    (
        "Your ICICI card was used for fraud and will be blocked in one hour. Hurry, send the OTP and the expiry "
        "date, then verify yourself here: http://icici-help.ml/verify, else legal action follows."
    ),
    (
        "dear axis customer ur kyc expired ur a/c will b blocked 2day, click http://axis-kyc.top/u n share otp n "
        "atm pin immediately or police will arrest u"
    ),
    (
        "PayPal security: an unauthorised payment was made, your account gets closed today. Confirm your password "
        "and card details immediately at http://paypa1-safe.top/login and send us the code you receive."
    ),
]


def flat(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in table.items() for text in texts]


async def answer(*messages: dict[str, Any] | str, **rest: Any) -> dict[str, Any]:
    """The answer on a conversation; a plain text is the message of one and the same sender."""
    whole = [{"sender": "a", "content": message} if isinstance(message, str) else message for message in messages]
    return await detect_scam({"conversation_id": "cases", "messages": whole, **rest})


async def score(detector: str, *messages: dict[str, Any] | str, **rest: Any) -> float:
    value: float = (await answer(*messages, **rest))["breakdown"][f"{detector}_score"]
    return value


@pytest.mark.parametrize("text", COMPROMISED)
async def test_the_published_request(text: str) -> None:
    """The published request, in other words too, scores on its language and gives the published metadata."""
    known = {"user_id": "user_456", "account_age_days": 5, "verification_status": "unverified"}
    sent = {"message_id": "msg1", "sender": "attacker", "content": text, "timestamp": "2026-01-31T10:30:00Z"}
    result = await answer(sent, sender_metadata=known)
    assert result["metadata"] == {"sender_id": "user_456", "message_count": 1}
    assert result["breakdown"]["linguistic_score"] > 0
    assert all(0 <= value <= 1 for value in result["breakdown"].values())


@pytest.mark.parametrize("text", SAFE)
async def test_an_honest_message_is_safe(text: str) -> None:
    """An everyday message is at level safe, and nothing is handed off."""
    result = await answer(text)
    assert result["risk_level"] == "safe"
    assert result["scam_probability"] < 30
    assert not result["handoff_triggered"]


@pytest.mark.parametrize(("tactic", "text"), flat(LANGUAGE))
async def test_language(tactic: str, text: str) -> None:
    """Urgency, appeals to fear, borrowed authority and bait each raise the linguistic score by their tactic."""
    result = await answer(text)
    assert result["breakdown"]["linguistic_score"] > 0
    assert result["tactics"][tactic] > 0


@pytest.mark.parametrize("text", PRESSURE)
async def test_pressure(text: str) -> None:
    """Pressure to act without delay counts as behaviour."""
    assert await score("behavioral", text) > 0


@pytest.mark.parametrize("text", REPEATED)
async def test_repetition(text: str) -> None:
    """The same message counts as behaviour from the third time on."""
    assert await score("behavioral", text, text) == 0
    assert await score("behavioral", text, text, text) > 0


@pytest.mark.parametrize(("seconds", "counts"), PACE)
async def test_pace(seconds: list[int], counts: bool) -> None:
    """Messages of one sender less than two minutes apart count as behaviour; slower ones do not."""
    lines = ("the flat is nice", "the garden too", "and the street is quiet", "you will like it")
    times = [1_769_855_400 + offset for offset in seconds]
    sent = [{"sender": "a", "content": line, "timestamp": time} for line, time in zip(lines, times, strict=True)]
    assert (await score("behavioral", *sent) > 0) is counts


@pytest.mark.parametrize(("asked", "said"), DEAF)
async def test_ignored_questions(asked: list[str], said: list[str]) -> None:
    """Going on as if nothing had been asked scores higher than the same lines where nothing was asked."""
    lines = [{"sender": "a", "content": text} for text in said]
    asking = [{"sender": "me", "role": "protected", "content": text} for text in asked]
    mixed = [turn for pair in zip(asking, lines, strict=True) for turn in pair]
    assert await score("behavioral", *mixed) > await score("behavioral", *lines)


@pytest.mark.parametrize(("first", "second"), TIMES)
async def test_times_with_and_without_zone(first: str, second: str) -> None:
    """A time without a zone is UTC, so messages a minute apart are a minute apart however they are written."""
    sent = [
        {"sender": "a", "content": "the flat is nice", "timestamp": first},
        {"sender": "a", "content": "the garden too", "timestamp": second},
        {"sender": "a", "content": "the street is quiet", "timestamp": "2026-01-31T10:32:30Z"},
    ]
    assert await score("behavioral", *sent) > 0


@pytest.mark.parametrize("number", range(len(CONFIRMED)))
async def test_a_confirmed_scam_is_handed_off(number: int) -> None:
    """A plain scam is confirmed and told to the others once, with its conversation and scam type."""
    heard: list[Event] = []
    stop = get_event_bus().subscribe(EventType.SCAM_CONFIRMED, heard.append)
    sent = {"conversation_id": f"confirmed-{number}", "messages": [{"sender": "a", "content": CONFIRMED[number]}]}
    first, again = await detect_scam(sent), await detect_scam(sent)
    await asyncio.sleep(0)
    stop()
    assert first["risk_level"] == again["risk_level"] == "confirmed"
    assert (first["handoff_triggered"], again["handoff_triggered"]) == (True, False)
    assert [event.payload["conversation_id"] for event in heard] == [f"confirmed-{number}"]
    assert heard[0].payload["scam_type"] == first["scam_type"]
    assert heard[0].payload["recommended_action"] == "honeypot_engagement"
