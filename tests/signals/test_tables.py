"""The tables of a pack: what is read, what is refused and how it is told, how layers are laid over each other."""

from __future__ import annotations

import pickle

import pytest
from tests.signals.seeing import see, tables

from lurewatch.engine.packs.tables import Tables, brands_named, parse_tables
from lurewatch.errors import Problem


def refused(name: str, content: str) -> list[Problem]:
    problems: list[Problem] = []
    parse_tables({name: content.encode()}, problems)
    return problems


def parsed(**files: str) -> Tables:
    problems: list[Problem] = []
    found = parse_tables({name.replace("__", "."): text.encode() for name, text in files.items()}, problems)
    assert problems == []
    return found


def test_a_brand_is_one_line() -> None:
    """Name, other names (some inside longer words), domains, ambiguous names and denials are read from columns."""
    found = parsed(brands_bank__txt="# banks\nrosa bank | *rosabank*, rb online | rosa.example | rosa | flower red\n")
    (brand,) = found.brands
    assert (brand.name, brand.kind) == ("rosa bank", "bank")
    assert (brand.names, brand.inside, brand.guarded) == (("rosa bank", "rb online"), ("rosabank",), ("rosa",))
    assert (brand.domains, brand.not_with) == (("rosa.example",), {"flower", "red"})


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("brands_bank.txt", "ok bank\n| no name\n", 2),
        ("brands_bank.txt", "ok bank\nb | c\n", 2),
        ("brands_castle.txt", "ok\n", 0),
        ("shorteners.txt", "# one\nbit.ly\nhttp://x.co/\n", 3),
        ("shorteners.txt", "two words\n", 1),
        ("colours.txt", "red\n", 0),
        ("messaging_apps.yaml", "apps:\n  one: {names: [a b]}\n  two:\n    names: ['x.*y']\n", 3),
        ("messaging_apps.yaml", "apps:\n  one:\n    names: ['(?:x']\n", 2),
        ("messaging_apps.yaml", "apps:\n  one:\n    names: text\n", 3),
        ("messaging_apps.yaml", "apps:\n  one: {colour: [red]}\n", 2),
        ("messaging_apps.yaml", "- a list\n", 1),
    ],
)
def test_a_mistake_is_told_with_its_place(name: str, content: str, line: int) -> None:
    """What cannot be read is told with file, line and what to do."""
    (problem,) = refused(name, content)
    assert problem.file == f"tables/{name}"
    assert problem.line == line
    assert problem.remedy


def test_text_that_is_not_utf8_is_refused() -> None:
    """A file in another encoding is one problem and no error."""
    problems: list[Problem] = []
    parse_tables({"shorteners.txt": b"\xff\xfe"}, problems)
    assert len(problems) == 1


def test_an_overlay_adds_entries() -> None:
    """Merging adds list entries, brands and names; a brand or app known already gets more names."""
    extra = parsed(
        brands_bank__txt="rosa bank\nsbi | my sbi\n",
        shorteners__txt="go-short.net\n",
        messaging_apps__yaml="apps:\n  whatsapp: {names: [greenapp]}\n  owlpost: {names: [owlpost]}\n",
    )
    merged = tables().merged(extra)
    assert [signal.value for signal in see("ask rosa bank or my sbi", "brand", known=merged)] == ["rosa bank", "sbi"]
    assert [signal.value for signal in see("greenapp, owlpost, whatsapp", "messaging_app", known=merged)] == [
        "whatsapp",
        "owlpost",
        "whatsapp",
    ]
    (url,) = see("go-short.net/x", "url", known=merged)
    assert "shortener" in url.traits
    assert see("ask rosa bank", "brand") == []


def test_brands_can_be_named_at_run_time() -> None:
    """A bare list of names becomes tables that can be merged."""
    merged = Tables().merged(brands_named(("Visa", "Acme Pay")))
    assert [signal.value for signal in see("VISA and acme-pay", "brand", known=merged)] == ["visa", "acme pay"]


def test_the_core_tables_hold_what_the_contracts_name() -> None:
    """The allow-list, the shorteners and the default brands of the published systems are in the core pack."""
    known = tables()
    assert {"google.com", "microsoft.com", "apple.com", "amazon.com", "gov.in"} <= known.allowed_domains
    assert {"bit.ly", "tinyurl.com", "goo.gl", "t.co", "shorturl.at"} <= known.shorteners
    assert {"visa", "mastercard", "paypal", "stripe", "amazon"} <= {brand.name for brand in known.brands}
    assert {"tk", "ml", "ga"} <= known.suspicious_tlds


def test_tables_travel_to_other_processes() -> None:
    """Tables survive pickling with every entry."""
    copy = pickle.loads(pickle.dumps(tables()))
    assert copy.brands == tables().brands
    assert copy.shorteners == tables().shorteners
