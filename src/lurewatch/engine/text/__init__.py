"""What the sender wanted to be read."""

from __future__ import annotations

import re2

from lurewatch.engine.model import View
from lurewatch.engine.text import plain, spoken
from lurewatch.engine.text.alphabet import SHADOW
from lurewatch.engine.text.bars import has_capital_inside
from lurewatch.engine.text.folding import fold
from lurewatch.engine.text.typos import slips_in
from lurewatch.engine.text.words import WORDS

__all__ = ["WORDS", "normalise"]

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1
# Both quick looks in one pass: most messages hold nothing of the kind.
_REMARKABLE = re2.compile(f"{plain.HINT}|{spoken.HINT}".encode("latin-1"), _LATIN1)


def normalise(text: str, words: frozenset[str] = WORDS) -> tuple[View, ...]:
    """At most three readings of a text, "folded" first; "plain" and "spoken" only where they differ from it.

    Any string is accepted, lone surrogates included. ``words`` settles what ambiguous disguises stand for.
    """
    codes = origin = None
    if text.isascii():
        folded = text.lower()
        view = View("folded", folded)
        shadow = folded.encode()
        bars = False
    else:
        folding = fold(text)
        codes, origin = folding.codes, folding.origin
        offsets = None if origin is None else tuple(origin.tolist())
        view = View("folded", codes.tobytes().decode("utf-32-le"), offsets, folding.obfuscations)
        shadow = SHADOW[codes].tobytes()
        bars = any(found.kind in ("lookalike", "styled") for found in folding.obfuscations)
    bars = bars or has_capital_inside(text)
    slips = slips_in(shadow)
    remarkable = _REMARKABLE.search(shadow) is not None
    if not (bars or slips or remarkable):
        return (view,)
    further = []
    if bars or slips or plain.is_disguised(shadow):
        further.append(plain.read_plain(shadow, codes, origin, words, bars=bars, slips=slips))
    if remarkable and spoken.is_spelled_out(shadow):
        further.append(spoken.read_spoken(shadow, codes, origin))
    return (view, *(other for other in further if other))
