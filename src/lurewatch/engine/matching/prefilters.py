"""Which patterns occur in a text at all: by Hyperscan, or by sets of RE2 patterns where it is not to be had."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import re2

from lurewatch.engine.matching.pattern import Pattern, compile_exact, options

try:
    import hyperscan
except ImportError:  # no wheel for this platform: RE2 alone does the same, slower
    hyperscan = None  # type: ignore[assignment]

AVAILABLE = hyperscan is not None
"""Whether Hyperscan is there."""
VERSION = str(getattr(hyperscan, "__version__", "none"))
_SET_SIZE = 64
_SET_MEMORY = 256 << 20


class Prefilter(Protocol):
    """Says which patterns occur: pattern number -> offset of the last match's end, or -1 when not known."""

    def fired(self, data: bytes) -> Mapping[int, int]: ...


class HyperscanPrefilter:
    """All patterns in one block-mode database. Thread-safe: each thread has scratch space of its own."""

    def __init__(self, expressions: Sequence[tuple[int, str]], database: bytes | None = None) -> None:
        self._local = threading.local()
        self._database = (_loaded(database) if database else None) or _compiled(expressions)

    def dump(self) -> bytes:
        """The compiled database, to be cached by ``fingerprint``."""
        return bytes(hyperscan.dumpb(self._database))

    def fired(self, data: bytes) -> Mapping[int, int]:
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        ends: dict[int, int] = {}
        self._database.scan(data, match_event_handler=_remember_end, context=ends, scratch=scratch)
        return ends


def _compiled(expressions: Sequence[tuple[int, str]]) -> Any:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expression.encode() for _, expression in expressions],
        ids=[number for number, _ in expressions],
        elements=len(expressions),
        flags=0,
    )
    return database


def _loaded(data: bytes) -> Any:
    """The database in ``data``; None when it was made for another processor or version."""
    try:
        database = hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
    except hyperscan.error:
        return None
    return database


def _remember_end(number: int, _start: int, end: int, _flags: int, ends: Any) -> None:
    ends[number] = end  # the ends of one pattern arrive in rising order


class SetPrefilter:
    """The same answer from sets of RE2 patterns, for platforms without Hyperscan."""

    def __init__(self, expressions: Sequence[tuple[int, str]], *, literal: bool) -> None:
        self._sets: list[tuple[list[int], Any]] = []
        for first in range(0, len(expressions), _SET_SIZE):
            chunk = expressions[first : first + _SET_SIZE]
            members = re2.Set.SearchSet(options(literal=literal, longest=False, memory=_SET_MEMORY))
            for _, expression in chunk:
                members.Add(expression.encode())
            members.Compile()
            self._sets.append(([number for number, _ in chunk], members))

    def fired(self, data: bytes) -> Mapping[int, int]:
        return {numbers[found]: -1 for numbers, members in self._sets for found in members.Match(data) or ()}


def compile_alone(pattern: Pattern) -> str | None:
    """Why RE2 or Hyperscan refuses the pattern, or None. In a database one bad pattern fails all, unnamed."""
    try:
        compile_exact(pattern)
    except re2.error as error:
        return f"RE2: {error}"
    if hyperscan is not None:
        try:
            HyperscanPrefilter([(0, pattern.prefilter)])
        except hyperscan.error as error:
            return f"Hyperscan: {error}"
    return None
