"""The risk engine's link and identity indicators: a case of each and five paraphrases."""

from __future__ import annotations

from typing import Any

import pytest

from lurewatch.contracts import detect_scam

LINKS = {
    "suspicious ending": [
        "http://free-prize.tk/x",
        "http://gift-cards.ml/a",
        "http://bonus-day.ga",
        "https://my-parcel.cf/in",
        "http://new-wallet.gq/x",
        "http://fast-money.top/join",
    ],
    "look-alike": [
        "https://amaz0n.com/login",
        "https://paypa1.com/login",
        "http://micros0ft.com/help",
        "https://faceb00k.com/reset",
        "https://netf1ix.com/pay",
        "https://g00gle.com/drive",
    ],
    "high entropy": [
        "https://x7f9q2kz81vbn4tw.com/a",
        "http://q8zk3vj5xw1rn7ty.net/in",
        "https://zx81kq93vbw7hjt2.org/p",
        "http://w4kq9zt7xj2vb6pd.com",
        "https://j5vx8qz2kt9wn3hb.info/go",
        "https://k7xq3zj9wv5tb1nm.com/r/1",
    ],
    "address": [
        "http://203.0.113.9/login",
        "https://198.51.100.23:8080/pay",
        "http://192.0.2.77/verify.php",
        "http://[2001:db8::5]/login",
        "http://3405803785/login",
        "http://0xCB007109/login",
    ],
    "shortener": [
        "https://bit.ly/3xYz",
        "https://tinyurl.com/y7demo",
        "http://goo.gl/a1B2c",
        "https://t.co/Ab12Cd",
        "https://is.gd/q1w2e3",
        "https://cutt.ly/abc123",
    ],
    "mixed letters": [
        "http://xn--pypal-4ve.com/",
        "http://раураl.com/login",
        "https://аpple.com/id",
        "https://gооgle.com/mail",
        "http://xn--80ak6aa92e.com/",
        "https://micrоsoft.com/help",
    ],
    "user information": [
        "http://bank.example@evil.example/login",
        "https://www.paypal.com@203.0.113.9/in",
        "https://sbi.co.in@secure-pay.xyz/kyc",
        "http://apple.com:login@id-check.top",
        "https://accounts.google.com@mail-help.info/s",
        "https://hdfcbank.com%2Flogin@pay-now.site/x",
    ],
}
BRANDS = [
    ("PayPal: confirm your account at {}", "https://pay-check.top/login", "https://www.paypal.com/login"),
    ("Your Amazon order waits, see {}", "https://order-desk.xyz/a", "https://www.amazon.com/orders"),
    ("Netflix could not charge your card: {}", "https://film-renew.info/pay", "https://www.netflix.com/account"),
    ("Microsoft asks you to sign in at {}", "http://mail-login.site/x", "https://login.microsoft.com/"),
    ("Apple ID locked, unlock it under {}", "https://id-unlock.online/i", "https://www.apple.com/support"),
    ("fedex parcel 2day, track {}", "http://parcel-track.click/t", "https://www.fedex.com/tracking"),
]
AUTHORITY = [
    "This is the police department, the ministry has a case on you",
    "I am calling from the Reserve Bank about your account",
    "Officer Reed of the tax office, it is about your returns",
    "You are speaking with the cyber cell of the police",
    "We are the customer support of your bank",
    "main SBI bank se bol raha hoon, aapke account ke baare mein",
]
NAMES = [
    ("I am John and I work for the office.", "Hello, I am Maria.", "It is John again."),
    ("My name is Peter.", "Hello, my name is Ahmed.", "My name is Peter Hall."),
    ("This is Sarah from the bank.", "This is Linda from the bank.", "This is Sarah once more."),
    ("You can call me Victor.", "As I told you, I'm Daniel.", "As I told you, I'm Victor."),
    ("I'm Anita Desai, nice to meet you.", "Good evening, I am Priya Nair.", "Good evening, I am Anita."),
    ("My name's Oliver Brandt.", "Hi, Tom Fischer here.", "Hi, Oliver here."),
]
SIGNED = [
    "Please read it.\nRegards,\n{}",
    "I will call on Monday.\nBest regards,\n{}",
    "The papers are ready.\nKind regards\n{}",
    "Let me know what you think.\nSincerely,\n{}",
    "See the attached list.\nYours faithfully,\n{}",
    "Thanks for the quick reply.\nBest wishes,\n{}",
]


async def score(detector: str, *texts: str, **known: Any) -> float:
    """What the detector makes of one sender's messages; ``known`` is said of the account."""
    messages = [{"sender": "a", "content": text} for text in texts]
    answer = await detect_scam({"messages": messages, "sender_metadata": known})
    value: float = answer["breakdown"][f"{detector}_score"]
    return value


@pytest.mark.parametrize(("trait", "link"), [(trait, link) for trait, links in LINKS.items() for link in links])
async def test_odd_links(trait: str, link: str) -> None:
    """Each oddity of an address scores higher than a plain link to an unknown domain."""
    plain = await score("link_infrastructure", "see https://www.our-village-choir.org/songs")
    assert await score("link_infrastructure", f"see {link}") > plain, trait


@pytest.mark.parametrize(("text", "foreign", "own"), BRANDS)
async def test_a_brand_with_a_foreign_link(text: str, foreign: str, own: str) -> None:
    """A brand that is named beside another's domain is a mismatch; beside its own it is none."""
    assert await score("identity_mismatch", text.format(foreign)) > 0
    assert await score("identity_mismatch", text.format(own)) == 0


@pytest.mark.parametrize("text", AUTHORITY)
async def test_authority_of_a_new_account(text: str) -> None:
    """Authority claimed by a new or an unverified account is a mismatch; by an old, verified one it is none."""
    claimed: list[dict[str, Any]] = [{"account_age_days": 3}, {"verification_status": "unverified"}]
    for known in claimed:
        assert await score("identity_mismatch", text, **known) > 0
    old: dict[str, Any] = {"account_age_days": 900, "verification_status": "verified"}
    assert await score("identity_mismatch", text, **old) == 0


@pytest.mark.parametrize(("first", "other", "same"), NAMES)
async def test_contradictory_names(first: str, other: str, same: str) -> None:
    """A sender who gives two names is a mismatch; one who gives the same name again is none."""
    assert await score("identity_mismatch", first, other) > 0
    assert await score("identity_mismatch", first, same) == 0


@pytest.mark.parametrize("letter", SIGNED)
async def test_several_signatures(letter: str) -> None:
    """A sender who signs with two names is a mismatch; one who always signs alike is none."""
    john, maria = letter.format("John Smith"), letter.format("Maria Lopez")
    assert await score("identity_mismatch", john, maria) > 0
    assert await score("identity_mismatch", john, f"Once more: {john}") == 0
