"""Reads signals with the shipped tables, one kind or all, without an engine around it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import re2

from lurewatch.engine import packs
from lurewatch.engine.model import Signal, View
from lurewatch.engine.packs.tables import Tables, parse_tables
from lurewatch.engine.signals import KINDS, Kind, Sighting
from lurewatch.engine.text import normalise
from lurewatch.errors import Problem

REGIONS = ("US", "CA", "IN", "GB")


@cache
def tables() -> Tables:
    """The tables of the core pack; they must be free of problems."""
    folder = files(packs) / "core" / "tables"
    problems: list[Problem] = []
    found = parse_tables({entry.name: entry.read_bytes() for entry in folder.iterdir()}, problems)
    assert problems == []
    return found


@cache
def programs(kind: Kind, known: Tables) -> tuple[Any, ...]:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.longest_match = True
    options.never_capture = True
    return tuple(re2.compile(pattern.encode(), options=options) for pattern in kind.patterns(known))


def candidates(kind: Kind, view: View, known: Tables) -> list[tuple[int, int]]:
    """The spans the engine would hand to the kind."""
    data = view.text.encode("ascii", "replace")
    return sorted(match.span() for program in programs(kind, known) for match in program.finditer(data))


def see(text: str, *kinds: str, regions: tuple[str, ...] = REGIONS, known: Tables | None = None) -> list[Signal]:
    """The signals in all readings of ``text``, of the named kinds or of all; an overlapping second one is dropped."""
    found: list[Signal] = []
    known = known or tables()
    for view in normalise(text):
        for kind in KINDS:
            if view.reading not in kind.readings or (kinds and not set(kinds) & set(kind.yields)):
                continue
            spans = candidates(kind, view, known)
            for signal in kind.read(Sighting(text, view, spans, known, regions)) if spans else ():
                if not any(overlaps(signal, other) for other in found):
                    found.append(signal)
    return [signal for signal in found if not kinds or signal.kind in kinds]


def overlaps(one: Signal, other: Signal) -> bool:
    return one.kind == other.kind and one.start < other.end and other.start < one.end


def values(text: str, kind: str) -> list[str]:
    """The values of one kind, in order."""
    return [signal.value for signal in see(text, kind)]


def written(text: str, kind: str) -> list[str]:
    """What stands in the text for each signal of one kind, in order."""
    return [text[signal.start : signal.end] for signal in see(text, kind)]


def traits(text: str, kind: str) -> frozenset[str]:
    """The traits of the only signal of one kind."""
    (signal,) = see(text, kind)
    return signal.traits
