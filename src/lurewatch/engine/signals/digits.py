"""Runs of digits with separators: what telephone and card numbers are cut from."""

from __future__ import annotations

from dataclasses import dataclass

from lurewatch.engine.signals.surroundings import DIGITS

MOST_RUNS = 40
"""At most so many runs of digits are looked at in one view."""
MOST_GROUPS = 24
"""A run of more groups is no number: the longest card read out digit by digit has 19."""
_MOST_CHARS = 72
_SEPARATORS = frozenset(" ().-/")
_WITH_COMMAS = _SEPARATORS | {","}
_JOINS = frozenset({"", "-", ".", "(", ")", ")-", "-(", ")(", "/", ",", ")."})
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz_")


@dataclass(frozen=True, slots=True)
class Run:
    """Groups of digits in ``text[start:end]``. ``lead`` characters before it (``+``, ``(``) belong to it.

    ``kept`` leaves out a last group that is the beginning of something else (``10`` of ``10:30``, ``5`` of ``5pm``).
    """

    text: str
    start: int
    end: int
    spans: tuple[tuple[int, int], ...]
    groups: tuple[str, ...]
    kept: tuple[str, ...]
    lead: int
    plus: bool

    def separator(self, index: int) -> str:
        """What stands between group ``index`` and the next, ``""`` after the last; single characters as they are."""
        if index + 1 >= len(self.spans):
            return ""
        return self.text[self.spans[index][1] : self.spans[index + 1][0]]


def run_at(text: str, start: int, *, commas: bool = False) -> Run:
    """The run of digits that begins with the digit ``text[start]``. ``commas``: ``, `` may stand between groups."""
    separators = _WITH_COMMAS if commas else _SEPARATORS
    limit = min(len(text), start + _MOST_CHARS)
    spans: list[tuple[int, int]] = []
    groups: list[str] = []
    at, total, slashes = start, 0, 0
    while True:
        stop = _group_end(text, at, limit)
        spans.append((at, stop))
        groups.append(text[at:stop].replace("o", "0"))
        total += stop - at
        following = stop
        while following < limit and following - stop < 6 and text[following] in separators:
            following += 1
        if following >= limit or text[following] not in DIGITS:
            break
        gap = text[stop:following]
        slashes += "/" in gap
        if not _joins(gap, total, slashes):
            break
        at = following
    end = spans[-1][1]
    lead, plus = _lead(text, start)
    if lead and text[start - lead] == "(" and ")" not in text[start : end + 1]:
        lead -= 1  # an opening bracket that closes elsewhere
    kept = groups[:-1] if _is_cut(text, end, len(groups)) else groups
    return Run(text, start, end, tuple(spans), tuple(groups), tuple(kept), lead, plus)


def _group_end(text: str, at: int, limit: int) -> int:
    """Digits, and the letter o where it stands for a zero: after a digit and not before another letter."""
    while at < limit:
        char = text[at]
        if char not in DIGITS and not (char == "o" and (at + 1 == len(text) or text[at + 1] not in _LETTERS)):
            break
        at += 1
    return at


def _joins(gap: str, total: int, slashes: int) -> bool:
    if gap in {" ", "-", "", "."}:
        return True
    core = gap.replace(" ", "")
    if len(core) > 1:
        core = "".join(dict.fromkeys(core))  # ")----" and "..." join like ")-" and "."
    if core not in _JOINS:
        return False
    if "/" in core:
        return slashes == 1 and total <= 5
    if "(" in core:
        return total <= 4
    return not (core[:1] == "." and " " in gap)  # a full stop before a space ends a sentence


def _lead(text: str, start: int) -> tuple[int, bool]:
    before = text[max(0, start - 3) : start]
    for opening, plus in (("(+", True), ("+(", True), ("+", True), ("+ ", True), ("(", False)):
        if before.endswith(opening):
            more = opening == "(" and before.endswith("+ (")
            return (3, True) if more else (len(opening), plus)
    return 0, False


def _is_cut(text: str, end: int, groups: int) -> bool:
    """Whether the last group runs on into something that is no telephone number: a word, a time, an amount."""
    if end >= len(text):
        return False
    char = text[end]
    if char in _LETTERS:
        return (groups > 1 and char != "x") or _is_word(text, end)
    following = text[end + 1] if end + 1 < len(text) else " "
    if char in "@%=":
        return True
    if char in ":,":
        return following in DIGITS and text[end + 2 : end + 4].isdecimal()
    return char == "-" and following in _LETTERS and _is_word(text, end + 1)


def _is_word(text: str, end: int) -> bool:
    """Letters and digits mixed, such as 12ab34: an identifier."""
    stop = end
    while stop < len(text) and stop - end < 24 and text[stop] in _LETTERS:
        stop += 1
    return stop < len(text) and text[stop] in DIGITS and text[end:stop] not in {"x", "ext"}
