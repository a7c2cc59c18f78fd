"""Writes the table of glyphs that stand for Latin letters, ``engine/text/glyphs.py``.

    python -m lurewatch.lab.glyphs confusables.txt[.gz] > src/lurewatch/engine/text/glyphs.py

Sources: the confusables of Unicode Technical Standard 39, the names in the Unicode character database, and the tables
in ``readings.py``, compiled by hand from the alphabets that "fancy text" generators offer. What compatibility
decomposition alone folds to ASCII (accents, mathematical and full-width letters) is not written: the engine derives it.
"""

from __future__ import annotations

import gzip
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lurewatch.lab.readings import LATIN_READINGS, STRICT_READINGS, WEAK_READINGS

NAMED_LETTER = re.compile(
    r"(?:LATIN|MODIFIER)(?: SMALL| CAPITAL| LETTER| TURNED| REVERSED| INVERTED| DOTLESS| SCRIPT| SIDEWAYS| INSULAR"
    r"| CLOSED| LONG| STRETCHED| BLACKLETTER| BARRED| ARCHAIC| AFRICAN| BROKEN| VISIGOTHIC| STIRRUP| DOUBLE| GLOTTAL)*"
    r" ([A-Z]|AA|AE|AO|AU|AV|AY|DZ|HV|OE|OO|TZ|UI|UO|VY|LS|LZ|TC|TS|DB|QP)(?: DIGRAPH)?(?: WITH .*)?"
)
CLOSE_SCRIPTS = ("GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "CANADIAN", "LISU", "COPTIC", "DESERET", "MULTIPLICATION")
LOOSE = "гГ"  # called confusable with Latin, but far too common as a word of its own
LAST_CODE_POINT = 0x1F1FF
LINE = 96


def confusables(lines: Iterable[str]) -> dict[str, str]:
    """Glyph to prototype, of the lines of a confusables file."""
    table = {}
    for line in lines:
        fields = [field.strip() for field in line.split("#")[0].lstrip("\ufeff").split(";")]
        if len(fields) == 3:
            table[chr(int(fields[0], 16))] = "".join(chr(int(code, 16)) for code in fields[1].split())
    return table


def stripped(text: str) -> str:
    """The lower-case compatibility decomposition without combining marks."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def imitated(prototype: str) -> str:
    """The ASCII letter or digit that a prototype shows, ``""`` if it shows none."""
    text = stripped(prototype).replace("rn", "m")
    return text if len(text) == 1 and text.isascii() and text.isalnum() else ""


def latin(glyph: str, prototypes: Mapping[str, str], readings: Mapping[str, str]) -> str:
    """What a letter of the Latin script is read as, ``""`` if nothing in ASCII or if the engine derives it."""
    plain = stripped(glyph)
    if plain.isascii():
        return ""
    for shape in (glyph, glyph.lower(), plain):
        if shape in readings:
            return readings[shape]
    named = NAMED_LETTER.fullmatch(unicodedata.name(plain[0], "")) if len(plain) == 1 else None
    if named:
        return named[1].lower()
    return imitated(prototypes.get(glyph, "")) or imitated(prototypes.get(plain, ""))


def tables(prototypes: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The three tables by name, each ``{ASCII text: glyphs}``."""
    latin_readings, strict, weak = (
        {glyph: text for text, glyphs in readings.items() for glyph in glyphs}
        for readings in (LATIN_READINGS, STRICT_READINGS, WEAK_READINGS)
    )
    found: dict[str, dict[str, str]] = {"LATIN": {}, "STRICT": {}, "WEAK": {}}
    for glyph in map(chr, range(0x80, LAST_CODE_POINT)):
        name = unicodedata.name(glyph, "")
        kind = unicodedata.category(glyph)
        if not name or kind[0] in "MZC" or kind in ("Nd", "Sc") or stripped(glyph).isascii():
            continue
        if name.startswith(("LATIN", "MODIFIER LETTER SMALL", "MODIFIER LETTER CAPITAL")):
            place, text = "LATIN", latin(glyph, prototypes, latin_readings)
        elif unicodedata.normalize("NFKC", glyph) != glyph:
            continue  # read as what it decomposes to
        else:
            looks = strict.get(glyph) or imitated(prototypes.get(glyph, ""))
            text = weak.get(glyph) or looks
            close = text == looks and text.isalpha() and name.startswith(CLOSE_SCRIPTS) and glyph not in LOOSE
            place = "STRICT" if close else "WEAK"
        if text:
            found[place][text] = found[place].get(text, "") + glyph
    yield from found.items()


def quoted(glyphs: str) -> Iterator[str]:
    """String literals of at most ``LINE`` columns; what would upset a reader's screen is escaped."""
    line = ""
    for glyph in glyphs:
        shown = glyph
        if unicodedata.bidirectional(glyph) not in ("L", "ON") or ord(glyph) > 0xFFFF:
            shown = f"\\u{ord(glyph):04x}" if ord(glyph) <= 0xFFFF else f"\\U{ord(glyph):08x}"
        if len(line) + len(shown) > LINE:
            yield line
            line = ""
        line += shown
    yield line


def module(prototypes: Mapping[str, str]) -> Iterator[str]:
    """The lines of the engine's module."""
    yield '"""Glyphs that stand for Latin letters. Written by ``lurewatch.lab.glyphs``, which names the sources.\n'
    yield "``LATIN`` glyphs belong to the Latin script. ``STRICT`` ones are letters of other scripts that look the same"
    yield "as the Latin letter, ``WEAK`` ones are merely used for it: both are folded only where they imitate Latin."
    yield '"""\n'
    for name, table in tables(prototypes):
        yield f"{name} = {{"
        for text in sorted(table):
            parts = list(quoted(table[text]))
            if len(parts) == 1:
                yield f'    "{text}": "{parts[0]}",'
            else:
                yield f'    "{text}": ('
                yield from (f'        "{part}"' for part in parts)
                yield "    ),"
        yield "}"


def main(path: str) -> None:
    """Write the module to standard output."""
    file = Path(path)
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    sys.stdout.write("\n".join(module(confusables(raw.decode("utf-8").splitlines()))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
