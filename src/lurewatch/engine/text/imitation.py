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
    if seen & OTHER:
        letters |= ((kinds & OTHER) != 0) & ((kinds & IDEOGRAPHIC) == 0)
    places = np.flatnonzero(letters)
    kinds = kinds[places]
    capital = (KIND[sent[places]] & STRICT) != 0  # a capital may look the same where the small letter does not
    kinds[capital] = kinds[capital] & ~np.uint32(WEAK) | np.uint32(STRICT)
    words = _Words(kinds, places)
    if words.cyrillic:
        chosen = places[words.to_cyrillic(CYRILLIC_LOOK[folded[places]] != 0)]
        folded[chosen] = CYRILLIC_LOOK[folded[chosen]]
    latin = places[words.to_latin()]
    looks = LOOK[sent[latin]]
    folded[latin] = np.where(looks, looks, LOOK[folded[latin]])
    if words.cyrillic:
        latin = np.sort(np.concatenate((latin, chosen)))
    return latin if len(latin) else None


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


_FIELD = 16  # bits for each count: a text is shorter than 65,536 characters, or counts in it may be too low
_PACKED = np.array([sum(1 << _FIELD * bit for bit in range(4) if kind >> bit & 1) for kind in range(16)], np.int64)


class _Words:
    """Counts by word and for the whole message. A word is an unbroken run of letters and the marks on them."""

    def __init__(self, kinds: Kinds, places: Offsets) -> None:
        self.kinds = kinds
        self.starts = np.concatenate(([0], np.flatnonzero(places[1:] - places[:-1] != 1) + 1))
        self.lengths = np.concatenate((self.starts[1:], [len(kinds)])) - self.starts
        counts = np.add.reduceat(_PACKED[kinds & (LATIN | OTHER | STRICT | WEAK)], self.starts)
        self.latin, self.other, self.strict, self.weak = (counts >> _FIELD * bit & 0xFFFF for bit in range(4))
        self.alike = self.strict + self.weak
        self.scripts = np.bitwise_or.reduceat(kinds & (SCRIPTS | HARD), self.starts)
        self.has_other = bool(self.other.any())
        foreign = self.scripts & SCRIPTS
        self.mixes_scripts = ((foreign & (foreign - 1)) != 0) & (self.latin == 0)
        # Among Cyrillic words: what surely is Latin, as a "PayPal" with Cyrillic letters in it.
        latin_names = (self.latin > 0) & (self.strict > 0) & ((self.other + self.weak) == 0)
        self.latin_names = latin_names & ((self.scripts & HARD) != 0)
        self.cyrillic = self._is_cyrillic()

    def _is_cyrillic(self) -> bool:
        """Whether the message is written in Cyrillic, judged by letters that the other script has no twin of.

        About two in five letters of Russian have none. Words that are Latin for sure count with all their letters,
        so that the answer is the same once their look-alikes are folded.
        """
        hard = (self.kinds & HARD) != 0
        latin = (self.kinds & LATIN) != 0
        self.hard_cyrillic = int(np.count_nonzero(hard & ~latin))
        sure = ((self.scripts & HARD) != 0) & ((self.other + self.weak) == 0) & (self.latin > 0)
        beside = np.count_nonzero(hard & latin & ~np.repeat(sure, self.lengths))
        sure_latin = int((self.latin + self.strict)[sure].sum() + beside)
        if self.hard_cyrillic or sure_latin:
            return 5 * self.hard_cyrillic > 2 * sure_latin
        count = int(self.alike[(self.scripts & CYRILLIC) != 0].sum())
        return count > int(self.latin.sum()) and not bool(self.mixes_scripts.any())

    def to_cyrillic(self, alike: Mask) -> Mask:
        """Letters to be read as Cyrillic: the strange ones in words that are Cyrillic otherwise.

        Short words made of nothing but look-alikes follow when several other words are mixed.
        """
        foreign = (self.kinds & LATIN) != 0
        foreign |= ((self.kinds & (OTHER | STRICT | WEAK)) != 0) & ((self.kinds & CYRILLIC) == 0)
        count = np.add.reduceat(foreign.astype(np.intp), self.starts)
        fitting = np.add.reduceat((foreign & alike).astype(np.intp), self.starts) == count
        mixed = (count > 0) & fitting & ((self.scripts & CYRILLIC) != 0) & ~self.latin_names
        if int(mixed.sum()) > 2:
            mixed |= (count > 0) & (count <= 3) & fitting & ((self.scripts & CYRILLIC) == 0)
        chosen: Mask = foreign & np.repeat(mixed, self.lengths)
        return chosen

    def to_latin(self) -> Mask:
        """Letters to be read as Latin: in mixed words, and in words wholly of look-alikes where the rest is Latin."""
        chosen = self.latin_names if self.cyrillic else self._words_to_latin()
        letters: Mask = ((self.kinds & (STRICT | WEAK)) != 0) & np.repeat(chosen, self.lengths)
        return letters

    def _words_to_latin(self) -> Mask:
        mixed = self._mixed()
        found = int(self.alike[mixed].sum())
        few = not self.has_other and 8 * self.hard_cyrillic <= len(self.kinds)  # too few for a text in Cyrillic
        if few and (found >= SEVERAL or self._is_fancy()):
            alike: Mask = self.alike > 0
            return alike
        latin = int(self.latin.sum()) + found
        foreign = ~mixed & ((self.other + self.weak) > 0)
        if latin > int((self.other + self.alike)[foreign].sum()):
            mixed = mixed | ((self.strict > 0) & ((self.latin + self.other + self.weak) == 0))
        return mixed

    def _mixed(self) -> Mask:
        """Words of Latin letters and look-alikes; not "USBшка": one change of script, and letters unlike Latin ones."""
        latin = (self.kinds & LATIN) != 0
        changes = np.zeros(len(latin), np.intp)
        changes[1:] = latin[1:] != latin[:-1]
        changes[self.starts] = 0
        often = np.add.reduceat(changes, self.starts) > 1
        pure = (self.other == 0) & ((self.weak == 0) | often | (self.alike == 1))
        rather = often & (self.latin >= 2 * self.other)
        mixed = (self.latin > 0) & (self.alike > 0) & (pure | rather)
        words: Mask = mixed | (self.mixes_scripts & (self.other == 0))
        return words

    def _is_fancy(self) -> bool:
        """A whole message, without one Latin letter, in a script hardly met or in several at once."""
        scripts = int(np.bitwise_or.reduce(self.scripts)) & SCRIPTS
        known = scripts in (0, CYRILLIC, GREEK, REST)
        return not known and not self.latin.any() and len(self.kinds) >= FEW_LETTERS
