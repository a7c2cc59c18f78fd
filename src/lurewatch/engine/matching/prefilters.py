"""Which patterns may occur in a text: by Hyperscan over atoms, or by sets of RE2 patterns where it is not to be had.

Both may name a pattern that does not occur, never the other way round.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, Protocol

import orjson
import re2

from lurewatch.engine.matching.alternatives import alternatives
from lurewatch.engine.matching.atoms import WORD, atoms, collapse, words
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
    """Three automata: atoms over collapsed text, patterns without atoms over the text, literals of other scripts.

    Atoms that are whole words are looked up in a dictionary beside the first.
    """

    def __init__(self, patterns: Sequence[Pattern], databases: Databases | None = None) -> None:
        parts = _restored(databases) if databases else None
        self._words, self._raw, self._script = parts or _compiled(patterns)

    def dump(self) -> Databases:
        """Everything, for the ``databases`` argument."""
        return _packed([part for automaton in (self._words, self._raw, self._script) for part in automaton.dump()])

    def ascii(self, data: bytes) -> Collection[int]:
        found = self._words.scan(collapse(data), words(data))
        found.update(self._raw.scan(data))
        return found

    def script(self, data: bytes) -> Collection[int]:
        return self._script.scan(data)


Clue = tuple[Sequence[Sequence[int]], Sequence[int]]
"""Sets of groups of expressions, and the patterns that may occur where one group of each set does."""


class _Automaton:
    """One block-mode database, words that are looked up beside it, and what both are clues to.

    Expressions with the same consequences form a *group* and share one number, so that what is read at every message
    is small. ``alone`` are the patterns that a group makes possible by itself; ``clues`` take several groups and are
    led by those of their first set. Groups that do neither have the highest numbers, beyond ``alone``.
    """

    def __init__(self, database: Any, tables: bytes) -> None:
        """``tables`` is JSON: how many numbers there are, the groups of the words, ``alone`` and ``clues``."""
        self._database, self._tables = database, tables
        self._local = threading.local()  # scratch space must not be shared between threads
        size, known, alone, clues = orjson.loads(tables)
        number = list(range(size)).__getitem__  # every number is one object, beside its neighbours in memory
        self._known = {word.encode(): number(group) for word, group in known.items()}
        led: list[list[tuple[tuple[frozenset[int], ...], tuple[int, ...]]]] = [[] for _ in alone]
        for sets, patterns in clues:
            clue = tuple(frozenset(map(number, found)) for found in sets[1:]), tuple(map(number, patterns))
            for group in sets[0]:
                led[group].append(clue)
        self._acts = tuple(
            (tuple(map(number, patterns)), tuple(clues)) for patterns, clues in zip(alone, led, strict=True)
        )

    def dump(self) -> list[bytes]:
        database = b"" if self._database is None else bytes(hyperscan.dumpb(self._database))
        return [self._tables, database]

    def scan(self, data: bytes, there: Sequence[bytes] = ()) -> set[int]:
        """The numbers of the patterns all of whose clues are in the text, or among its words."""
        known = self._known
        fired = {known[word] for word in there if word in known}
        if self._database is not None:
            self._search(data, fired)
        acts, acting = self._acts, len(self._acts)
        found: list[int] = []
        for group in fired:
            if group >= acting:
                continue
            alone, led = acts[group]
            found += alone
            for others, patterns in led:
                for other in others:
                    if fired.isdisjoint(other):
                        break
                else:
                    found += patterns
        return set(found)

    def _search(self, data: bytes, fired: set[int]) -> None:
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        # small databases miss literals that end with the text (Vectorscan 5.4.12); "$" also stands before this line end
        self._database.scan(data + b"\n", match_event_handler=_remember, context=fired, scratch=scratch)


def _remember(group: int, _start: int, _end: int, _flags: int, fired: Any) -> None:
    fired.add(group)


def _compiled(patterns: Sequence[Pattern]) -> list[_Automaton]:
    clues, raw, script = _Plan(WORD), _Plan(), _Plan()
    for number, pattern in enumerate(patterns):
        if pattern.script:
            script.add([tuple(_bytewise(atom) for atom in pattern.atoms)], number)
            continue
        for alternative in alternatives(pattern.exact):
            needed = atoms(alternative)
            (clues if needed else raw).add(needed or [(alternative,)], number)
    return [plan.compiled() for plan in (clues, raw, script)]


class _Plan:
    """Expressions and clues, before they are compiled; what begins with ``word`` is looked up, not searched."""

    def __init__(self, word: str = "") -> None:
        self._word = word
        self._alone: dict[str, set[int]] = {}
        self._clues: dict[tuple[tuple[str, ...], ...], set[int]] = {}

    def add(self, sets: Sequence[Sequence[str]], number: int) -> None:
        """Where one expression of each set occurs the pattern of this number may."""
        if len(sets) == 1:
            for expression in sets[0]:
                self._alone.setdefault(expression, set()).add(number)
        else:
            self._clues.setdefault(tuple(map(tuple, sets)), set()).add(number)

    def compiled(self) -> _Automaton:
        groups, alone, clues = self._grouped()
        words = {expression for expression in groups if self._word and expression.startswith(self._word)}
        searched = [expression for expression in groups if expression not in words]
        database = None
        if searched:
            database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            database.compile(
                expressions=[expression.encode() for expression in searched],
                ids=[groups[expression] for expression in searched],
                elements=len(searched),
                flags=0,
            )
        known = {expression.removeprefix(self._word): groups[expression] for expression in words}
        size = 1 + max(
            (*groups.values(), *chain.from_iterable(alone), *chain(*(numbers for _, numbers in clues))), default=0
        )
        return _Automaton(database, orjson.dumps([size, known, alone, clues]))

    def _grouped(self) -> tuple[dict[str, int], list[list[int]], list[Clue]]:
        """The group of each expression, and alone and clues in terms of groups."""
        places: dict[str, set[tuple[int, int]]] = {expression: set() for expression in self._alone}
        for clue, sets in enumerate(self._clues):
            for place, found in enumerate(sets):
                for expression in found:
                    places.setdefault(expression, set()).add((place, clue))
        members: dict[tuple[frozenset[int], frozenset[tuple[int, int]]], list[str]] = {}
        for expression, at in places.items():
            members.setdefault((frozenset(self._alone.get(expression, ())), frozenset(at)), []).append(expression)
        acting = [key for key in members if key[0] or min(key[1])[0] == 0]
        silent = [key for key in members if not (key[0] or min(key[1])[0] == 0)]
        groups = {expression: group for group, key in enumerate(acting + silent) for expression in members[key]}
        clues: list[Clue] = [
            ([sorted({groups[expression] for expression in found}) for found in sets], sorted(patterns))
            for sets, patterns in self._clues.items()
        ]
        return groups, [sorted(patterns) for patterns, _ in acting], clues


def _bytewise(atom: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in atom.encode())


def _packed(parts: Sequence[bytes]) -> Databases:
    return orjson.dumps([len(part) for part in parts]) + b"\n" + b"".join(parts)


def _restored(databases: Databases) -> list[_Automaton] | None:
    """The automata; None when they were made for another processor or version."""
    header, _, body = databases.partition(b"\n")
    parts, position = [], 0
    for length in orjson.loads(header):
        parts.append(body[position : position + length])
        position += length
    automata = []
    for tables, dumped in zip(parts[::2], parts[1::2], strict=True):
        database = None
        if dumped:
            try:
                database = hyperscan.loadb(dumped, hyperscan.HS_MODE_BLOCK)
                database.scratch = hyperscan.Scratch(database)
            except hyperscan.error:
                return None
        automata.append(_Automaton(database, tables))
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
        members = re2.Set.SearchSet(options(longest=False, memory=_SET_MEMORY))
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
