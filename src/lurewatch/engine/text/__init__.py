"""What the sender wanted to be read."""

from __future__ import annotations

from lurewatch.engine.model import View
from lurewatch.engine.text.folding import fold

__all__ = ["WORDS", "normalise"]

WORDS: frozenset[str] = frozenset()


def normalise(text: str, words: frozenset[str] = WORDS) -> tuple[View, ...]:
    """At most three readings of a text, "folded" first; "plain" and "spoken" only where they differ from it.

    Any string is accepted, lone surrogates included. ``words`` settles what ambiguous disguises stand for.
    """
    if text.isascii():
        return (View("folded", text.lower()),)
    folding = fold(text)
    folded = folding.codes.tobytes().decode("utf-32-le")
    origin = None if folding.origin is None else tuple(folding.origin.tolist())
    return (View("folded", folded, origin, folding.obfuscations),)
