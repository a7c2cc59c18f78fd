"""What every code point is and what it folds to, as arrays indexed by code point; built once, when imported.

``FOLD[c]`` is the code point that ``c`` folds to whatever stands beside it; values from ``FIRST_EXPANSION`` on number
an entry of ``EXPANSIONS``. ``KIND[c]`` holds the bits below, those of what ``c`` folds to included. ``LOOK[c]`` is the
ASCII code of the Latin letter that ``c`` can imitate, 0 if none; ``CYRILLIC_LOOK`` likewise for folded letters.
``SHADOW[c]`` is one byte for ``c``: ASCII itself, that of ``signs.LEET``, 0x80 for other letters, 0x81 for the rest.
"""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from lurewatch.engine.text import glyphs, signs

LATIN = 1  # reads as ASCII letters, always
OTHER = 2  # a letter of another script, like none of ours
STRICT = 4  # a letter of another script that looks the same as a Latin one
WEAK = 8  # a letter or sign that is used for a Latin letter
INVISIBLE = 16
MARK = 32  # a combining mark of no script in particular
OWN_MARK = 64  # a combining mark that belongs to its script
EXPANDS = 128  # folds to several characters
STYLED = 256  # a Latin letter from an alphabet that no language is written in
FLAG = 512  # a regional indicator: two of them are a flag
CYRILLIC = 1 << 10
GREEK = 1 << 11
IDEOGRAPHIC = 1 << 12
ORNAMENTAL = 1 << 13  # scripts and signs hardly met outside fancy alphabets
REST = 1 << 14
BLANK = 1 << 15
HARD = 1 << 16  # a Latin or Cyrillic letter that looks like none of the other script
LETTER = LATIN | OTHER | STRICT | WEAK
SCRIPTS = CYRILLIC | GREEK | IDEOGRAPHIC | ORNAMENTAL | REST

CATEGORIES = dict.fromkeys(("Lu", "Ll", "Lt", "Lm", "Lo"), OTHER) | dict.fromkeys(("Mn", "Mc", "Me"), OWN_MARK)

SIZE = 0x110000
FIRST_EXPANSION = SIZE
LONGEST_EXPANSION = 4  # signs for whole phrases stay
UNKNOWN = 0xFFFD

SCRIPT_RANGES = (
    (CYRILLIC, ((0x0400, 0x0530), (0x1C80, 0x1C90), (0x2DE0, 0x2E00), (0xA640, 0xA6A0))),
    (GREEK, ((0x0370, 0x0400), (0x1F00, 0x2000))),
    (IDEOGRAPHIC, ((0x1100, 0x1200), (0x3005, 0xA000), (0xA960, 0xA980), (0xAC00, 0xD800), (0x20000, 0x32000))),
    (ORNAMENTAL, ((0x13A0, 0x1700), (0x2000, 0x2E00), (0xA000, 0xA640), (0xA6A0, 0xA720), (0xAB70, 0xABC0))),
    (ORNAMENTAL, ((0xD7, 0xD8), (0x10000, 0x20000))),
    (REST, ((0x0530, 0x13A0), (0x1780, 0x1C80), (0xA980, 0xAB30), (0xFB1D, 0xFE00), (0xFE70, 0xFF00))),
)


FREE_MARKS = dict.fromkeys(c for first, last in signs.FREE_MARKS for c in range(first, last + 1))


def _readings() -> dict[str, str]:
    """What characters are read as where Unicode's decomposition does not say it, or says it badly."""
    table = {glyph: text for text, letters in glyphs.LATIN.items() for glyph in letters}
    table |= {sign: text for text, alike in signs.PUNCTUATION.items() for sign in alike}
    table |= signs.WORDS_IN_SQUARES | signs.GREEK_SMALL_CAPITALS
    for first in signs.ENCLOSED_ALPHABETS:
        table |= {chr(first + i): chr(ord("a") + i) for i in range(26)}
    for code in range(0x1D400, 0x1D6A4):  # mathematical letters, also those encoded elsewhere
        table[chr(code)] = chr(ord("a") + (code - 0x1D400) % 26)
    for code in (*range(0x2460, 0x249C), *range(0x24EA, 0x2500), *range(0x2776, 0x2794), 0x1F10B, 0x1F10C):
        table[chr(code)] = str(int(unicodedata.numeric(chr(code))))
    return table


def _folds() -> dict[str, str]:
    """Every character of the ranges that folds to something else, with what it folds to."""
    readings = _readings()
    table = dict(readings)
    chars = [chr(c) for first, stop in signs.FOLDED_RANGES for c in range(first, stop)]
    # One call over all of them: a line break neither composes nor reorders, so it keeps them apart.
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", "\n".join(chars)).lower())
    bare = unicodedata.normalize("NFKD", composed).translate(FREE_MARKS)
    for char, whole, base in zip(chars, composed.split("\n"), bare.split("\n"), strict=True):
        if char in readings:
            continue
        if not base and whole == char:
            continue  # a mark
        if char == whole == base:
            if char.isdecimal():
                table[char] = str(unicodedata.decimal(char))
        elif whole[:1] == " " and len(whole) > 1:
            continue  # a spacing accent: nothing to read
        else:
            text = "".join([readings.get(part, part) for part in base])
            if not text or not text.isascii():
                text = "".join([readings.get(part, part) for part in whole])
            if text != char:
                table[char] = "".join([str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text])
    return table


def _kinds(folds: dict[str, str]) -> NDArray[np.uint32]:
    """The bits of every code point, before those of what it folds to."""
    kinds = np.zeros(SIZE, np.uint32)
    for first, stop in signs.LETTER_RANGES:
        kinds[first:stop] = OTHER
    for first, stop in signs.FOLDED_RANGES:
        kinds[first:stop] = [CATEGORIES.get(unicodedata.category(chr(code)), 0) for code in range(first, stop)]
    for first, last in signs.FREE_MARKS:
        kinds[first : last + 1] = MARK
    for table, bit in ((glyphs.STRICT, STRICT), (glyphs.WEAK, WEAK)):
        kinds[[ord(glyph) for alike in table.values() for glyph in alike]] = bit
    for char, text in folds.items():
        if text.isascii():
            kinds[ord(char)] = 0 if not text.isalpha() else LATIN | STYLED if _is_styled(char, text) else LATIN
    kinds[ord("a") : ord("z") + 1] = kinds[ord("A") : ord("Z") + 1] = LATIN
    for bit, ranges in SCRIPT_RANGES:
        for first, stop in ranges:
            kinds[first:stop] |= np.where(kinds[first:stop] & (OTHER | STRICT | WEAK), bit, 0).astype(np.uint32)
    for first, last in signs.INVISIBLE:
        kinds[first : last + 1] = INVISIBLE
    kinds[list(signs.BLANKS)] = BLANK
    kinds[[ord(letter) for letter in signs.HARD_LATIN + signs.HARD_CYRILLIC]] |= HARD
    kinds[signs.FLAG_A : signs.FLAG_A + 26] |= FLAG
    return kinds


def _is_styled(char: str, text: str) -> bool:
    """A letter for looks: phonetic, enclosed, mathematical, full-width ... but none that a language writes."""
    code = ord(char)
    if len(text) > 1 or char in signs.ORTHOGRAPHIC:
        return False
    return 0x250 <= code < 0x2B0 or 0x1D00 <= code < 0x1E00 or code >= 0x2071


def _build() -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint8], tuple[str, ...]]:
    folds = _folds()
    kinds = _kinds(folds)
    fold = np.arange(SIZE, dtype=np.uint32)
    fold[ord("A") : ord("Z") + 1] += 32
    fold[0xD800:0xE000] = UNKNOWN
    look = np.zeros(SIZE, np.uint8)
    for table in (glyphs.STRICT, glyphs.WEAK):
        for text, alike in table.items():
            look[[ord(glyph) for glyph in alike]] = ord(text)
    for code in range(0x1D6A8, 0x1D7CC):  # mathematical Greek: capitals imitate other letters than small ones
        look[code] = look[ord(unicodedata.normalize("NFKC", chr(code)))]
    for char, text in folds.items():  # a small letter imitates what its capital does, if nothing of its own
        code = ord(char)
        if len(text) == 1 and not text.isascii() and look[code] and not look[ord(text)]:
            look[ord(text)], kinds[ord(text)] = look[code], kinds[code]
    expansions: list[str] = []
    for char, text in folds.items():
        code = ord(char)
        if kinds[code] & (INVISIBLE | MARK | BLANK) or len(text) > LONGEST_EXPANSION:
            continue
        if len(text) == 1:
            fold[code] = ord(text)
        else:
            fold[code] = FIRST_EXPANSION + len(expansions)
            expansions.append(text)
            kinds[code] |= EXPANDS
        for part in text:
            kinds[code] |= kinds[ord(part)] & (LETTER | SCRIPTS | MARK | OWN_MARK)
    return fold, kinds, look, tuple(expansions)


FOLD, KIND, LOOK, EXPANSIONS = _build()
SHADOW = np.full(SIZE, 0x81, np.uint8)
SHADOW[(KIND & LETTER) != 0] = 0x80
SHADOW[:128] = np.arange(128)
SHADOW[[ord(sign) for sign in signs.LEET]] = list(signs.LEET.values())
CYRILLIC_LOOK = np.zeros(SIZE, np.uint16)
for _letter, _alike in signs.CYRILLIC_LOOKS.items():
    CYRILLIC_LOOK[list(map(ord, _alike))] = ord(_letter)
