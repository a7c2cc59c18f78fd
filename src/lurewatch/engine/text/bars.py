"""Strokes that may be an "i" or an "l": capital I amid small letters ("PayPaI"), and look-alikes of both."""

from __future__ import annotations

from itertools import islice

import re2

from lurewatch.engine.text.draft import Draft
from lurewatch.engine.text.vocabulary import Vocabulary

MAX_WORDS = 300
MAX_STROKES = 6
FEW = 8  # capitals that are looked at one by one, which is quicker than to search

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1
# "PayPaI", "cIick"; not "If I", "WIFI".
CAPITAL_INSIDE = re2.compile(rb"[a-z]I", _LATIN1)
WORD = re2.compile(rb"\b[a-z]{4,24}\b", _LATIN1)
SWAP = {ord("i"): b"l", ord("l"): b"i"}


def has_capital_inside(text: str) -> bool:
    """Whether a text holds a capital I right after a small letter."""
    if text.count("I") > FEW:
        return CAPITAL_INSIDE.search(text.encode("ascii", "replace")) is not None
    return any("a" <= before[-1:] <= "z" for before in text.split("I")[:-1])


def settle_bars(draft: Draft, text: bytes, vocabulary: Vocabulary) -> None:
    """Exchange "i" and "l" in unknown words of ``text``, the draft's, where that makes a known word."""
    for match in islice(WORD.finditer(text), MAX_WORDS):
        word = match[0]
        if word in vocabulary:
            continue
        strokes = [place for place, code in enumerate(word) if code in SWAP]
        for place in strokes[:MAX_STROKES]:
            other = word[:place] + SWAP[word[place]] + word[place + 1 :]
            if other in vocabulary:
                draft.replace(match.start(), other)
                draft.note("lookalike", match.start(), match.end())
                break
