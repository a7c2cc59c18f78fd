"""Every pattern of every signal and rule in one automaton: one pass over a view, exact spans by RE2.

A *prefilter* says which patterns occur at all: Hyperscan where its wheel exists, else sets of RE2 patterns. Only the
patterns that fired are then run by RE2, which is linear in the text and alone decides the spans, so that both
prefilters give the same answer. Patterns over ASCII run on the view with every other character as one ``?`` byte, so
byte offsets are offsets of the view; patterns of other scripts run on UTF-8 in a second, small database, and only over
texts that have such characters.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import re2

from lurewatch.engine.model import View

try:
    import hyperscan
except ImportError:  # no wheel for this platform: RE2 alone does the same, slower
    hyperscan = None  # type: ignore[assignment]

Spans = list[tuple[int, int]]
Databases = tuple[bytes, bytes]
"""Compiled automata as bytes: the ASCII patterns, the patterns of other scripts (empty when there are none)."""
MOST_SPANS = 100
"""At most so many spans of one pattern are read from one view; more make the scan incomplete."""
_SET_SIZE = 64
_SET_MEMORY = 256 << 20


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern. ``exact`` is for RE2 and decides; ``prefilter``, for Hyperscan, may fire too often.

    ``literal`` patterns are for scripts that do not fold to ASCII: they match text instead of bytes, and where the
    script writes spaces between words a match must be a whole word.
    """

    name: str
    exact: str
    prefilter: str
    literal: bool = False


Compiler = Callable[[Sequence[Pattern]], Databases | None]
"""Gives the databases of these patterns: from a cache, or compiled elsewhere. None: compile here."""


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
            members = re2.Set.SearchSet(_options(literal=literal, longest=False, memory=_SET_MEMORY))
            for _, expression in chunk:
                members.Add(expression.encode())
            members.Compile()
            self._sets.append(([number for number, _ in chunk], members))

    def fired(self, data: bytes) -> Mapping[int, int]:
        return {numbers[found]: -1 for numbers, members in self._sets for found in members.Match(data) or ()}


def _options(*, literal: bool, longest: bool = True, memory: int = 8 << 20) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.UTF8 if literal else re2.Options.Encoding.LATIN1
    options.longest_match = longest
    options.never_capture = True
    options.log_errors = False
    options.max_mem = memory
    return options


def compile_exact(pattern: Pattern) -> Any:
    """The RE2 program that decides the spans of ``pattern``; raises ``re2.error`` when RE2 refuses it."""
    return re2.compile(pattern.exact.encode(), options=_options(literal=pattern.literal, memory=32 << 20))


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


def fingerprint(patterns: Sequence[Pattern]) -> str:
    """A key for the compiled databases of these patterns: patterns, library version and platform."""
    digest = hashlib.sha256()
    version = getattr(hyperscan, "__version__", "none")
    digest.update(f"{version} {sys.platform}".encode())
    for pattern in patterns:
        digest.update(f"\x00{pattern.prefilter}\x00{pattern.literal}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class Matcher:
    """Finds every pattern in a view. Immutable, thread-safe; pickles as its patterns and databases."""

    def __init__(
        self,
        patterns: Sequence[Pattern],
        databases: Databases | None = None,
        *,
        use_hyperscan: bool = hyperscan is not None,
    ) -> None:
        self.patterns = tuple(patterns)
        self._use_hyperscan = use_hyperscan
        self._exact: dict[int, Any] = {}
        ascii_ones = [(n, p) for n, p in enumerate(self.patterns) if not p.literal]
        literal_ones = [(n, p) for n, p in enumerate(self.patterns) if p.literal]
        self._ascii, self._literal = (
            self._prefilter(members, databases[which] if databases else None, literal=bool(which))
            for which, members in enumerate((ascii_ones, literal_ones))
        )

    def _prefilter(
        self, members: Sequence[tuple[int, Pattern]], database: bytes | None, *, literal: bool
    ) -> Prefilter | None:
        if not members:
            return None
        if self._use_hyperscan:
            return HyperscanPrefilter([(n, p.prefilter) for n, p in members], database or None)
        return SetPrefilter([(n, p.exact) for n, p in members], literal=literal)

    def dump(self) -> Databases | None:
        """The compiled databases (ASCII, other scripts), for the ``databases`` argument; None without Hyperscan."""
        if not self._use_hyperscan:
            return None
        first, second = (p.dump() if isinstance(p, HyperscanPrefilter) else b"" for p in (self._ascii, self._literal))
        return first, second

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.patterns, self.dump(), self._use_hyperscan)

    def scan(self, view: View) -> Scan:
        """One pass over the view: which patterns may occur; their spans are read when asked for."""
        text = view.text
        data = text.encode("ascii", "replace")
        fired = dict(self._ascii.fired(data)) if self._ascii is not None else {}
        if self._literal is None or text.isascii():
            return Scan(self, view, data, fired)
        utf8 = text.encode("utf-8", "replace")  # a lone surrogate becomes one "?", so offsets hold
        fired.update(dict.fromkeys(self._literal.fired(utf8), -1))
        return Scan(self, view, data, fired, utf8)

    def exact(self, number: int) -> Any:
        """The RE2 program of a pattern, compiled on first use: a start need not wait for what never occurs."""
        program = self._exact.get(number)
        if program is None:
            program = self._exact[number] = compile_exact(self.patterns[number])
        return program


class Scan:
    """What one pass over a view found. ``fired`` are the numbers of patterns that may occur; ``spans`` is exact."""

    __slots__ = ("_data", "_matcher", "_spans", "_utf8", "complete", "fired", "view")

    def __init__(self, matcher: Matcher, view: View, data: bytes, fired: Mapping[int, int], utf8: bytes = b"") -> None:
        self._matcher, self._data, self._utf8 = matcher, data, utf8
        self._spans: dict[int, Spans] = {}
        self.view = view
        self.fired = fired
        self.complete = True

    def spans(self, number: int) -> Spans:
        """The spans of one pattern: offsets of the view, in order, disjoint, at most MOST_SPANS.

        When there are more, ``complete`` becomes false.
        """
        known = self._spans.get(number)
        if known is None:
            known = self._spans[number] = self._read(number) if number in self.fired else []
        return known

    def everything(self) -> dict[int, Spans]:
        """The spans of every pattern that occurs."""
        return {number: spans for number in sorted(self.fired) if (spans := self.spans(number))}

    def _read(self, number: int) -> Spans:
        literal = self._matcher.patterns[number].literal
        found: Spans = []
        last = self.fired[number]  # where the last match ends, when known: it saves the search that finds none
        for match in self._matcher.exact(number).finditer(self._utf8 if literal else self._data):
            span = match.span()
            found.append(span)
            if span[1] == last:
                break
            if len(found) == MOST_SPANS:
                self.complete = False
                break
        if literal:
            text = self._utf8.decode()
            return [span for span in _code_points(self._utf8, found) if _is_whole(text, *span)]
        return found


def _code_points(data: bytes, spans: Spans) -> Spans:
    """Spans in bytes of UTF-8 as spans in code points, in one walk."""
    found: Spans = []
    byte = point = 0
    for start, end in spans:
        first = point + len(data[byte:start].decode())
        byte, point = end, first + len(data[start:end].decode())
        found.append((first, point))
    return found


def _restore(patterns: Sequence[Pattern], databases: Databases | None, use_hyperscan: bool) -> Matcher:
    return Matcher(patterns, databases, use_hyperscan=use_hyperscan)


_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han compatibility
    (0x20000, 0x3FFFF),  # Han extensions
)


def _continues_word(char: str) -> bool:
    """Whether a match may not border on this character: a letter or sign of a script that writes spaces."""
    if not (char.isalnum() or 0x0300 <= ord(char) <= 0x0DFF):
        return False
    code = ord(char)
    return not any(low <= code <= high for low, high in _UNSPACED)


def _is_whole(text: str, start: int, end: int) -> bool:
    first, last = text[start], text[end - 1]
    before_ok = start == 0 or not (_continues_word(first) and _continues_word(text[start - 1]))
    after_ok = end == len(text) or not (_continues_word(last) and _continues_word(text[end]))
    return before_ok and after_ok
