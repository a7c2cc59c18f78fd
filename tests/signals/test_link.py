"""Links, domains and e-mail addresses."""

from __future__ import annotations

import pytest
from tests.signals.seeing import see, traits, values, written


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("go to https://example.com/a?b=c.", "https://example.com/a?b=c"),
        ("see www.example.co.uk!", "www.example.co.uk"),
        ("at bit.ly/3xYz, quick", "bit.ly/3xyz"),
        ("open http //bit.ly/2ab now", "http://bit.ly/2ab"),
        ("open https: // example.com/x now", "https://example.com/x"),
        ("hxxp://example[.]com/x", "http://example.com/x"),
        ("(https://en.wikipedia.org/wiki/Foo_(bar))", "https://en.wikipedia.org/wiki/foo_(bar)"),
        ("at http://192.0.2.7:8080/login", "http://192.0.2.7:8080/login"),
        ("sbi.co.in is the bank", "sbi.co.in"),
        ("our site is cinnamonhomes.com", "cinnamonhomes.com"),
    ],
)
def test_links_are_read_whole(text: str, url: str) -> None:
    """With and without scheme, defanged or broken by spaces, a link is read without the sentence's punctuation."""
    assert values(text, "url") == [url]


@pytest.mark.parametrize(
    "text",
    [
        "Call me now.Click is all you do",
        "I was late.Please wait",
        "e.g. this, i.e. that, etc.and so on",
        "meet at 5.pm or 6.am",
        "open main.rs, setup.py and readme.md",
        "version 2.0.1 of node.js",
        "write to jane@example.com",
        "ask @john.co about it",
        "haha.buy one",
        "it costs 3.50 per item.in total 7",
        "network 10.5.3.0/24",
    ],
)
def test_other_dots_are_no_links(text: str) -> None:
    """Missing spaces, abbreviations, times, files, versions, addresses and handles are no links."""
    assert values(text, "url") == []


def test_the_registered_domain_decides() -> None:
    """The domain is the registrable part, whatever stands before it."""
    assert values("https://google.com.evil.tk/x", "domain") == ["evil.tk"]
    assert values("https://a.b.example.co.uk/x", "domain") == ["example.co.uk"]
    assert values("https://shop.github.io/x", "domain") == ["shop.github.io"]


@pytest.mark.parametrize(
    ("link", "trait"),
    [
        ("https://bit.ly/3ab", "shortener"),
        ("t.co/abc", "shortener"),
        ("https://linktr.ee/jane", "link_in_bio"),
        ("https://pay-now.weebly.com", "hosted"),
        ("http://192.0.2.7/x", "ip"),
        ("http://[2001:db8::5]/x", "ip"),
        ("http://xn--pypal-4ve.com/", "punycode"),
        ("https://bank.com@evil.example.ru/", "userinfo"),
        ("http://example.com", "insecure"),
        ("https://win-big.top/x", "suspicious_tld"),
        ("https://a1b2c3d4e5f6.example.net/x", "high_entropy"),
        ("https://a.b.c.d.example.net/x", "many_subdomains"),
        ("https://www.paypal.com/x", "official"),
        ("https://uidai.gov.in/x", "official"),
        ("https://cra-arc.gc.ca/x", "official"),
        ("https://docs.google.com/x", "allowlisted"),
        ("https://incometax.gov.in/x", "allowlisted"),
        ("https://wikipedia.org/x", "known"),
        ("example.com", "bare"),
    ],
)
def test_traits_tell_what_a_link_is(link: str, trait: str) -> None:
    """Each trait is told of a link that has it, and of its domain."""
    found = see(f"look at {link} now", "url", "domain")
    assert found
    assert all(trait in signal.traits for signal in found)


@pytest.mark.parametrize(
    "host",
    [
        "amaz0n.com", "paypa1.com", "paypai.com", "micros0ft-support.com", "hsbc.digital-payee-report.com",
        "secure-paypal-login.com", "sbi-kyc-update.xyz", "usps.com-track.top", "royalmail-redelivery.co.uk",
        "google.com.evil.tk", "apple-id-verify.com", "whatsapp-gift.online", "rnetflix.com", "mlcrosoft.com",
        "netfllix.com", "faceb00k.com",
    ],
)  # fmt: skip
def test_imitations_of_a_brand_are_look_alikes(host: str) -> None:
    """Misspellings, look-alike digits and a brand's name in another's domain are told."""
    found = see(f"https://{host}/x", "url")
    assert found
    assert all("lookalike" in signal.traits for signal in found)
    assert all("official" not in signal.traits for signal in found)


@pytest.mark.parametrize(
    "host",
    [
        "paypal.com", "www.amazon.co.uk", "onlinesbi.sbi", "gov.uk", "nypost.com", "arkansasonline.com",
        "interactivebrokers.com", "applepie.com", "resonance.org", "pineapple.com", "financenews.com",
        "orangecounty.net", "revolution.com",
    ],
)  # fmt: skip
def test_honest_names_are_no_look_alikes(host: str) -> None:
    """A brand's own domain, and a word that happens to hold a brand's name, imitate nobody."""
    assert all("lookalike" not in signal.traits for signal in see(f"https://{host}/x", "url", "domain"))


def test_letters_of_another_script_are_seen_through() -> None:
    """A Cyrillic letter in a brand's domain makes a look-alike with its real name in punycode."""
    (url,) = see("open https://pаypal.com/x now", "url")
    assert url.value == "https://xn--pypal-4ve.com/x"
    assert {"lookalike", "mixed_script", "punycode"} <= url.traits
    assert "official" not in url.traits


def test_an_honest_name_with_an_accent_is_no_look_alike() -> None:
    """A domain with an accent is punycode and imitates nobody."""
    (domain,) = see("https://bäckerei-holm.de/x", "domain")
    assert domain.value == "xn--bckerei-holm-gcb.de"
    assert "lookalike" not in domain.traits
    assert "mixed_script" not in domain.traits


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mail john@gmail.com.", "john@gmail.com"),
        ("<Jane.Doe+tax@Example.CO.UK>", "jane.doe+tax@example.co.uk"),
        ("mailto:a_b-c@mail.example.org", "a_b-c@mail.example.org"),
        ("name (at) gmail dot com", "name@gmail.com"),
        ("john @ gmail.com", "john@gmail.com"),
        ("user=kim@example.com&x=1", "kim@example.com"),
    ],
)
def test_addresses_are_read_in_lower_case(text: str, address: str) -> None:
    """An address is read from its surroundings, also when it is spelled out."""
    assert values(text, "email") == [address]


@pytest.mark.parametrize(
    "text", ["pay name@okhdfcbank", "3 @ $5", "meet @ cafe.com", "https://user.name@evil.example.ru/", "@name.co"]
)
def test_other_signs_are_no_addresses(text: str) -> None:
    """UPI addresses, prices, places, user names in links and handles are no e-mail addresses."""
    assert values(text, "email") == []


def test_where_a_mailbox_lies_is_a_trait() -> None:
    """Free and throw-away mailboxes are told apart, and a host without a public suffix is not valid."""
    assert traits("x@gmail.com", "email") == {"free_mail"}
    assert traits("x@mailinator.com", "email") == {"disposable"}
    (odd,) = see("x@server.local", "email")
    assert odd.valid is False


def test_a_link_is_placed_in_the_original() -> None:
    """Spans point at the characters as sent, also behind characters that folding drops."""
    text = "\u200b\u200bgo: HTTPS://Exam\u200bple.com/Path now"
    assert written(text, "url") == ["HTTPS://Exam\u200bple.com/Path"]
