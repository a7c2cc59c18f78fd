"""What the sender wanted to be read."""

from __future__ import annotations

from lurewatch.engine.model import View
from lurewatch.engine.text.alphabet import SHADOW
from lurewatch.engine.text.bars import has_capital_inside
from lurewatch.engine.text.folding import fold
from lurewatch.engine.text.plain import is_disguised, read_plain
from lurewatch.engine.text.spoken import is_spelled_out, read_spoken
from lurewatch.engine.text.words import WORDS

__all__ = ["WORDS", "normalise"]


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
    views = [view]
    if (bars or is_disguised(shadow)) and (plain := read_plain(shadow, codes, origin, words, bars=bars)):
        views.append(plain)
    if is_spelled_out(shadow) and (spoken := read_spoken(shadow, codes, origin)):
        views.append(spoken)
    return tuple(views)
