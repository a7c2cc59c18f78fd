"""Personal data out of a text before it leaves the process, and back in afterwards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from lurewatch.engine.personal import PLACEHOLDERS, host_end, query_start
from lurewatch.engine.text import normalise

_KEPT = frozenset({"money", "date", "domain"})
"""What a judgement needs and names nobody: amounts, dates, and the hosts of links."""
_NETS = (
    # What the signals did not take for anything, or stopped counting. Must match "bob@home", not "meet @ six".
    ("EMAIL", re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,8}")),
    # Must match "G7KQ2M9X0ZB4TT1C", not words of any length.
    ("CODE", re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{12,}")),
)
# Must match "483920" and "48 39 20", not "3 of 4" or "10%".
_NUMBER = re.compile(r"\d(?:[ .\-/()]{0,2}\d){3,}")
_PLACEHOLDER = re.compile(r"\[[A-Z]{2,8}_\d{1,4}\]")


@dataclass(frozen=True, slots=True)
class Seen:
    """A signal of the engine's: its kind and its span of the text."""

    kind: str
    start: int
    end: int


def visible(text: str) -> str:
    """The text without characters that people cannot see but models read, and with ``?`` for half a character."""
    shown = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return shown.encode("utf-8", "replace").decode()


class Mask:
    """Placeholders such as ``[PHONE_1]`` for personal data: the same text gets the same one in every text covered."""

    def __init__(self) -> None:
        self._placeholders: dict[tuple[str, str], str] = {}
        self._restored: dict[str, str] = {}

    def cover(self, text: str, signals: Iterable[Seen]) -> str:
        """The text with placeholders; amounts, dates and hosts stay."""
        labels = _labels(text, list(signals))
        parts: list[str] = []
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or labels[end] != labels[start]:
                run, label = text[start:end], labels[start]
                parts.append(self._placeholder(label[0], run, text) if label else run)
                start = end
        return "".join(parts)

    def restore(self, text: str) -> str:
        """The text with what the placeholders stand for."""
        return _PLACEHOLDER.sub(lambda match: self._restored.get(match[0], match[0]), text)

    def _placeholder(self, kind: str, value: str, text: str) -> str:
        known = self._placeholders.get((kind, value))
        if known is not None:
            return known
        number = 1
        while (name := f"[{kind}_{number}]") in self._restored or name in text:  # the sender may have written one
            number += 1
        self._placeholders[kind, value] = name
        self._restored[name] = value
        return name


def _labels(text: str, signals: list[Seen]) -> list[tuple[str, int] | None]:
    """For every character which placeholder's it is, None where it stays; what is put later goes first."""
    labels: list[tuple[str, int] | None] = [None] * (len(text) + 1)
    number = 0

    def put(start: int, end: int, kind: str | None) -> None:
        nonlocal number
        number += 1
        labels[start:end] = [(kind, number) if kind else None] * (end - start)

    links = [seen for seen in signals if seen.kind == "url"]
    for kind, net in _NETS:
        for match in net.finditer(text):
            put(*match.span(), kind)
    for view in normalise(text):  # numbers in words and in other digits too
        for match in _NUMBER.finditer(view.text):
            put(*view.span(*match.span()), "NUMBER")
    for seen in signals:
        if seen.kind in _KEPT:
            put(seen.start, seen.end, None)
    for seen in links:
        put(seen.start, host_end(text, seen.start, seen.end), None)
    for seen in signals:
        if seen.kind in PLACEHOLDERS:
            put(seen.start, seen.end, PLACEHOLDERS[seen.kind])
    for seen in links:
        put(query_start(text, seen.start, seen.end), seen.end, "QUERY")
    return labels
