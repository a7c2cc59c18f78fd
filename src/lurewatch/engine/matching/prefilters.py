"""Which patterns may occur in a text: by Hyperscan over atoms, or by sets of RE2 patterns where it is not to be had.

Both may name a pattern that does not occur, never the other way round.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol

import orjson
import re2

from lurewatch.engine.matching.atoms import alternatives, atoms, collapse
from lurewatch.engine.matching.pattern import Pattern, compile_exact, options

try:
    import hyperscan
except ImportError:  # no wheel for this platform: RE2 alone does the same, slower
    hyperscan = None  # type: ignore[assignment]

AVAILABLE = hyperscan is not None
"""Whether Hyperscan is there."""
VERSION = str(getattr(hyperscan, "__version__", "none"))
Databases = bytes
"""Compiled automata, to be kept and given back; only for the patterns and the library they were made for."""
_SET_SIZE = 64
_SET_MEMORY = 256 << 20


class Prefilter(Protocol):
    """Says which patterns may occur in ASCII bytes, or in UTF-8 bytes of a text with other scripts."""

    def ascii(self, data: bytes) -> Collection[int]: ...

    def script(self, data: bytes) -> Collection[int]: ...


class HyperscanPrefilter:
    """Three automata: atoms over collapsed text, patterns without atoms over the text, literals of other scripts."""

    def __init__(self, patterns: Sequence[Pattern], databases: Databases | None = None) -> None:
        parts = _unpacked(databases) if databases else None
        automata = _restored(parts) if parts else None
        self._words, self._raw, self._script = automata or _compiled(patterns)

    def dump(self) -> Databases:
        """Everything, for the ``databases`` argument."""
        return _packed([part for automaton in (self._words, self._raw, self._script) for part in automaton.dump()])

    def ascii(self, data: bytes) -> Collection[int]:
        found = self._words.scan(collapse(data))
        found.update(self._raw.scan(data))
        return found

    def script(self, data: bytes) -> Collection[int]:
        return self._script.scan(data)


class _Automaton:
    """One block-mode database; ``owners`` are the numbers of the patterns behind each expression."""

    def __init__(self, database: Any, owners: Sequence[Sequence[int]]) -> None:
        self._database = database
        self._owners = owners
        self._local = threading.local()  # scratch space must not be shared between threads

    def dump(self) -> list[bytes]:
        return [orjson.dumps(self._owners), bytes(hyperscan.dumpb(self._database)) if self._owners else b""]

    def scan(self, data: bytes) -> set[int]:
        owners = self._owners
        if not owners:
            return set()
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        fired: set[int] = set()
        self._database.scan(data, match_event_handler=_remember, context=fired, scratch=scratch)
        return {number for expression in fired for number in owners[expression]}


def _remember(expression: int, _start: int, _end: int, _flags: int, fired: Any) -> None:
    fired.add(expression)


def _compiled(patterns: Sequence[Pattern]) -> list[_Automaton]:
    words: dict[str, set[int]] = {}
    raw: dict[str, set[int]] = {}
    script: dict[str, set[int]] = {}
    for number, pattern in enumerate(patterns):
        if pattern.script:
            for atom in pattern.atoms:
                script.setdefault(_bytewise(atom), set()).add(number)
            continue
        for alternative in alternatives(pattern.exact):
            needed = atoms(alternative)
            for expression in needed or (alternative,):
                (words if needed else raw).setdefault(expression, set()).add(number)
    return [_automaton(expressions) for expressions in (words, raw, script)]


def _automaton(expressions: dict[str, set[int]]) -> _Automaton:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    ordered = sorted(expressions)
    if ordered:
        database.compile(
            expressions=[expression.encode() for expression in ordered],
            ids=list(range(len(ordered))),
            elements=len(ordered),
            flags=0,
        )
    return _Automaton(database, [sorted(expressions[expression]) for expression in ordered])


def _bytewise(atom: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in atom.encode())


def _packed(parts: Iterable[bytes]) -> Databases:
    kept = list(parts)
    return orjson.dumps([len(part) for part in kept]) + b"\n" + b"".join(kept)


def _unpacked(databases: Databases) -> list[bytes]:
    header, _, body = databases.partition(b"\n")
    parts, position = [], 0
    for length in orjson.loads(header):
        parts.append(body[position : position + length])
        position += length
    return parts


def _restored(parts: Sequence[bytes]) -> list[_Automaton] | None:
    """The automata; None when they were made for another processor or version."""
    automata = []
    for owners, dumped in zip(parts[::2], parts[1::2], strict=True):
        database = None
        if dumped:
            try:
                database = hyperscan.loadb(dumped, hyperscan.HS_MODE_BLOCK)
                database.scratch = hyperscan.Scratch(database)
            except hyperscan.error:
                return None
        automata.append(_Automaton(database, orjson.loads(owners)))
    return automata


class SetPrefilter:
    """The same from sets of the RE2 patterns themselves."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._ascii = _sets([(n, p) for n, p in enumerate(patterns) if not p.script])
        self._script = _sets([(n, p) for n, p in enumerate(patterns) if p.script])

    def ascii(self, data: bytes) -> Collection[int]:
        return _members(self._ascii, data)

    def script(self, data: bytes) -> Collection[int]:
        return _members(self._script, data)


def _sets(patterns: Sequence[tuple[int, Pattern]]) -> list[tuple[list[int], Any]]:
    sets = []
    for first in range(0, len(patterns), _SET_SIZE):
        chunk = patterns[first : first + _SET_SIZE]
        members = re2.Set.SearchSet(options(script=chunk[0][1].script, longest=False, memory=_SET_MEMORY))
        for _, pattern in chunk:
            members.Add(pattern.exact.encode())
        members.Compile()
        sets.append(([number for number, _ in chunk], members))
    return sets


def _members(sets: list[tuple[list[int], Any]], data: bytes) -> set[int]:
    return {numbers[found] for numbers, members in sets for found in members.Match(data) or ()}


def compile_alone(pattern: Pattern) -> str | None:
    """Why RE2 or Hyperscan refuses the pattern, or None. In a database one bad pattern fails all, unnamed."""
    try:
        compile_exact(pattern)
    except re2.error as error:
        return f"RE2: {error}"
    if hyperscan is not None:
        try:
            HyperscanPrefilter([pattern])
        except hyperscan.error as error:
            return f"Hyperscan: {error}"
    return None
