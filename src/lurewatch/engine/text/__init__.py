"""What the sender wanted to be read."""

from __future__ import annotations

from lurewatch.engine.model import View
from lurewatch.engine.text.alphabet import SHADOW
from lurewatch.engine.text.folding import fold
from lurewatch.engine.text.gate import is_worth_a_look
from lurewatch.engine.text.plain import read_plain
from lurewatch.engine.text.words import WORDS

__all__ = ["WORDS", "normalise"]


def normalise(text: str, words: frozenset[str] = WORDS) -> tuple[View, ...]:
    """At most three readings of a text, "folded" first; "plain" and "spoken" only where they differ from it.

    Any string is accepted, lone surrogates included. ``words`` settles what ambiguous disguises stand for.
    """
    if text.isascii():
        folded = text.lower()
        view = View("folded", folded)
        shadow = folded.encode()
        if not is_worth_a_look(shadow):
            return (view,)
        codes = origin = None
    else:
        folding = fold(text)
        codes, origin = folding.codes, folding.origin
        offsets = None if origin is None else tuple(origin.tolist())
        view = View("folded", codes.tobytes().decode("utf-32-le"), offsets, folding.obfuscations)
        shadow = SHADOW[codes].tobytes()
        if not is_worth_a_look(shadow):
            return (view,)
    plain = read_plain(shadow, codes, origin, words)
    return (view,) if plain is None else (view, plain)
