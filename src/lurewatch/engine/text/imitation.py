"""Which letters of other scripts imitate Latin, and which Latin ones imitate Cyrillic."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lurewatch.engine.text.alphabet import (
    CYRILLIC,
    CYRILLIC_LOOK,
    GREEK,
    HARD,
    IDEOGRAPHIC,
    KIND,
    LATIN,
    LOOK,
    ORNAMENTAL,
    OTHER,
    OWN_MARK,
    REST,
    SCRIPTS,
    STRICT,
    WEAK,
)

Codes = NDArray[np.uint32]
Kinds = NDArray[np.uint32]
Offsets = NDArray[np.intp]
Mask = NDArray[np.bool_]

GENUINE = 10  # one letter in so many characters must be genuine for a script to count as a language in use
SEVERAL = 4  # look-alikes in mixed words that make the others suspect
FEW_LETTERS = 6  # a message of fewer letters is too short to be called a fancy alphabet


def imitate(folded: Codes, sent: Codes) -> Offsets | None:
    """Replace, in ``folded``, the letters that imitate another script; the places replaced, ``None`` if there are none.

    ``sent`` holds the code points before folding: capitals imitate other letters than small ones do.
    """
    kinds = KIND[folded]
    seen = int(np.bitwise_or.reduce(kinds))
    alike = (kinds & (STRICT | WEAK)) != 0
    if seen & OTHER:
        real = _scripts_in_use(kinds)
        if real:
            alike &= (kinds & real) == 0
            if not alike.any():
                return None
    if _is_at_rest(kinds, seen, alike):
        return None
    letters = alike | ((kinds & (LATIN | OWN_MARK)) != 0)
    letters |= ((kinds & OTHER) != 0) & ((kinds & IDEOGRAPHIC) == 0)
    places = np.flatnonzero(letters)
    kinds = kinds[places]
    capital = (KIND[sent[places]] & STRICT) != 0  # a capital may look the same where the small letter does not
    words = _Words(np.where(capital, kinds & ~np.uint32(WEAK) | np.uint32(STRICT), kinds), places)
    if words.cyrillic:
        chosen = places[words.to_cyrillic(CYRILLIC_LOOK[folded[places]] != 0)]
        folded[chosen] = CYRILLIC_LOOK[folded[chosen]]
    else:
        chosen = places[words.to_latin()]
        looks = LOOK[sent[chosen]]
        folded[chosen] = np.where(looks, looks, LOOK[folded[chosen]])
    return chosen if len(chosen) else None


def _scripts_in_use(kinds: Kinds) -> int:
    """Scripts of which enough letters here imitate nothing: then their other letters imitate nothing either.

    Cyrillic and Greek are left out: with them, words decide.
    """
    genuine = kinds[(kinds & OTHER) != 0]
    size = int(np.count_nonzero((kinds & OWN_MARK) == 0))
    real = 0
    for script in (IDEOGRAPHIC, ORNAMENTAL, REST):
        if GENUINE * int(np.count_nonzero(genuine & script)) >= size:
            real |= script
    return real


def _is_at_rest(kinds: Kinds, seen: int, alike: Mask) -> bool:
    """A quick look that spares most texts in another script the rest: no word mixed, and the message not Latin."""
    if not seen & LATIN:
        return seen & SCRIPTS in (CYRILLIC, GREEK, REST) or (seen & SCRIPTS == IDEOGRAPHIC and bool(seen & OTHER))
    if not seen & OTHER:
        return False
    latin = (kinds & LATIN) != 0
    foreign = alike | ((kinds & OTHER) != 0)
    if (latin[1:] & foreign[:-1]).any() or (foreign[1:] & latin[:-1]).any():
        return False
    return bool(2 * np.count_nonzero(latin) < np.count_nonzero(foreign))


class _Words:
    """Counts by word and for the whole message. A word is an unbroken run of letters and the marks on them."""

    def __init__(self, kinds: Kinds, places: Offsets) -> None:
        self.kinds = kinds
        self.starts = np.flatnonzero(np.diff(places, prepend=-2) != 1)
        self.latin = self._count(LATIN)
        self.other = self._count(OTHER)
        self.strict = self._count(STRICT)
        self.weak = self._count(WEAK)
        self.scripts = np.bitwise_or.reduceat(kinds & SCRIPTS, self.starts)
        self.mixes_scripts = _several(self.scripts) & (self.latin == 0)
        self.cyrillic = self._is_cyrillic()

    def _count(self, bit: int) -> Offsets:
        return np.add.reduceat(((self.kinds & bit) != 0).astype(np.intp), self.starts)

    def _is_cyrillic(self) -> bool:
        """Whether the message is written in Cyrillic, judged by letters that the other script has no twin of."""
        hard = self.kinds[(self.kinds & HARD) != 0]
        hard_latin = int(np.count_nonzero(hard & LATIN))
        hard_cyrillic = len(hard) - hard_latin
        if hard_cyrillic or hard_latin:
            return hard_cyrillic > hard_latin
        cyrillic = (self.scripts & CYRILLIC) != 0
        count = int((self.weak + self.strict)[cyrillic].sum())
        return count > int(self.latin.sum()) and not bool(self.mixes_scripts.any())

    def to_cyrillic(self, alike: Mask) -> Mask:
        """Letters to be read as Cyrillic: the strange ones in words that are Cyrillic otherwise.

        Short words made of nothing but look-alikes follow when several other words are mixed.
        """
        foreign = (self.kinds & LATIN) != 0
        foreign |= ((self.kinds & (OTHER | STRICT | WEAK)) != 0) & ((self.kinds & CYRILLIC) == 0)
        count = np.add.reduceat(foreign.astype(np.intp), self.starts)
        fitting = np.add.reduceat((foreign & alike).astype(np.intp), self.starts) == count
        mixed = (count > 0) & fitting & ((self.scripts & CYRILLIC) != 0)
        if int(mixed.sum()) > 2:
            mixed |= (count > 0) & (count <= 3) & fitting & ((self.scripts & CYRILLIC) == 0)
        chosen: Mask = foreign & self._spread(mixed)
        return chosen

    def to_latin(self) -> Mask:
        """Letters to be read as Latin: in mixed words, and in words wholly of look-alikes where the rest is Latin."""
        alike = self.strict + self.weak
        mixed = self._mixed(alike)
        if int(alike[mixed].sum()) >= SEVERAL and not self.other.any():
            mixed = (alike > 0) & ((self.latin > 0) | mixed)
            disguised = True
        else:
            disguised = self._is_fancy()
        latin = int(self.latin.sum() + alike[mixed].sum())
        foreign = int(self.other.sum() + self.weak[~mixed].sum())
        chosen = mixed
        if latin > foreign:
            chosen = chosen | ((self.latin == 0) & (self.other == 0) & (self.weak == 0) & (self.strict > 0))
        if disguised and not self.other.any():
            chosen = chosen | ((self.latin == 0) & (alike > 0))
        letters: Mask = ((self.kinds & (STRICT | WEAK)) != 0) & self._spread(chosen)
        return letters

    def _mixed(self, alike: Offsets) -> Mask:
        """Words of Latin letters and look-alikes; not "USBшка": one change of script, and letters unlike Latin ones."""
        latin = (self.kinds & LATIN) != 0
        changes = np.diff(latin, prepend=False)
        changes[self.starts] = False
        often = np.add.reduceat(changes.astype(np.intp), self.starts) > 1
        pure = (self.other == 0) & ((self.weak == 0) | often | (alike == 1))
        rather = often & (self.latin >= 2 * self.other)
        latin_words = (self.latin > 0) & (alike > 0) & (pure | rather)
        mixed: Mask = latin_words | (self.mixes_scripts & (self.other == 0))
        return mixed

    def _is_fancy(self) -> bool:
        """A whole message, without one Latin letter, in a script hardly met or in several at once."""
        scripts = int(np.bitwise_or.reduce(self.scripts))
        known = scripts in (0, CYRILLIC, GREEK, REST)
        return not known and not self.latin.any() and len(self.kinds) >= FEW_LETTERS

    def _spread(self, words: Mask) -> Mask:
        """From words to their letters."""
        return np.repeat(words, np.diff(self.starts, append=len(self.kinds)))


def _several(bits: Kinds) -> Mask:
    several: Mask = (bits & (bits - 1)) != 0
    return several
