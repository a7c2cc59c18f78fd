"""Indicators shared with confirmed scams and young domains: each in six ways of writing it."""

from __future__ import annotations

import pytest

from lurewatch import Conversation, Engine, Message, Verdict
from lurewatch.engine.model import Knowledge, KnownIndicator

WRITTEN = {
    ("phone", "+16045551234"): [
        "call me at 604-555-1234",
        "my number is (604) 555 1234, ring tonight",
        "+1 604 555 1234 is where I am",
        "phone 604.555.1234 after six",
        "reach the office under 1-604-555-1234",
        "ring six o four, five five five, one two three four",
    ],
    ("email", "help.desk77@gmail.com"): [
        "write to help.desk77@gmail.com",
        "my address is HELP.DESK77@GMAIL.COM",
        "mail: help.desk77 (at) gmail.com",
        "send it to help.desk77@gmail dot com please",
        "contact <help.desk77@gmail.com>, day or night",
        "help.desk77 [at] gmail [dot] com answers at once",
    ],
    ("domain", "secure-pay.xyz"): [
        "see https://secure-pay.xyz/a",
        "go to www.secure-pay.xyz now",
        "open secure-pay.xyz/login",
        "the page is HTTPS://Secure-Pay.xyz",
        "try hxxps://secure-pay[.]xyz/x",
        "http://login.secure-pay.xyz is the right page",
    ],
    ("upi", "ravi.store@okaxis"): [
        "pay to ravi.store@okaxis",
        "my UPI is RAVI.STORE@OKAXIS",
        "upi id: ravi.store@okaxis, thanks",
        "send it by GPay, ravi.store@okaxis",
        "collect request from ravi.store@okaxis will come",
        "paise ravi.store@okaxis par bhejo",
    ],
    ("wallet", "0x52908400098527886e0f7030069857d2e4169ee7"): [
        "send the ETH to 0x52908400098527886E0F7030069857D2E4169EE7",
        "wallet: 0x52908400098527886e0f7030069857d2e4169ee7",
        "deposit here 0x52908400098527886E0F7030069857D2E4169EE7 and wait",
        "my address is (0x52908400098527886E0F7030069857D2E4169EE7)",
        "usdt pls to 0x52908400098527886e0f7030069857d2e4169ee7 !!",
        "the coins go to\n0x52908400098527886E0F7030069857D2E4169EE7",
    ],
    ("bank_account", "004512889077"): [
        "transfer it to account number 004512889077",
        "A/C No: 004512889077",
        "bank account no. 0045 1288 9077",
        "acct number 004512889077, branch Pune",
        "my savings account is 004512889077",
        "khata number 004512889077 par bhejo",
    ],
    ("handle", "@golden_trader88"): [
        "add @golden_trader88 on Telegram",
        "write to me, @Golden_Trader88",
        "my insta is @golden_trader88",
        "t.me/golden_trader88",
        "telegram id golden_trader88",
        "find me as @golden_trader88 on Instagram",
    ],
}
YOUNG = [
    ("see https://shop.example-store.com/x", "example-store.com"),
    ("the form is at www.my-new-bank.net/form", "my-new-bank.net"),
    ("open parcel-desk.org and pay there", "parcel-desk.org"),
    ("https://login.film-renew.info/account waits for you", "film-renew.info"),
    ("go to HTTP://Coin-Gift.com", "coin-gift.com"),
    ("kripya https://kyc.seva-kendra.in/a kholein", "seva-kendra.in"),
]


def judged(engine: Engine, text: str, knowledge: Knowledge) -> Verdict:
    return engine.assess(Conversation((Message(text, "a"),), "c"), knowledge)


@pytest.mark.parametrize(
    ("kind", "value", "text"), [(kind, value, text) for (kind, value), texts in WRITTEN.items() for text in texts]
)
def test_a_shared_indicator(engine: Engine, kind: str, value: str, text: str) -> None:
    """However it is written, an indicator is read as the value others know it by, and raises the historical score."""
    plain = judged(engine, text, Knowledge())
    assert (kind, value) in {(found.type, found.value.lower()) for found in plain.indicators}
    assert plain.breakdown["historical_score"] == 0
    known = judged(engine, text, Knowledge(indicators=(KnownIndicator(kind, value, "case 12"),)))
    assert known.breakdown["historical_score"] > 0.5
    feed = judged(engine, text, Knowledge(indicators=(KnownIndicator(kind, value, "a threat feed", 0.4),)))
    assert 0 < feed.breakdown["historical_score"] < known.breakdown["historical_score"]


@pytest.mark.parametrize(("text", "domain"), YOUNG)
def test_a_young_domain(engine: Engine, text: str, domain: str) -> None:
    """A domain younger than 30 days raises the link score, an older one does not."""
    unknown = judged(engine, text, Knowledge()).breakdown["link_infrastructure_score"]
    young = judged(engine, text, Knowledge(domain_age_days={domain: 12.0}))
    old = judged(engine, text, Knowledge(domain_age_days={domain: 400.0}))
    assert young.breakdown["link_infrastructure_score"] > unknown
    assert old.breakdown["link_infrastructure_score"] == unknown
