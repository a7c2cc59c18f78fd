"""Two matchers are compared view by view, and every difference is counted by pattern."""

from __future__ import annotations

from pathlib import Path

from lurewatch.engine.matching import Matcher, Pattern
from lurewatch.engine.text import normalise
from lurewatch.lab import differential

from .data import texts_of, write_rows

PATTERNS = [Pattern("word", r"\bact now\b"), Pattern("number", r"\b\d{4}\b")]
TEXTS = ("act now or pay 1234", "nothing here", "act now act now 5678")


def test_equal_matchers_do_not_differ() -> None:
    """Hyperscan and RE2 find the same spans, and they are counted."""
    one, other = (Matcher(PATTERNS, use_hyperscan=choice) for choice in (True, False))
    found = differential.compare(one, other, [view for text in TEXTS for view in normalise(text)])
    assert found.spans == 5
    assert (found.by_pattern.total(), found.incomplete) == (0, 0)


def test_a_difference_is_counted_by_pattern() -> None:
    """A pattern that another matcher reads differently is counted once a view, under its number."""
    one, other = Matcher(PATTERNS), Matcher([PATTERNS[0], Pattern("number", r"\b\d{5}\b")])
    found = differential.compare(one, other, [view for text in TEXTS for view in normalise(text)])
    assert found.by_pattern == {1: 2}


def test_every_text_of_the_data_is_compared(tmp_path: Path) -> None:
    """Messages, conversation turns and contact texts of both halves are read, plain and disguised."""
    dev, report = texts_of("dev", 3), texts_of("report", 3)
    write_rows(tmp_path / "messages/m.jsonl", [{"text": text, "label": "ham"} for text in (dev[0], report[0])])
    turns = [{"sender": "A", "text": text} for text in (dev[1], report[1])]
    write_rows(tmp_path / "conversations/c.jsonl", [{"id": "c", "label": "legit", "messages": turns}])
    contacts = [{"text": text, "label": "clean", "spans": []} for text in (dev[2], report[2])]
    write_rows(tmp_path / "off_platform/o.jsonl", contacts)
    read = {view.text for view in differential.views_of(tmp_path) if view.reading == "folded"}
    assert {*dev, *report} <= read
