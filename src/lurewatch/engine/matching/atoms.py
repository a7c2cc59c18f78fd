"""Which words must occur wherever a pattern matches: what the automaton looks for instead of the pattern.

A pattern of phrases has thousands of ways to match and takes an automaton seconds to compile; the words without which
none of them matches take milliseconds. They are looked for in *collapsed* text, where every run of characters between
words is one space, so that an atom may be several words: "act now" for a phrase with a gap.

The patterns are of the subset of regular expressions that phrases become: literals, classes, ``(?:...)``, ``|``,
``?``, ``*``, ``+``, ``{m,n}``, ``\\b``. For anything else ``atoms`` answers that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

GAP = r"[^\w.!]{1,4}"
"""What a space of a phrase becomes: punctuation and spaces, but no end of a sentence."""
_EDGE = "\x01"
_MOST_ATOMS = 32
_LEAST_VALUE = 2.5
_SHORT = 5
_CLASS_MEMBERS = 4
_KEPT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.!")
_EVERYDAY = frozenset(
    "a about all am an and any are as at be been but by can could do for from get got had has have he her his i if "
    "in is it its just me my new no not now of on one or our out she so that the their them they this to u up ur us "
    "was we were what when will with would you your".split()
)
_COLLAPSE = bytes(code if chr(code) in _KEPT else 32 for code in range(256))


def collapse(data: bytes) -> bytes:
    """Lower-case text with every run of characters between words (full stops and exclamation marks stay) as a space."""
    return b" ".join(data.translate(_COLLAPSE).split())


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of a piece of a pattern: all it can match, if that is few; and words one of which it must hold."""

    every: frozenset[str] | None
    needed: frozenset[str] | None


_UNKNOWN = _Part(None, None)
_EMPTY = _Part(frozenset({""}), None)


def atoms(pattern: str) -> tuple[str, ...] | None:
    """Expressions over collapsed text, one of which occurs wherever the pattern matches; None when none are known."""
    try:
        parser = _Parser(pattern)
        part = parser.alternatives()
    except (ValueError, IndexError):
        return None
    if parser.position != len(pattern) or part.needed is None:
        return None
    return tuple(sorted({_expression(atom) for atom in part.needed}))


def alternatives(pattern: str) -> Iterator[str]:
    """The top-level alternatives of a pattern."""
    depth = start = position = 0
    while position < len(pattern):
        char = pattern[position]
        if char == "\\":
            position += 1
        elif char == "[":
            position = pattern.index("]", position + 2)
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "|" and not depth:
            yield pattern[start:position]
            start = position + 1
        position += 1
    yield pattern[start:]


def _expression(atom: str) -> str:
    """An atom for Hyperscan; short ones must be whole words where the pattern says so."""
    core = atom.replace(_EDGE, "")
    text = "".join(char if char.isalnum() or char in " _" else "\\" + char for char in core.strip())
    if len(core) > _SHORT:
        return text
    left = r"\b" if atom.startswith((_EDGE, " ")) and core.strip()[0].isalnum() else ""
    right = r"\b" if atom.endswith((_EDGE, " ")) and core.strip()[-1].isalnum() else ""
    return left + text + right


def _value(atom: str) -> float:
    """How rare an atom is: letters in words that are not everyday ones, and a little for every word."""
    words = atom.replace(_EDGE, "").split()
    return sum(len(word) for word in words if word not in _EVERYDAY) + 0.5 * len(words)


def _worth(atoms_: frozenset[str]) -> tuple[float, int]:
    return min(_value(atom) for atom in atoms_), -len(atoms_)


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    candidates = [atoms_ for atoms_ in (one, other) if atoms_ and _worth(atoms_)[0] >= _LEAST_VALUE]
    return max(candidates, key=_worth, default=None)


def _squeeze(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    return text


class _Parser:
    """Recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.position = 0

    def alternatives(self) -> _Part:
        parts = [self._sequence()]
        while self._peek() == "|":
            self.position += 1
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]
        every = _union([part.every for part in parts])
        needed = None
        if all(part.needed for part in parts):
            needed = frozenset(atom for part in parts for atom in part.needed or ())
        return _Part(every, needed)

    def _peek(self) -> str:
        return self._pattern[self.position] if self.position < len(self._pattern) else ""

    def _sequence(self) -> _Part:
        run: frozenset[str] = frozenset({""})
        needed: frozenset[str] | None = None
        whole = True
        while self._peek() not in ("", "|", ")"):
            part = self._quantified()
            if part.every is not None and len(run) * len(part.every) <= _MOST_ATOMS:
                run = frozenset(_squeeze(left + right) for left in run for right in part.every)
                continue
            whole = False
            needed = _better(_better(needed, run if "" not in run else None), part.needed)
            run = part.every or frozenset({""})
        needed = _better(needed, run if "" not in run else None)
        return _Part(run if whole else None, needed)

    def _quantified(self) -> _Part:
        if self._pattern.startswith(GAP, self.position):
            self.position += len(GAP)
            part = _Part(frozenset({" "}), None)
        else:
            part = self._single()
        least, most = self._quantifier()
        if (least, most) == (1, 1):
            return part
        if (least, most) == (0, 1) and part.every is not None:
            return _Part(part.every | {""}, None)
        if least == most and part.every is not None and len(part.every) == 1:
            (only,) = part.every
            return _Part(frozenset({_squeeze(only * least)}), part.needed)
        return _Part(None, part.needed if least else None)

    def _quantifier(self) -> tuple[int, int]:
        char = self._peek()
        if char == "?":
            self.position += 1
            return 0, 1
        if char in ("*", "+") and char:
            self.position += 1
            return (0 if char == "*" else 1), 1 << 30
        if char == "{":
            end = self._pattern.index("}", self.position)
            bounds = self._pattern[self.position + 1 : end].split(",")
            self.position = end + 1
            return int(bounds[0]), int(bounds[-1]) if bounds[-1] else 1 << 30
        return 1, 1

    def _single(self) -> _Part:
        char = self._pattern[self.position]
        if char == "(":
            if not self._pattern.startswith("(?:", self.position):
                raise ValueError("not of the subset")
            self.position += 3
            part = self.alternatives()
            if self._peek() != ")":
                raise ValueError("not of the subset")
            self.position += 1
            return part
        if char == "[":
            return self._class()
        self.position += 1
        if char == "\\":
            return self._escape()
        if char in ".^$":
            return _UNKNOWN
        return _Part(frozenset({char if char in _KEPT else " "}), None)

    def _escape(self) -> _Part:
        char = self._pattern[self.position]
        self.position += 1
        if char == "b":
            return _Part(frozenset({_EDGE}), None)
        if char.isalnum():
            return _UNKNOWN
        return _Part(frozenset({char if char in _KEPT else " "}), None)

    def _class(self) -> _Part:
        end = self._pattern.index("]", self.position + 2)
        members = self._pattern[self.position + 1 : end]
        self.position = end + 1
        plain = members.replace("\\-", "").strip("-")
        if len(members) > _CLASS_MEMBERS or members.startswith("^") or "-" in plain or "\\" in plain:
            return _UNKNOWN
        return _Part(frozenset(char if char in _KEPT else " " for char in members if char != "\\"), None)


def _union(sets: list[frozenset[str] | None]) -> frozenset[str] | None:
    found: set[str] = set()
    for members in sets:
        if members is None:
            return None
        found |= members
    return frozenset(found) if len(found) <= _MOST_ATOMS else None
