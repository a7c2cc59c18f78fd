"""The page holds everything, fetches nothing, and foreign text stays text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lurewatch.lab.bootstrap import Resampling
from lurewatch.lab.evaluation import Plan, evaluate
from lurewatch.lab.pages import NO_TEXTS, page
from lurewatch.lab.scoring import Scored, Seen

from .data import judged, scored

PLAN = Plan(resampling=Resampling(replicates=10), versions={"engine": "1.2.3"})
EVIL = "</title></style><script src=//evil.example>alert(1)</script>\"'><img onerror=x>&amp;"


class Read(HTMLParser):
    """What a browser would see: the elements with their attributes, and the text."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, Any]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def rows(words: str) -> list[Scored]:
    """Rows whose every word is foreign."""
    seen = Seen(words, words, words, ((words, 1.0),))
    foreign = {"source": words, "kind": words, "lang": words, "channel": words}
    talk = scored(
        "scam", 0.1, unit="conversation", first_flagged_turn=2, ask_turn=3, turns_found=(False, True), **foreign
    )
    return [
        *judged(8, 20, types=(words,), guess=words, **foreign),
        scored("honest", 0.9, seen=seen, guess=words, **foreign),
        scored("scam", 0.9, attack=words, **foreign),
        talk,
    ]


@settings(max_examples=15)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12))
@example(EVIL)
def test_foreign_text_stays_text(words: str) -> None:
    """Whatever a row says, the page has the elements it has anyway, all closed, and shows the words."""
    read, plain = (Read(page(evaluate(rows(one), PLAN))) for one in (words, "word"))
    assert read.open == []
    assert [tag for tag, _ in read.elements] == [tag for tag, _ in plain.elements]
    assert [set(attributes) for _, attributes in read.elements] == [set(attributes) for _, attributes in plain.elements]
    assert words in read.text


def test_nothing_is_fetched() -> None:
    """No element names an address, and no style imports one."""
    content = page(evaluate(rows("word"), PLAN))
    for tag, attributes in Read(content).elements:
        assert tag not in {"script", "link", "img", "iframe", "object"}
        assert not {"src", "href", "style", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert b"@import" not in content
    assert b"url(" not in content
    assert b"://" not in content


def test_what_is_on_it() -> None:
    """Versions, figures with intervals, plots that say what they show, counts and errors are there; it fits a phone."""
    content = page(evaluate(rows("word"), PLAN))
    read = Read(content)
    for said in (
        "engine 1.2.3",
        "10.0% scams",
        "Recall",
        "By source",
        "Under disguise",
        "Before the ask",
        "Scam types",
    ):
        assert said in read.text
    labels = [attributes["aria-label"] for tag, attributes in read.elements if tag == "svg"]
    assert any("Claimed and true" in label for label in labels)
    assert any("first flag" in label for label in labels)
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in read.elements
    assert b"prefers-color-scheme: dark" in content


def test_the_report_half_is_not_shown() -> None:
    """A page on the report half says that rows are not shown, and shows none even if there were any."""
    content = page(evaluate(rows("unmistakable"), Plan(half="report", resampling=Resampling(replicates=10))))
    assert NO_TEXTS in Read(content).text
    assert b"<article>" not in content


@pytest.mark.parametrize("words", ["\ud800 half", "\u202e turned"])
def test_odd_characters(words: str) -> None:
    """Half a character does not stop the page, and text that turns the line around is kept by itself."""
    content = page(evaluate(rows(words), PLAN))
    assert Read(content).open == []
    assert b"<bdi>" in content
