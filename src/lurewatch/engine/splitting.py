"""Contact data split over consecutive messages of one sender: "604 555" ... "1234"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import re2

from lurewatch.engine.model import Hit, Message, Part, Signal
from lurewatch.engine.packs.conditions import Combination, SignalPresent
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.reading import MessageReading, Reader
from lurewatch.engine.state import Dossier

_KINDS = frozenset({"phone", "email", "card", "iban", "upi", "wallet", "bank_account"})
_HEAD = 48
_SHORT = 160
"""Only short messages carry on a number of the last one; long ones are prose."""
_NUMBER = r"(?:\d|oh|zero|one|two|three|four|five|six|seven|eight|nine)"
_ENDS_OPEN = re2.compile(rf"(?i)(?:{_NUMBER}|@|\bat|\bdot|[+(.-])[\s,.…-]*$")
"""A message that may go on: it ends in a digit, a number word, or a joint of an address."""
_BEGINS_OPEN = re2.compile(rf"(?i)^[\s,.…-]*(?:{_NUMBER}|@|at\b|dot\b|[+(.-]|[a-z0-9._-]{{1,40}}(?:@|\.[a-z]{{2,}}))")
"""A message that may continue one: it begins with a digit, a number word, or the rest of an address."""
_BEGINS_JOINT = re2.compile(r"(?i)^\s*(?:@[a-z0-9]|dot\s[a-z]|at\s[a-z0-9-]{1,20}(?:\.|\sdot\s)[a-z])")
"""A message that goes on with the middle of an address, whatever the last one ended in; not "at 5 pm"."""


class Splitter:
    """Reads the seam between a sender's last message and this one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def across(self, dossier: Dossier, message: Message, index: int) -> list[Signal]:
        """Signals that need both messages, with their parts; ``start`` and ``end`` are those in this message."""
        tail, text = dossier.tail, message.text
        if not tail or len(text) > _SHORT or dossier.tail_index < index - 3:
            return []
        begin, end = _encodable(text), _encodable(tail)
        if not _BEGINS_JOINT.search(begin) and not (_ENDS_OPEN.search(end) and _BEGINS_OPEN.search(begin)):
            return []
        head = text[:_HEAD]
        alone = {signal.kind for signal in self._reader.signals(tail)} | {s.kind for s in self._reader.signals(head)}
        seam = len(tail) + 1
        found = []
        for signal in self._reader.signals(f"{tail} {head}"):
            if signal.kind in _KINDS and signal.kind not in alone and signal.start < seam - 1 and signal.end > seam:
                offset = dossier.tail_start
                parts = (
                    Part(dossier.tail_index, offset + signal.start, offset + len(tail)),
                    Part(index, 0, signal.end - seam),
                )
                found.append(replace(signal, start=0, end=signal.end - seam, parts=parts))
        return found

    def extended(self, reading: MessageReading, split: list[Signal], rules: Mapping[str, Rule]) -> MessageReading:
        """The reading with these signals, and the hits of every rule that is about one such signal alone."""
        hits = list(reading.hits)
        for signal in split:
            hits.extend(
                Hit(rule.id, signal.start, signal.end, signal.parts)
                for rule in rules.values()
                if rule.mode == "enforce" and _is_about(rule, signal)
            )
        return replace(reading, signals=(*reading.signals, *split), hits=tuple(hits))


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
