"""Contact data split over consecutive messages of one sender: "604" ... "555" ... "1234"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import re2

from lurewatch.engine.model import Hit, Message, Part, Signal
from lurewatch.engine.packs.conditions import Combination, SignalPresent
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.reading import MessageReading, Reader
from lurewatch.engine.state import Dossier, Tail

_KINDS = frozenset({"phone", "email", "card", "iban", "upi", "wallet", "bank_account"})
_HEAD = 48
_SHORT = 160
"""Only short messages carry on a number of the last one; long ones are prose."""
_NUMBER = r"(?:\d|oh|zero|one|two|three|four|five|six|seven|eight|nine)"
_ENDS_OPEN = re2.compile(rf"(?i)(?:{_NUMBER}|@|\bat|\bdot|[+(.-])[\s,.…-]*$")
"""A message that may go on: it ends in a digit, a number word, or a joint of an address."""
_BEGINS_OPEN = re2.compile(rf"(?i)^[\s,.…-]*(?:{_NUMBER}|@|at\b|dot\b|[+(.-]|[a-z0-9._-]{{1,40}}(?:@|\.[a-z]{{2,}}))")
"""A message that may continue one: it begins with a digit, a number word, or the rest of an address."""
_ENDS_JOINT = re2.compile(r"(?i)(?:@|\bat|\bdot)\s*$")
"""A message that breaks off in the middle of an address."""
_BEGINS_JOINT = re2.compile(r"(?i)^\s*(?:@[a-z0-9]|dot\s[a-z]|at\s[a-z0-9-]{1,20}(?:\.|\sdot\s)[a-z])")
"""A message that goes on with the middle of an address, whatever the last one ended in; not "at 5 pm"."""


_FURTHEST = 3
"""A message may go on after so many places: others may have spoken between."""


class Splitter:
    """Reads the seams between a sender's last messages and this one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def across(self, dossier: Dossier, message: Message, index: int) -> list[Signal]:
        """Signals that need the messages before, with their parts; ``start`` and ``end`` are those in this message."""
        pieces = _going_on(dossier.tails, message.text, index)
        if not pieces:
            return []
        head = message.text[:_HEAD]
        before = " ".join(piece.text for piece in pieces)
        seam = len(before) + 1
        alone = {signal.kind for signal in self._reader.signals(before)}
        alone |= {signal.kind for signal in self._reader.signals(head)}
        found = []
        for signal in self._reader.signals(f"{before} {head}"):
            if signal.kind in _KINDS and signal.kind not in alone and signal.start < seam - 1 and signal.end > seam:
                parts = tuple(_parts((*pieces, Tail(index, 0, head)), signal.start, signal.end))
                found.append(replace(signal, start=0, end=signal.end - seam, parts=parts))
        return found

    def extended(self, reading: MessageReading, split: list[Signal], rules: Mapping[str, Rule]) -> MessageReading:
        """The reading with these signals, and the hits of every rule that is about one such signal alone."""
        hits = list(reading.hits)
        for signal in split:
            hits.extend(
                Hit(rule.id, signal.start, signal.end, signal.parts)
                for rule in rules.values()
                if rule.mode == "enforce" and not rule.only_marks and _is_about(rule, signal)
            )
        return replace(reading, signals=(*reading.signals, *split), hits=tuple(hits))


def _going_on(tails: tuple[Tail, ...], text: str, index: int) -> list[Tail]:
    """The ends of the last messages that run on into this one, oldest first; mostly none."""
    pieces: list[Tail] = []
    for tail in reversed(tails):
        if tail.message_index < index - _FURTHEST or not tail.text or not _is_open(tail.text, text):
            break
        pieces.insert(0, tail)
        if tail.start:
            break  # the message before it ended in something else
        text, index = tail.text, tail.message_index
    return pieces


def _is_open(before: str, after: str) -> bool:
    """Whether the second text may go on with what the first one ends in."""
    if len(after) > _SHORT:
        return False
    end, begin = _encodable(before), _encodable(after)
    if _BEGINS_JOINT.search(begin) or (_ENDS_JOINT.search(end) and begin[:1].isalnum()):
        return True
    return bool(_ENDS_OPEN.search(end) and _BEGINS_OPEN.search(begin))


def _parts(pieces: tuple[Tail, ...], start: int, end: int) -> Iterator[Part]:
    """The pieces of ``[start, end)``, in offsets of the pieces joined with spaces, in each message."""
    offset = 0
    for piece in pieces:
        first, last = max(start - offset, 0), min(end - offset, len(piece.text))
        if first < last:
            yield Part(piece.message_index, piece.start + first, piece.start + last)
        offset += len(piece.text) + 1


def _encodable(text: str) -> str:
    """The text as RE2 takes it: lone surrogates have no bytes in UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _is_about(rule: Rule, signal: Signal) -> bool:
    names = {signal.kind, *(f"{signal.kind}.{trait}" for trait in signal.traits)}
    match rule.when:
        case SignalPresent(name):
            return name in names
        case Combination("any", of):
            return any(isinstance(inner, SignalPresent) and inner.name in names for inner in of)
        case _:
            return False
