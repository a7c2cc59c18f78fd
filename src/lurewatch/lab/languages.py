"""Which language a labelled text is in, as far as its script and its row tell."""

from __future__ import annotations

import re

_SCRIPTS = tuple(
    (name, re.compile(f"[{letters}]"))
    for name, letters in (
        ("th", "\u0e00-\u0e7f"), ("ja", "\u3040-\u30ff"), ("ko", "\uac00-\ud7af"), ("hi", "\u0900-\u097f"),
        ("ar", "\u0600-\u06ff"), ("zh", "\u4e00-\u9fff"), ("ru", "\u0400-\u04ff"),
    )
)  # fmt: skip
_LOOKED_AT = 300
_FEWEST = 3
OTHERWISE = "en"


def language(text: str, stated: str) -> str:
    """The language of a text: by its script where that decides, else what its source states, else English.

    ``stated`` may name several ("en/tl"): the last one is meant, because the first is what others are mixed with.
    """
    beginning = text[:_LOOKED_AT]
    for name, letter in _SCRIPTS:
        if len(letter.findall(beginning)) >= _FEWEST:
            return name
    return stated.rpartition("/")[2] or OTHERWISE
