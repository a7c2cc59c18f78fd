"""Which words must occur wherever a pattern matches: what the automaton looks for instead of the pattern.

A pattern of phrases has thousands of ways to match and takes an automaton seconds to compile; the words without which
none of them matches take milliseconds. They are looked for in *collapsed* text, where every run of characters between
words is one space, so that an atom may be several words: "act now" for a phrase with a gap.

The patterns are of the subset of regular expressions that phrases become: literals, classes, ``(?:...)``, ``|``,
``?``, ``*``, ``+``, ``{m,n}``, ``\\b``. For anything else ``atoms`` answers that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass

GAP = r"[^\w.!]{1,4}"
"""What a space of a phrase becomes: punctuation and spaces, but no end of a sentence."""
WORD = "="
"""An expression that begins so is one whole word: it is looked up among the words of the text, not searched."""
DIGIT = b"#"
"""Stands among the words of a text that has a digit."""
_EDGE = "\x01"
_DIGIT = "\x02"
_MOST_ATOMS = 16
_MOST_MEMBERS = 400
_MOST_SETS = 4
_MOST_REPEATS = 3
_SHORT = 5
_CLASS_MEMBERS = 4
_KEPT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.!")
_RARE = 2
_COMMON = {
    300: "i to",
    200: "my a the",
    130: "for you is can your",
    90: "in and me card it on of have do how be what account",
    60: "t with http com u s not at please need from get",
    48: "no will this that up help are if now was but",
    33: "want call an m money why know phone there new so dear has or we when payment go am customer",
    25: "credit sms been info just check free transfer today by see out url bit like all number www bank",
    20: "top got as click time cash where here pin use one make about take some more order ur link online tell still",
    15: "send much would did any name update app pay back via bill day contact text long good find change only our "
    "then",
    10: "thanks wa charged thank come purchase us could last think email address made date fee id home re stop should "
    "yet they refund message rate does",
    8: "balance too request great subject exchange using ask immediately over which buy block give who work also chat "
    "may through soon very code let after her information share claim win verify open",
}
"""How many of a thousand everyday messages have the word, roughly; of others some two."""
_FREQUENCY = {word: times for times, words in _COMMON.items() for word in words.split()}
_DIGITS_FREQUENCY = 330
_LEAST_TELLING = 300
"""What occurs oftener, in a thousand messages, tells too little: the pattern itself goes into the automaton."""
_COLLAPSE = bytes(code if chr(code) in _KEPT else 32 for code in range(256))
_SPLIT = _COLLAPSE.replace(b".", b" ").replace(b"!", b" ")


def collapse(data: bytes) -> bytes:
    """Lower-case text with every run of characters between words (full stops and exclamation marks stay) as a space."""
    return b" ".join(data.translate(_COLLAPSE).split())


def words(data: bytes) -> list[bytes]:
    """The words of lower-case text, and DIGIT when it has one."""
    found = data.translate(_SPLIT).split()
    if len(data.translate(None, b"0123456789")) < len(data):
        found.append(DIGIT)
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """All that a piece of a pattern can match, if that is few; else sets of texts of which one each must occur."""

    every: frozenset[str] | None
    needed: tuple[frozenset[str], ...] = ()


_UNKNOWN = _Part(None)


def atoms(pattern: str) -> tuple[tuple[str, ...], ...]:
    """Sets of expressions over collapsed text: wherever the pattern matches, one of each set occurs. May be empty.

    The sets are the most telling ones, at most four; the first is the most telling.
    """
    try:
        parser = _Parser(pattern)
        part = parser.alternatives()
    except (ValueError, IndexError):
        return ()
    if parser.position != len(pattern):
        return ()
    needed = (part.every,) if part.every is not None else dict.fromkeys(part.needed)
    telling = sorted((found for found in needed if _is_something(found)), key=_frequency)[:_MOST_SETS]
    together = 1000.0
    for found in telling:
        together *= min(_frequency(found)[0] / 1000, 1)
    if not telling or (part.every is None and together > _LEAST_TELLING):
        return ()
    return tuple(tuple(sorted({_expression(atom) for atom in found})) for found in telling)


def _is_something(found: frozenset[str]) -> bool:
    """Whether every text of the set has a word to look for: of two letters, or standing alone."""
    return all(len(_core(atom)) >= 2 or _is_word(atom) for atom in found)


def _core(atom: str) -> str:
    return atom.replace(_EDGE, "").strip()


def _is_word(atom: str) -> bool:
    """Whether the atom is a word that stands alone wherever it occurs, or a digit somewhere."""
    core = _core(atom)
    return core == _DIGIT or (atom.startswith((_EDGE, " ")) and atom.endswith((_EDGE, " ")) and core.isalnum())


def _expression(atom: str) -> str:
    """An atom as an expression; short ones must begin or end a word where the pattern says so."""
    text = _core(atom)
    if text == _DIGIT:
        return WORD + DIGIT.decode()
    if _is_word(atom):
        return WORD + text
    left = atom.startswith((_EDGE, " ")) and text[0].isalnum()
    right = atom.endswith((_EDGE, " ")) and text[-1].isalnum()
    escaped = "".join(char if char.isalnum() or char in " _" else "\\" + char for char in text)
    if len(text) > _SHORT:
        return escaped
    return (r"\b" if left else "") + escaped + (r"\b" if right else "")


def _frequency(found: frozenset[str]) -> tuple[float, int, str]:
    """Sorts sets by how often, of a thousand messages, one of its texts occurs; a name settles ties."""
    return sum(map(_times, found)), len(found), min(found)


def _times(atom: str) -> float:
    """About how many of a thousand messages have the atom."""
    if _core(atom) == _DIGIT:
        return _DIGITS_FREQUENCY
    words = atom.replace(_EDGE, "").replace(_DIGIT, " ").split()
    rarest = min((_FREQUENCY.get(word, _RARE) for word in words), default=1000)
    return rarest / float(4 ** (len(words) - 1))


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
        if all(part.every is not None for part in parts):
            every = frozenset(text for part in parts for text in part.every or ())
            if len(every) <= _MOST_MEMBERS:
                return _Part(every)
        # what one branch needs and what another needs: together one of them occurs
        best = [_best(part) for part in parts]
        union = frozenset(atom for found in best for atom in found or ())
        return _Part(None, (union,) if all(best) else ())

    def _peek(self) -> str:
        return self._pattern[self.position] if self.position < len(self._pattern) else ""

    def _sequence(self) -> _Part:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified())
        runs: list[_Part] = [_Part(frozenset({""}))]
        for part in parts:
            last = runs[-1].every
            if last is not None and part.every is not None and len(last) * len(part.every) <= _MOST_ATOMS:
                runs[-1] = _Part(frozenset(_squeeze(left + right) for left in last for right in part.every))
            else:
                runs.append(part)
        if len(runs) == 1:
            return runs[0]
        needed: list[frozenset[str]] = []
        for number, run in enumerate(runs):
            if run.every is None:
                needed.extend(run.needed)
            elif "" not in run.every:
                before = runs[number - 1].every if number else None
                after = runs[number + 1].every if number + 1 < len(runs) else None
                needed.append(_edged(run.every, before, after))
        return _Part(None, tuple(needed))

    def _quantified(self) -> _Part:
        if self._pattern.startswith(GAP, self.position):
            self.position += len(GAP)
            part = _Part(frozenset({" "}))
        else:
            part = self._single()
        least, most = self._quantifier()
        if self._peek() == "?" and (least, most) != (1, 1):
            raise ValueError("not of the subset")
        if (least, most) == (1, 1):
            return part
        if (least, most) == (0, 1) and part.every is not None:
            return _Part(part.every | {""})
        if most <= _MOST_REPEATS and part.every is not None and len(part.every) == 1:
            (only,) = part.every
            return _Part(frozenset(_squeeze(only * times) for times in range(least, most + 1)))
        if not least:
            return _UNKNOWN
        return _Part(None, (part.every,) if part.every is not None and "" not in part.every else part.needed)

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
        return _Part(frozenset({char if char in _KEPT else " "}))

    def _escape(self) -> _Part:
        char = self._pattern[self.position]
        self.position += 1
        if char == "b":
            return _Part(frozenset({_EDGE}))
        if char == "d":
            return _Part(None, (frozenset({_DIGIT}),))
        if char.isalnum():
            return _UNKNOWN
        return _Part(frozenset({char if char in _KEPT else " "}))

    def _class(self) -> _Part:
        end = self._pattern.index("]", self.position + 2)
        members = self._pattern[self.position + 1 : end]
        self.position = end + 1
        plain = members.replace("\\-", "").strip("-")
        if len(members) > _CLASS_MEMBERS or members.startswith("^") or "-" in plain or "\\" in plain:
            return _UNKNOWN
        return _Part(frozenset(char if char in _KEPT else " " for char in members if char != "\\"))


def _best(part: _Part) -> frozenset[str] | None:
    options = (part.every,) if part.every is not None else part.needed
    whole = (found for found in options if "" not in found)
    return min(whole, key=lambda found: (not _is_something(found), _frequency(found)), default=None)


def _edged(every: frozenset[str], before: frozenset[str] | None, after: frozenset[str] | None) -> frozenset[str]:
    """The same texts, marked as beginning or ending a word where what stands beside them always does so."""
    left = _EDGE if before and all(text.endswith((" ", _EDGE)) for text in before) else ""
    right = _EDGE if after and all(text.startswith((" ", _EDGE)) for text in after) else ""
    return frozenset(left + text + right for text in every) if left or right else every
