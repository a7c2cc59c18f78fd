"""Messengers, ways to pay, handles and brands: the name, and the same word in its everyday sense."""

from __future__ import annotations

import pytest
from tests.signals.seeing import see, traits, values


@pytest.mark.parametrize(
    ("text", "app"),
    [
        ("Let's move to WhatsApp, it's easier", "whatsapp"),
        ("add me on w h a t s a p p tonight", "whatsapp"),
        ("whats app me later", "whatsapp"),
        ("let us talk on whatz@pp please", "whatsapp"),
        ("hubungi wa 0812 3456 789", "whatsapp"),
        ("write me on telegram", "telegram"),
        ("are you on signal?", "signal"),
        ("install the signal app", "signal"),
        ("skype later?", "skype"),
        ("we could do a FaceTime tonight", "facetime"),
        ("send it by imsg", "imessage"),
        ("find me on FB Messenger", "messenger"),
        ("my wechat is the same", "wechat"),
        ("viber works as well", "viber"),
        ("add me on LINE please", "line"),
        ("what is your line id", "line"),
        ("join our discord server", "discord"),
        ("message me on slack", "slack"),
        ("let's hop on a zoom call", "zoom"),
        ("a Teams meeting would be better", "teams"),
        ("MS Teams is fine", "teams"),
        ("let us use google meet", "google meet"),
        ("webex at ten", "webex"),
        ("just text me at home", "sms"),
        ("send me a text when you arrive", "sms"),
        ("my snapchat is new", "snapchat"),
        ("botim call later", "botim"),
        ("kakaotalk me", "kakaotalk"),
        ("zalo only", "zalo"),
        ("we use threema", "threema"),
        ("wickr me", "wickr"),
        ("get the session app", "session"),
        ("my matrix id is new", "matrix"),
    ],
)
def test_messengers_are_found(text: str, app: str) -> None:
    """Each messenger is found by its name, ambiguous names in a context that tells."""
    assert values(text, "messaging_app") == [app]


@pytest.mark.parametrize(
    "text",
    [
        "There was no signal in the basement",
        "the wifi signal is weak, are you on signal strength two",
        "Please fill in line 12 of the form",
        "there is a long line at the counter",
        "don't slack off now, cut him some slack",
        "both teams have won, teams of five play",
        "Zoom in on the picture and zoom out again",
        "Your one-time password was sent by SMS",
        "you will get a text message with a code",
        "the session id has expired, a session with the dentist",
        "a matrix of numbers",
        "it tells us what appears in the log",
        "this will sow discord in the family",
    ],
)
def test_everyday_words_are_no_messengers(text: str) -> None:
    """Signal, line, teams, zoom, slack, session and text messages with codes are not meant as messengers."""
    assert values(text, "messaging_app") == []


@pytest.mark.parametrize(
    ("link", "app"),
    [
        ("https://t.me/somebody", "telegram"),
        ("tg://resolve?domain=x", "telegram"),
        ("wa.me/16045551234", "whatsapp"),
        ("discord.gg/abc", "discord"),
        ("https://signal.me/#p/+1", "signal"),
        ("us02web.zoom.us/j/1", "zoom"),
    ],
)
def test_links_of_messengers_are_deep_links(link: str, app: str) -> None:
    """A messenger's own link is a deep link of it."""
    (signal,) = see(f"here: {link} ok", "messaging_app")
    assert (signal.value, signal.traits) == (app, {"deep_link"})


@pytest.mark.parametrize(
    ("text", "app", "trait"),
    [
        ("could you venmo me", "venmo", "peer"),
        ("cash app is fine", "cash_app", "peer"),
        ("Zelle works too", "zelle", "peer"),
        ("Send me $200 via e-transfer", "interac", "peer"),
        ("an Interac payment", "interac", "peer"),
        ("paypal friends and family only", "paypal", "peer"),
        ("send it by GPay", "upi_app", "upi"),
        ("phone pe karo", "upi_app", "upi"),
        ("do a bank transfer today", "bank_transfer", "wire"),
        ("wire me the rest", "bank_transfer", "wire"),
        ("by western union", "western_union", "cash"),
        ("moneygram it", "moneygram", "cash"),
        ("buy two steam cards", "gift_card", "gift_card"),
        ("in bitcoin only", "crypto", "crypto"),
        ("USDT please", "crypto", "crypto"),
        ("send eth", "crypto", "crypto"),
    ],
)
def test_ways_to_pay_are_found(text: str, app: str, trait: str) -> None:
    """Ways to pay outside are found with what kind they are."""
    (signal,) = see(text, "payment_app")
    assert (signal.value, signal.traits) == (app, {trait})


@pytest.mark.parametrize(
    "text",
    [
        "the method is something together",
        "plug in the ethernet cable",
        "a revolutionary interaction with cashiers",
        "salary by direct deposit on the 15th",
        "is my visa card blocked",
    ],
)
def test_everyday_words_are_no_ways_to_pay(text: str) -> None:
    """Letters inside other words and ordinary banking are no ways to pay outside."""
    assert values(text, "payment_app") == []


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("follow @jane_doe99 there", "@jane_doe99"),
        ("Find me on LinkedIn at /in/johnsmith", "@johnsmith"),
        ("linkedin.com/in/jane-roe-cpa", "@jane-roe-cpa"),
        ("https://www.instagram.com/jane.doe.designs/", "@jane.doe.designs"),
        ("www.tiktok.com/@jane.doe", "@jane.doe"),
        ("https://x.com/maxwell_fx", "@maxwell_fx"),
        ("facebook.com/rosa.martinez.33", "@rosa.martinez.33"),
        ("insta: priya.s99 ok", "@priya.s99"),
        ("my ig id is kool_kat", "@kool_kat"),
    ],
)
def test_handles_are_found(text: str, handle: str) -> None:
    """Handles, links to profiles and labelled names have the account's name as value."""
    assert values(text, "handle") == [handle]


@pytest.mark.parametrize(
    "text",
    [
        "mail john@gmail.com or john @gmail.com",
        "pay 98765@ybl",
        "@Override public void run()",
        "two kilos @ 4.50 and @5pm",
        "hello @everyone, see you @home",
        "text ON to 229 @N100",
        "instagram.com/reel/abc or twitter.com/search",
        "evilinstagram.com/jane",
        "amazon.com/in/abc",
    ],
)
def test_other_signs_are_no_handles(text: str) -> None:
    """Addresses, code, prices, everybody and pages of a network are no handles."""
    assert values(text, "handle") == []


def test_a_profile_names_its_network() -> None:
    """A link to a profile carries the network's name as a trait."""
    assert traits("linkedin.com/in/jane", "handle") == {"profile_link", "linkedin"}
    assert traits("snap: jane_99", "handle") == {"snapchat"}


@pytest.mark.parametrize(
    ("text", "brand", "trait"),
    [
        ("I paid with my Visa yesterday", "visa", "payments"),
        ("is my visa debit card blocked", "visa", "payments"),
        ("PayPal-Support", "paypal", "payments"),
        ("paypalsupport", "paypal", "payments"),
        ("Your SBI account is blocked", "sbi", "bank"),
        ("state bank of india", "sbi", "bank"),
        ("pnb", "pnb", "bank"),
        ("dear hdfcbank user", "hdfc", "bank"),
        ("we ordered on amazon", "amazon", "retail"),
        ("your Apple ID is locked", "apple", "tech"),
        ("I bought it from Apple last week", "apple", "tech"),
        ("my chase account", "chase", "bank"),
        ("HMRC: tax refund", "hmrc", "government"),
        ("royal-mail parcel", "royal mail", "courier"),
        ("your netflix plan", "netflix", "streaming"),
        ("the airtel sim", "airtel", "telecom"),
        ("log in to coinbase", "coinbase", "crypto"),
        ("from stripe payments", "stripe", "payments"),
    ],
)
def test_brands_are_found(text: str, brand: str, trait: str) -> None:
    """A brand is found by each of its names, ambiguous ones in context, also inside a longer word where told."""
    found = see(text, "brand")
    assert [(signal.value, signal.traits) for signal in found] == [(brand, {trait})]


@pytest.mark.parametrize(
    "text",
    [
        "advisable to book early",
        "a pinstripe suit",
        "the Amazonian rainforest, the Amazon river",
        "My tourist visa for Japan was granted",
        "I applied for a visa at the embassy",
        "an apple a day, orange juice and a target to hit",
        "they chase the dog and discover a square",
        "write to me@apple.com or pay a@okhdfcbank",
        "three of us, ee by gum, next time, sky is blue",
    ],
)
def test_everyday_words_are_no_brands(text: str) -> None:
    """Words that hold a brand's name, travel documents, fruit and addresses name no brand."""
    assert values(text, "brand") == []
