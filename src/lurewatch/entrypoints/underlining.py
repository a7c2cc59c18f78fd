"""A text on a terminal with places of it underlined and numbered, in lines that fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from lurewatch.entrypoints.terminal import named

_BREAKS = frozenset("\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_JOINERS = frozenset("\u200c\u200d")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the text with the label that stands under it."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its characters as (what is shown, offset in the text), and the rows of underlines below it.

    A line with right-to-left letters, whose order the terminal decides, has the labels of its marks in one row instead.
    """

    characters: tuple[tuple[str, int], ...]
    rows: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The line as it is shown."""
        return "".join(shown for shown, _ in self.characters)


def underlined(text: str, marks: Sequence[Mark], width: int) -> list[Line]:
    """The text in lines of at most ``width`` cells, with the marks that touch each line below it."""
    return [Line(tuple(line), tuple(_rows(line, marks))) for line in _wrapped(text, max(20, width))]


def _wrapped(text: str, width: int) -> Iterator[list[tuple[str, int]]]:
    line: list[tuple[str, int]] = []
    used = 0
    for offset, char in enumerate(text):
        if char in _BREAKS:
            yield line
            line, used = [], 0
            continue
        shown = _shown(text, offset)
        size = cell_len(shown)
        if used + size > width:
            begin = _after_last_space(line)
            yield _stripped(line[:begin])
            line = line[begin:]
            used = sum(cell_len(kept) for kept, _ in line)
        line.append((shown, offset))
        used += size
    yield line


def _stripped(line: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return line[:-1] if line and line[-1][0] == " " else line


def _after_last_space(line: Sequence[tuple[str, int]]) -> int:
    """Where the last word of a line begins; the end of the line when that word is most of it."""
    for place in range(len(line) - 1, len(line) // 2, -1):
        if line[place][0] == " ":
            return place + 1
    return len(line)


def _shown(text: str, offset: int) -> str:
    char = text[offset]
    if char in "\t\r":
        return " "
    if char in _JOINERS and 0 < offset < len(text) - 1 and not (text[offset - 1] + text[offset + 1]).isascii():
        return char  # part of how its script or an emoji is written
    return named(char)


def _rows(line: Sequence[tuple[str, int]], marks: Sequence[Mark]) -> Iterator[str]:
    if not line:
        return
    first, last = line[0][1], line[-1][1]
    touching = [mark for mark in marks if mark.start <= last and mark.end > first]
    if any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for shown, _ in line for char in shown):
        if touching:
            yield "  ".join(mark.label for mark in touching)
        return
    columns = {offset: column for (_, offset), column in zip(line, _columns(line), strict=True)}
    end_of_line = cell_len("".join(shown for shown, _ in line))
    lanes: list[str] = []
    for mark in sorted(touching, key=lambda mark: (mark.start, -mark.end)):
        begin = columns[max(mark.start, first)]
        end = columns.get(mark.end, end_of_line)
        drawn = mark.label.ljust(end - begin, "\N{BOX DRAWINGS LIGHT HORIZONTAL}")
        lane = next((n for n, row in enumerate(lanes) if len(row) < begin or begin == 0 == len(row)), None)
        if lane is None:
            lanes.append("")
            lane = len(lanes) - 1
        lanes[lane] = lanes[lane].ljust(begin) + drawn
    yield from lanes


def _columns(line: Sequence[tuple[str, int]]) -> Iterator[int]:
    column = 0
    for shown, _ in line:
        yield column
        column += cell_len(shown)
