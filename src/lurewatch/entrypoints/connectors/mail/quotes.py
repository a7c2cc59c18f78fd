"""Which words of a mail are its sender's own, and which repeat what was said before.

A mark alone proves nothing: anybody can type "-----Original Message-----" above a lure. So words count as quoted only
where they have the shape of a quotation: indented (``>``, ``blockquote``), or below the header block that mail programs
write (From, Sent, To, Subject). And what is left out is handed over, to be compared with what was really said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import quotequail

from lurewatch.entrypoints.connectors.mail.reading import Line

_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
"""`10:12`, `10.12`, `10h12`; not `604-555-1234`."""
_DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./] ?\d{1,2}[-./] ?\d{2,4}")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"\d(?:[ ().-]{0,3}\d){9}")
"""Ten digits that belong together: `604-555-1234`. An introduction with one is more than an introduction."""
_INTRODUCING = re.compile(r".*(?:[:：]|<[^<>\s]{1,254}@[^<>\s]{1,254}>\)?[:：]?)")
"""How an introduction ends: `... wrote:`, `... 写道：`, `Ann <ann@example.com>`."""
_LABEL = re.compile(r"\*?([^\W\d_][\w -]{0,24}?)\s?\*?[:：]\*?\s?\S")
"""`From: Ann`, `Envoyé : lundi`, `*Sent:* Monday`."""
_SENDERS = {
    *("from", "von", "de", "da", "od", "van", "från", "fra", "lähettäjä", "feladó", "от", "от кого", "від"),
    *("gönderen", "kimden", "差出人", "发件人", "寄件者", "보낸 사람", "من", "מאת", "từ", "dari", "จาก"),
}
"""What mail programs write before a sender."""
_DIVIDER = re.compile(r"[-_]{5,}[^-_]{0,60}[-_]{0,60}")
_BLANKS = re.compile(r"\n{3,}")
_LONGEST_INTRODUCTION = 300
_FEWEST_LABELS, _MOST_LABELS = 3, 8
_SIGNATURE_LINES, _SIGNATURE_LENGTH = 8, 500
_MOST_LOOKED_AT = 200
"""So many places are looked at for who wrote what was quoted; a sender decides how many there are."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A mail in parts: the sender's ``own`` words, what is ``quoted``, and the ``signature``.

    Who wrote what was quoted, and when (names, addresses, times), is in none of them.
    """

    own: str
    quoted: str = ""
    signature: str = ""


def split(lines: Sequence[Line]) -> Parts:
    """The parts of a mail. One that would have no words of its own is its sender's own as a whole."""
    blocks = _header_blocks(lines)
    below = min((start for start, _ in blocks if lines[start].depth == 0), default=len(lines))
    headers = {number for start, end in blocks for number in range(start, end)} | _introductions(lines)
    quoted = {number for number, line in enumerate(lines) if line.depth or number >= below} - headers
    own = [number for number in range(len(lines)) if number not in headers and number not in quoted]
    signature = _signature(lines, own)
    words = _text(lines, (number for number in own if number not in signature))
    if not words:
        everything = range(len(lines))
        return Parts(
            _text(lines, (number for number in everything if number not in headers)) or _text(lines, everything)
        )
    return Parts(words, _text(lines, sorted(quoted)), _text(lines, sorted(signature)))


def _text(lines: Sequence[Line], numbers: Iterable[int]) -> str:
    return _BLANKS.sub("\n\n", "\n".join(lines[number].text for number in numbers)).strip()


def _header_blocks(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Where mail programs wrote From, Sent, To and Subject: half-open ranges, a divider above them included."""
    blocks: list[tuple[int, int]] = []
    number = looked = 0
    while number < len(lines) and looked < _MOST_LOOKED_AT:
        label = _label(lines[number])
        if label not in _SENDERS:
            number += 1
            continue
        looked += 1
        end = number + 1
        while end < min(len(lines), number + _MOST_LABELS) and _label(lines[end]):
            end += 1
        if _is_header_block([line.text for line in lines[number:end]]):
            blocks.append((_above_divider(lines, number), end))
        number = end
    return blocks


def _label(line: Line) -> str:
    found = _LABEL.match(line.text) if len(line.text) <= _LONGEST_INTRODUCTION else None
    return found[1].strip().casefold() if found else ""


def _is_header_block(texts: Sequence[str]) -> bool:
    if len(texts) < _FEWEST_LABELS or any(_NUMBER.search(_DATE.sub(" / ", text)) for text in texts):
        return False
    if any(_CLOCK.search(text) and (_YEAR.search(text) or _DATE.search(text)) for text in texts):
        return True
    unwrapped = quotequail.unwrap("\n".join(texts)) or {}
    return {"from", "date", "subject"} <= unwrapped.keys()


def _above_divider(lines: Sequence[Line], number: int) -> int:
    above = number - 1
    while above >= 0 and not lines[above].text:
        above -= 1
    return above if above >= 0 and _DIVIDER.fullmatch(lines[above].text) else number


def _introductions(lines: Sequence[Line]) -> set[int]:
    """The lines that say who wrote what is indented below them, or at the top of a quotation."""
    found: set[int] = set()
    looked = 0
    filled = [number for number, line in enumerate(lines) if line.text]
    for place, number in enumerate(filled):
        deeper = place > 0 and lines[number].depth > lines[filled[place - 1]].depth
        if not deeper or looked >= _MOST_LOOKED_AT:
            continue
        looked += 1
        if _introduces(lines[number].text):
            found.add(number)
        for length in (1, 2, 3):
            above = filled[max(place - length, 0) : place]
            if _introduces(" ".join(lines[line].text for line in above)):
                found.update(above)
                break
    return found


def _introduces(text: str) -> bool:
    if len(text) > _LONGEST_INTRODUCTION or not (_CLOCK.search(text) or _YEAR.search(text) or _DATE.search(text)):
        return False
    if _NUMBER.search(_DATE.sub(" / ", text)):
        return False
    if (quotequail.unwrap(text) or {}).get("type") == "reply":
        return True
    return _CLOCK.search(text) is not None and _INTRODUCING.fullmatch(text) is not None


def _signature(lines: Sequence[Line], own: Sequence[int]) -> set[int]:
    """The short block that the sender's mail program, or a line ``--``, sets apart at the end of their words."""
    for place in range(len(own) - 1, 0, -1):
        line = lines[own[place]]
        if line.text != "--" and not (line.signed and not lines[own[place - 1]].signed):
            continue
        block = [own[place]]
        for number in own[place + 1 :]:
            if number != block[-1] + 1 or lines[number].signed != line.signed:
                break
            block.append(number)
        texts = [lines[number].text for number in block if lines[number].text]
        short = len(texts) <= _SIGNATURE_LINES and sum(map(len, texts)) <= _SIGNATURE_LENGTH
        return set(block) if short else set()
    return set()
