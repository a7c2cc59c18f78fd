"""The published cases of the tactics, five paraphrases of each, and the published descriptions and weights."""

from __future__ import annotations

import pytest

from lurewatch.contracts import (
    DetectionResult,
    PatternMatch,
    ScamCategory,
    ScamDetector,
    get_patterns_by_category,
    match_all_patterns,
)

PUBLISHED = {
    "urgency": {
        "Immediate action language": 0.7,
        "Time pressure": 0.6,
        "Speed pressure": 0.5,
        "Deadline pressure": 0.8,
    },
    "authority": {
        "Bank impersonation": 0.8,
        "Government impersonation": 0.9,
        "Authority claim": 0.4,
        "Support impersonation": 0.5,
    },
    "threat": {
        "Account threat": 0.8,
        "Legal threat": 0.9,
        "Financial penalty threat": 0.5,
        "Fraud accusation": 0.6,
    },
    "request": {
        "OTP request": 0.95,
        "Card details request": 0.95,
        "Password request": 0.9,
        "Verification request": 0.7,
        "KYC request": 0.6,
    },
    "financial": {
        "Money transfer request": 0.8,
        "Money lure": 0.7,
        "Payment method mention": 0.5,
        "Money amount": 0.4,
    },
    "phishing": {"Suspicious link": 0.6, "Click/download request": 0.5, "Shortened URL": 0.8},
}
NAMED = [
    ("Immediate action language", "Verify your account immediately!"),
    ("Time pressure", "Your card gets blocked within 2 hours"),
    ("Speed pressure", "Hurry, do not delay the payment"),
    ("Deadline pressure", "Final warning, the offer expires today"),
    ("Bank impersonation", "I am calling from ICICI bank, sir"),
    ("Government impersonation", "This is the Income Tax Department speaking"),
    ("Authority claim", "This is an official notice for you"),
    ("Support impersonation", "I am Ravi from customer care"),
    ("Account threat", "Your account is going to be suspended"),
    ("Legal threat", "Legal action will follow, you face arrest"),
    ("Financial penalty threat", "You will have to pay a penalty of Rs 9,000"),
    ("Fraud accusation", "Suspicious activity was seen on your account"),
    ("OTP request", "Tell me the OTP you received"),
    ("Card details request", "Send your card number, CVV and PIN"),
    ("Password request", "Give us your password to go on"),
    ("Verification request", "Please confirm your account details"),
    ("KYC request", "Complete your KYC with Aadhaar and PAN"),
    ("Money transfer request", "Transfer Rs 7,000 to this account"),
    ("Money lure", "You have won a cash prize, claim your reward"),
    ("Payment method mention", "Pay the fee via UPI or Google Pay"),
    ("Money amount", "It is a matter of ₹8,000 only"),
    ("Suspicious link", "Look at http://google.com.evil.tk/offer now"),
    ("Click/download request", "Click here to download the new app"),
    ("Shortened URL", "See https://tinyurl.com/demo-page for it"),
]

BLOCKED_TODAY = [
    "URGENT: Your SBI account will be blocked today! Share OTP immediately to verify and avoid legal action.",
    "Urgent! Your HDFC account is going to be suspended today. Tell us the OTP at once to avoid a court case.",
    "Final notice: ICICI netbanking will be deactivated tonight unless you confirm the one time password with us.",
    "This is Axis Bank, your card gets blocked within 2 hours, send the verification code now or face arrest",
    "Dear SBI customer ur a/c will be closed today, share otp immediately 2 verify else police case",
    "PNB alert: account blocked in 24 hours. Act now, read us the 6 digit code and avoid legal action.",
]
KYC_PENDING = [
    "Dear Customer, your KYC is pending. Update now or account will be suspended.",
    "Dear user, complete your e-KYC immediately otherwise your wallet will be closed.",
    "Attention: KYC expired. Submit your Aadhaar today or your account is going to be frozen.",
    "dear customer ur kyc not updated, ur paytm will be blocked, update kyc now",
    "Your KYC has lapsed, sir. Link your PAN card immediately, else the card will be deactivated.",
    "K.Y.C incomplete! Verify your documents now or your SIM will be disconnected.",
]
LOTTERY = [
    "Congratulations! You won ₹50,00,000 in lottery. Pay ₹5000 fee to claim prize.",
    "You have been selected as lucky winner of Rs 25 lakh. Deposit Rs 12,000 tax to receive the amount.",
    "Great news, a cash prize of £10,000 is yours! Send the £99 processing fee to claim it.",
    "Congrats, your number won $1,000,000 in the lucky draw, please transfer $250 for the release",
    "You are the winner of ₹7,00,000 in our jackpot. Kindly pay Rs 3500 charges to collect your reward.",
    "Bumper lottery! Your SIM was awarded Rs 90,00,000. Send Rs 8000 to get the prize money.",
]
COFFEE = [
    "Hi, can we meet for coffee tomorrow at 3pm?",
    "Are we still on for lunch on Friday at noon?",
    "Shall I pick you up at 7 or will you walk?",
    "The kids want pizza tonight, is that fine with you?",
    "See you at the library at five, bring the blue book",
    "Could we move the tea with grandma to Sunday afternoon?",
]
BALANCE = [
    "Your account balance is ₹15,000. Last transaction: ₹500 at Amazon.",
    "Rs 2,300 debited from a/c XX1234 at Flipkart. Available balance: Rs 8,100.",
    "INR 499 spent on your card at a book shop. Avl limit INR 45,000.",
    "Your balance is $1,240.55. Recent purchase: $12.99 at the bakery.",
    "£30.00 was withdrawn at an ATM. Your current balance is £412.10.",
    "Salary of Rs 41,000 credited to your account. Total balance Rs 52,350.",
]
BLOCKED_CALL = [
    "Your account is blocked. Call now to verify OTP!",
    "Your card has been locked. Ring us at once and give the verification code.",
    "Your wallet is suspended. Call the officer now and confirm the OTP!",
    "ur atm card is blocked, call now n tell otp",
    "Your SIM is deactivated. Call immediately and read out the code you received.",
    "Account frozen, madam. Phone us right away with the one time password.",
]
FROM_RBI = [
    "URGENT from RBI: Account blocked! Share OTP immediately!",
    "Urgent notice from Reserve Bank: your account is frozen, act now",
    "URGENT, this is SBI: reply immediately with the OTP for your account",
    "HDFC alert: urgent action required on your card today",
    "Act now! Message from your bank manager: give the code at once",
    "Urgent call from ICICI bank, verify your card immediately",
]
PASSWORD_TO_VERIFY = [
    ("Your account has suspicious activity", "Share your password to verify"),
    ("There was an unauthorised login to your profile", "Give me your password to confirm it is you"),
    ("We found unusual activity on your card", "Send the PIN for verification, please"),
    ("Someone tried to access your wallet", "Tell us your passcode to verify the owner"),
    ("A suspicious transaction was made from your account", "Provide your login credentials to verify your identity"),
    ("Your number was used for illegal activity", "Share the password so that we can verify you"),
]
IMMEDIATELY = [
    "Verify your account immediately!",
    "Confirm your profile immediately!",
    "Update your bank details immediately please",
    "Reply immediately with your full name",
    "Immediate action is needed on your card",
    "You must call us back immediately, sir",
]
FROM_SBI = [
    "This is from SBI bank regarding your account",
    "I am calling from HDFC bank about your card",
    "We are contacting you from ICICI Bank about your savings account",
    "Message from Axis Bank: please read about your account",
    "Dear Kotak customer, we have news about your account",
    "I am the manager from your bank, it is about the card",
]
SHARE_OTP = [
    "Please share your OTP to verify",
    "Kindly tell the OTP for verification",
    "Send me the one time password you received",
    "Read the verification code to me, please",
    "pls reply with d otp on ur phone",
    "apna OTP batao, verification ke liye chahiye",
]
WILL_BE_BLOCKED = [
    "Your account will be blocked today",
    "Your card is going to be suspended tomorrow",
    "Your wallet will be deactivated tonight",
    "ur a/c will block in 24 hrs",
    "We will terminate your account this evening",
    "Account will be closed within two hours",
]
AVOID_ARREST = [
    "URGENT: Your SBI account blocked! Share OTP now to avoid arrest!",
    "Your ICICI card is suspended! Tell the OTP immediately or you will be arrested!",
    "Act now: HDFC account frozen, send the code you received to avoid a police case",
    "Urgent from RBI: account deactivated, give the OTP or legal action follows",
    "ur sbi acct blocked share otp urgently else arrest warrant will come",
    "Your PNB account is locked. Read us the OTP right now, avoid court case!",
]
HELLO = [
    "Hello, how are you doing today?",
    "Hi! How is everything with you today?",
    "Good morning, did you sleep well last night?",
    "Hey, what are you up to this evening?",
    "Dear Ana, I hope you are fine today",
    "Hello again, lovely weather today, is it not?",
]


async def analyze(text: str, history: list[dict[str, str]] | None = None) -> DetectionResult:
    return await ScamDetector().analyze(text, history=history)


def matches(text: str, category: str) -> list[PatternMatch]:
    return [match for match in match_all_patterns(text) if match.category == category]


@pytest.mark.parametrize("category", PUBLISHED)
def test_published_patterns(category: str) -> None:
    """A category has exactly the published descriptions with the published weights."""
    patterns = get_patterns_by_category(category)
    assert {pattern.description: pattern.weight for pattern in patterns} == PUBLISHED[category]
    assert len(patterns) == len(PUBLISHED[category])
    assert patterns == get_patterns_by_category(ScamCategory(category))


@pytest.mark.parametrize(("description", "text"), NAMED, ids=lambda value: str(value)[:30])
def test_each_pattern(description: str, text: str) -> None:
    """Each published pattern is found in a plain sentence that has it, and its text is a part of the sentence."""
    found = [match for match in match_all_patterns(text) if match.description == description]
    assert found
    assert all(match.matched_text in text for match in found)


@pytest.mark.parametrize("text", BLOCKED_TODAY)
async def test_account_blocked_today(text: str) -> None:
    """A threat to a bank account with a demand for the code is a scam at 0.7 or more with three patterns or more."""
    result = await analyze(text)
    assert result.is_scam
    assert result.confidence >= 0.7
    assert len(result.matched_patterns) >= 3


@pytest.mark.parametrize("text", KYC_PENDING)
async def test_kyc_pending(text: str) -> None:
    """A pending KYC with the threat of suspension is a scam."""
    result = await analyze(text)
    assert result.is_scam
    assert result.confidence >= 0.5


@pytest.mark.parametrize("text", LOTTERY)
async def test_lottery_fee(text: str) -> None:
    """A prize for which a fee must be paid is a scam, and finance is active."""
    result = await analyze(text)
    assert result.is_scam
    assert result.category_scores["financial"] > 0


@pytest.mark.parametrize("text", COFFEE)
async def test_small_talk(text: str) -> None:
    """Making an appointment is no scam."""
    result = await analyze(text)
    assert not result.is_scam
    assert result.confidence < 0.5


@pytest.mark.parametrize("text", BALANCE)
async def test_balance_notice(text: str) -> None:
    """A notice of balance and last transaction is below 0.7 and no scam."""
    result = await analyze(text)
    assert result.confidence < 0.7
    assert not result.is_scam


@pytest.mark.parametrize("text", BLOCKED_CALL)
async def test_reasoning(text: str) -> None:
    """The reasoning of a scam says something."""
    result = await analyze(text)
    assert result.reasoning.startswith("Scam detected using: ")
    assert len(result.reasoning) > 10


@pytest.mark.parametrize("text", FROM_RBI)
async def test_urgency_and_authority(text: str) -> None:
    """An urgent message in a bank's name scores in both categories, and all six are reported."""
    result = await analyze(text)
    assert result.category_scores["urgency"] > 0
    assert result.category_scores["authority"] > 0
    assert set(result.category_scores) == set(PUBLISHED)


@pytest.mark.parametrize(("before", "text"), PASSWORD_TO_VERIFY)
async def test_secret_to_verify(before: str, text: str) -> None:
    """Asking for a secret "to verify" after a scare is a scam: a verification request too, and the threat counts."""
    result = await analyze(text, [{"sender": "scammer", "text": before}])
    assert result.is_scam
    assert {"Verification request"} < {match.description for match in result.matched_patterns}
    assert result.category_scores["threat"] > 0


@pytest.mark.parametrize("text", IMMEDIATELY)
def test_immediately(text: str) -> None:
    """The urgency match holds the word that urges."""
    assert any("immediate" in match.matched_text.lower() for match in matches(text, "urgency"))


@pytest.mark.parametrize("text", FROM_SBI)
def test_bank_speaking(text: str) -> None:
    """Somebody who speaks for a bank claims authority."""
    assert matches(text, "authority")


@pytest.mark.parametrize("text", SHARE_OTP)
def test_code_asked_for(text: str) -> None:
    """Asking for the code is a request on the code."""
    found = [match for match in matches(text, "request") if match.description == "OTP request"]
    assert any(word in found[0].matched_text.lower() for word in ("otp", "password", "code"))


@pytest.mark.parametrize("text", WILL_BE_BLOCKED)
def test_account_threatened(text: str) -> None:
    """Announcing that an account will be blocked is a threat."""
    assert matches(text, "threat")


@pytest.mark.parametrize("text", AVOID_ARREST)
async def test_avoid_arrest(text: str) -> None:
    """A code demanded under threat of the law is a scam."""
    assert (await analyze(text)).is_scam


@pytest.mark.parametrize("text", HELLO)
def test_greeting(text: str) -> None:
    """A greeting has one match at most."""
    assert len(match_all_patterns(text)) <= 1
