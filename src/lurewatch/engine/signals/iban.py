"""International bank account numbers. ``valid`` means that the check digits are right."""

from __future__ import annotations

from collections.abc import Iterator

from stdnum.iso7064 import mod_97_10

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import words_before

# Must match the first twelve characters of "GB29 NWBK 6016 1331 9268 19", grouped or not.
_CANDIDATE = r"\b[a-z]{2}\d{2}[ \-]?[a-z0-9]{4}[ \-]?[a-z0-9]{4}"
_LENGTHS: dict[str, int] = {
    country: size
    for size, countries in {
        15: "no",
        16: "be",
        18: "dk fi fk fo gl nl sd",
        19: "mk si",
        20: "at ba ee kz lt lu mn xk",
        21: "ch hr li lv",
        22: "bg bh cr de gb ge ie me rs va",
        23: "ae gi il iq om so tl",
        24: "ad cz es md pk ro sa se sk tn vg",
        25: "ly pt st",
        26: "is tr",
        27: "bi dj fr gr it mc mr sm",
        28: "al az by cy do gt hu lb ni pl sv",
        29: "br eg ps qa ua",
        30: "jo kw mu ye",
        31: "mt sc",
        32: "lc",
        33: "ru",
    }.items()
    for country in countries.split()
}


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: a country, two digits and eight characters more."""
    return (_CANDIDATE,)


def read(sighting: Sighting) -> Iterator[Signal]:
    """The account numbers among the candidates, in order."""
    text = sighting.view.text
    found = 0
    for start, _ in sighting.spans:
        size = _LENGTHS.get(text[start : start + 2])
        if size is None:
            continue
        value, end = _taken(text, start, size)
        if len(value) < size or (end < len(text) and text[end].isalnum()):
            continue
        iban = value.upper()
        valid = mod_97_10.is_valid(iban[4:] + iban[:4])
        if not valid and "iban" not in words_before(text, start):
            continue
        yield sighting.signal("iban", iban, start, end, valid=valid)
        found += 1
        if found == MOST:
            return


def _taken(text: str, start: int, size: int) -> tuple[str, int]:
    """``size`` letters and digits from ``start`` on, single spaces and hyphens left out, and where they end."""
    taken: list[str] = []
    at = start
    while at < len(text) and len(taken) < size:
        char = text[at]
        if char.isascii() and char.isalnum():
            taken.append(char)
        elif char not in " -" or text[at - 1] in " -":
            break
        at += 1
    return "".join(taken), at


KIND = Kind("iban", ("iban",), FOLDED, patterns, read)
