"""Every pattern of every signal and rule in one pass over a view; exact spans by RE2.

A *prefilter* says which patterns may occur at all: Hyperscan where its wheel exists, else sets of RE2 patterns. Only
patterns that a rule then asks for are run by RE2, which is linear in the text and alone decides the spans, so that both
prefilters give the same answer. Patterns over ASCII run on the view with every other character as one ``?`` byte, so
byte offsets are offsets of the view; patterns of other scripts run on UTF-8, and only over texts that have such
characters.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any

from lurewatch.engine.matching import prefilters
from lurewatch.engine.matching.pattern import Pattern, compile_exact
from lurewatch.engine.matching.prefilters import Databases, HyperscanPrefilter, Prefilter, SetPrefilter, compile_alone
from lurewatch.engine.matching.words import is_whole
from lurewatch.engine.model import View

__all__ = ["Compiler", "Databases", "Matcher", "Pattern", "Scan", "Spans", "compile_alone", "fingerprint"]

Spans = list[tuple[int, int]]
ATOMS_VERSION = 15
"""Changes when the same patterns give other automata."""
MOST_SPANS = 100
"""At most so many spans of one pattern are read from one view; more make the scan incomplete."""

Compiler = Callable[[Sequence[Pattern]], Databases | None]
"""Gives the databases of these patterns: from a cache, or compiled elsewhere. None: compile here."""


def fingerprint(patterns: Sequence[Pattern]) -> str:
    """A key for the compiled databases of these patterns: patterns, library version and platform."""
    digest = hashlib.sha256()
    digest.update(f"{ATOMS_VERSION} {prefilters.VERSION} {sys.platform}".encode())
    for pattern in patterns:
        digest.update(f"\x00{pattern.exact}\x00{pattern.script}\x00{pattern.atoms}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class Matcher:
    """Finds every pattern in a view. Immutable, thread-safe; pickles as its patterns and databases."""

    def __init__(
        self,
        patterns: Sequence[Pattern],
        databases: Databases | None = None,
        *,
        use_hyperscan: bool = prefilters.AVAILABLE,
    ) -> None:
        self.patterns = tuple(patterns)
        self._exact: dict[int, Any] = {}
        self._prefilter: Prefilter
        if use_hyperscan:
            self._prefilter = HyperscanPrefilter(self.patterns, databases)
        else:
            self._prefilter = SetPrefilter(self.patterns)

    def dump(self) -> Databases | None:
        """The compiled databases, for the ``databases`` argument; None without Hyperscan."""
        return self._prefilter.dump() if isinstance(self._prefilter, HyperscanPrefilter) else None

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.patterns, self.dump())

    def scan(self, view: View) -> Scan:
        """One pass over the view: which patterns may occur; their spans are read when asked for."""
        text = view.text
        data = text.encode("ascii", "replace")
        fired = self._prefilter.ascii(data)
        if text.isascii():
            return Scan(self, view, data, fired)
        utf8 = text.encode("utf-8", "replace")  # a lone surrogate becomes one "?", so offsets hold
        return Scan(self, view, data, {*fired, *self._prefilter.script(utf8)}, utf8)

    def exact(self, number: int) -> Any:
        """The RE2 program of a pattern, compiled on first use: a start need not wait for what never occurs."""
        program = self._exact.get(number)
        if program is None:
            program = self._exact[number] = compile_exact(self.patterns[number])
        return program


class Scan:
    """What one pass over a view found. ``fired`` are the numbers of patterns that may occur; ``spans`` is exact."""

    __slots__ = ("_data", "_matcher", "_spans", "_utf8", "complete", "fired", "view")

    def __init__(self, matcher: Matcher, view: View, data: bytes, fired: Collection[int], utf8: bytes = b"") -> None:
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
        script = self._matcher.patterns[number].script
        found: Spans = []
        for match in self._matcher.exact(number).finditer(self._utf8 if script else self._data):
            if len(found) == MOST_SPANS:
                self.complete = False
                break
            found.append(match.span())
        if script:
            text = self._utf8.decode()
            return [span for span in _code_points(self._utf8, found) if is_whole(text, *span)]
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


def _restore(patterns: Sequence[Pattern], databases: Databases | None) -> Matcher:
    return Matcher(patterns, databases, use_hyperscan=databases is not None)
