"""Phrases: the small regular language rule authors write, and the linear-time patterns it becomes.

A phrase is matched over folded text (lower-case; look-alikes and accents folded to ASCII). In ASCII phrases a space is
a gap of up to four characters that are neither word characters nor the end of a sentence, and ``*`` after a letter is
any ending. A phrase with letters that do not fold to ASCII is literal text in which only the space and a
final ``*`` of a word are special.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

import re2

from lurewatch.engine.matching import Pattern
from lurewatch.engine.matching.atoms import GAP
from lurewatch.engine.matching.pattern import compile_exact

PHRASES_VERSION = 4
"""Changes when the same phrases become other patterns."""
ENDING = "[a-z]{0,12}"
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ı": "i", "ł": "l", "đ": "d", "’": "'"})
_LARGEST_PROGRAM = 500
"""Characters of patterns that are read together."""
_BLANKS = r"\t\n\f\r "
"""What ``\\s`` means, written out: the matchers differ in what else they take for a blank."""
_CAPITAL_ESCAPE = re.compile(r"\\[A-Z]")
_LITERAL_GAP = r"[ \t\n\r,;:'\"()-]{1,4}"
# letters and signs of the scripts that write spaces, as bytes of UTF-8: no digits, no punctuation of any script
_LETTERS = "|".join(
    (
        "[a-z]",
        r"[\xc3-\xd7\xd9-\xdf][\x80-\xbf]|\xd8[\xa0-\xbf]",
        r"\xe0(?:[\xa4\xa6-\xbf][\x80-\xbf]|\xa5[\x80-\xa3\xb0-\xbf])",
        r"[\xe1\xe4-\xed][\x80-\xbf][\x80-\xbf]|\xe3[\x81-\xbf][\x80-\xbf]",
    )
)
LITERAL_ENDING = f"(?:{_LETTERS}){{0,12}}"


class PhraseError(ValueError):
    """A phrase that cannot become a linear-time pattern; the message says what to write instead."""


def fold(phrase: str) -> str:
    """The phrase in lower case with Latin accents removed, as the text it is matched against; other scripts stay."""
    lowered = phrase.lower().translate(_FOLDED)
    if lowered.isascii():
        return lowered
    out = []
    for char in lowered:
        base = unicodedata.normalize("NFD", char)[0]
        out.append(base if base.isascii() else unicodedata.normalize("NFKC", char))
    return "".join(out)


def is_literal(phrase: str) -> bool:
    """Whether a folded phrase is in a script that does not fold to ASCII."""
    return any(not char.isascii() and (char.isalpha() or unicodedata.category(char)[0] == "M") for char in phrase)


def ascii_pattern(phrase: str) -> str:
    """The RE2 and Hyperscan pattern of one folded ASCII phrase, word boundaries included.

    Raises:
        PhraseError: a construct that is not linear-time, captures, or has an open tail.
    """
    if not phrase or phrase != phrase.strip():
        raise PhraseError("a phrase must not be empty nor begin or end with a space")
    out: list[str] = []
    position = 0
    while position < len(phrase):
        step, piece = _next(phrase, position)
        out.append(piece)
        position += step
    body = "".join(out)
    left = r"\b" if _is_wordlike(phrase[:2], phrase[0]) else ""
    right = r"\b" if _is_wordlike(phrase[-2:], phrase[-1]) or phrase[-1] in "*?}" else ""
    return f"{left}(?:{body}){right}"


def _is_wordlike(pair: str, char: str) -> bool:
    """Whether a phrase begins or ends a word here: a group or a class counts as a word, an escaped sign does not."""
    if pair[0] == "\\" and len(pair) == 2:
        return pair[1].isalnum() and pair[1] != "s"
    return char.isascii() and (char.isalnum() or char in "_()[]")


def _next(phrase: str, position: int) -> tuple[int, str]:
    """How many characters the next piece of the phrase takes, and its pattern."""
    char = phrase[position]
    if char == "\\":
        return _escape(phrase, position)
    if char == "[":
        return _char_class(phrase, position)
    if char == "(":
        if phrase.startswith("(?:", position):
            return 3, "(?:"
        raise PhraseError("groups are written (?:...); captures and look-around are not allowed")
    if char == " ":
        if phrase[position + 1 : position + 2] == "?":
            return 2, f"(?:{GAP})?"
        return 1, GAP
    if char == "*":
        if position and phrase[position - 1].isalnum():
            return 1, ENDING
        raise PhraseError("'*' stands directly after a letter and means any ending; for a gap use near or then")
    if char == "{":
        return _repeat(phrase, position)
    refused = {
        "+": "'+' is unbounded; write a bounded repeat such as {1,3}",
        ".": "'.' matches anything; write \\. for a full stop, or near/then for a gap",
        "^": "'^' is not allowed; phrases match anywhere",
        "$": "'$' is an anchor; write \\$ for the sign",
    }
    if char in refused:
        raise PhraseError(refused[char])
    if char == "?" and position and phrase[position - 1] in "?}*" and phrase[position - 2 : position - 1] != "\\":
        raise PhraseError("'?' after a repeat says nothing here; matches are always as long as they can be")
    # every sign that is not ASCII is a question mark in the text that patterns run on
    return 1, char if char.isascii() else r"\?"


def _escape(phrase: str, position: int) -> tuple[int, str]:
    pair = phrase[position : position + 2]
    if len(pair) < 2 or (pair[1].isalnum() and pair[1] not in "dwbs"):
        raise PhraseError(f"unknown escape {pair!r}; allowed are \\d, \\w, \\b, \\s and escaped punctuation")
    return 2, f"[{_BLANKS}]" if pair == r"\s" else pair


def _char_class(phrase: str, position: int) -> tuple[int, str]:
    end = phrase.find("]", position + 1)
    if end < 0:
        raise PhraseError("a character class is not closed with ']'")
    members = phrase[position + 1 : end]
    if members in ("", "^") or members.endswith("\\") or "[" in members:
        raise PhraseError("a character class is not empty and holds no brackets; write \\[ or \\] outside of it")
    members = "".join(char if char.isascii() else "?" for char in members)
    return end + 1 - position, "[" + members.replace(r"\s", _BLANKS) + "]"


def _repeat(phrase: str, position: int) -> tuple[int, str]:
    end = phrase.find("}", position)
    bounds = phrase[position + 1 : end].split(",") if end > 0 else []
    if not 1 <= len(bounds) <= 2 or not all(bound.isdecimal() for bound in bounds) or int(bounds[-1]) > 40:
        raise PhraseError("a repeat is bounded: {2}, {0,3}; at most 40")
    if int(bounds[0]) > int(bounds[-1]):
        raise PhraseError(f"the repeat {phrase[position : end + 1]} ends before it begins")
    return end + 1 - position, phrase[position : end + 1]


def literal_words(phrase: str) -> str:
    """A folded literal phrase with its words set apart by single spaces; raises PhraseError."""
    words = phrase.split()
    if not words:
        raise PhraseError("a phrase must not be empty")
    for word in words:
        if "*" in word[:-1]:
            raise PhraseError("in this script '*' may only end a word")
    return " ".join(words)


Translation = tuple[str, str]
"""The pattern of a phrase, and for one in another script its longest word, which is there wherever the phrase is."""


def translate(phrase: str) -> Translation:
    """What a phrase becomes.

    Raises:
        PhraseError: naming the phrase and what is wrong with it.
    """
    try:
        if _CAPITAL_ESCAPE.search(phrase):
            raise PhraseError("escapes are in lower case; for what is not a word or a digit write [^\\w] or [^\\d]")
        folded = fold(phrase)
        if not is_literal(folded):
            exact = ascii_pattern(folded)
            _check(exact)
            return exact, ""
        words = literal_words(folded)
        return _literal_exact(words), max(words.replace("*", "").split(), key=len)
    except PhraseError as error:
        raise PhraseError(f"phrase {phrase!r}: {error}") from None


def _check(exact: str) -> None:
    """Raises PhraseError when RE2 refuses the pattern, or when it matches where nothing stands."""
    try:
        program = compile_exact(Pattern("", exact))
    except re2.error as error:
        raise PhraseError(f"RE2 refuses it: {error}") from None
    if any(match.start() == match.end() for text in (b"", b" ", b" a ", b" ~ ") for match in program.finditer(text)):
        raise PhraseError("it matches where nothing is written; let one part of it be needed")


class Phrasebook:
    """Phrases and what they become, each translated once. What it ``knows`` may be kept and given to another."""

    def __init__(self, known: Mapping[str, Translation] | None = None) -> None:
        self.known: dict[str, Translation] = dict(known or {})

    def translation(self, phrase: str) -> Translation:
        """What the phrase becomes; raises PhraseError."""
        found = self.known.get(phrase)
        if found is None:
            found = self.known[phrase] = translate(phrase)
        return found

    def patterns(self, name: str, phrases: Iterable[str]) -> tuple[Pattern, ...]:
        """Patterns that together match the phrases; those of other scripts apart. Raises PhraseError."""
        ascii_ones: dict[str, None] = {}
        literals: dict[str, str] = {}
        for phrase in phrases:
            exact, word = self.translation(phrase)
            if word:
                literals[exact] = word
            else:
                ascii_ones[exact] = None
        found = [Pattern(name, "|".join(chunk)) for chunk in _chunks(ascii_ones)]
        for chunk in _chunks(literals):
            words = tuple(sorted({literals[exact] for exact in chunk}))
            found.append(Pattern(name, "|".join(chunk), script=True, atoms=words))
        return tuple(found)


def _chunks(exact: Iterable[str]) -> Iterator[list[str]]:
    """The same in order, in groups that make small programs: of a concept only what may occur is read."""
    chunk: list[str] = []
    size = 0
    for alternative in exact:
        if chunk and size + len(alternative) > _LARGEST_PROGRAM:
            yield chunk
            chunk, size = [], 0
        chunk.append(alternative)
        size += len(alternative)
    if chunk:
        yield chunk


def _literal_exact(words: str) -> str:
    return _LITERAL_GAP.join(
        re2.escape(word.removesuffix("*")) + (LITERAL_ENDING if word.endswith("*") else "") for word in words.split()
    )
