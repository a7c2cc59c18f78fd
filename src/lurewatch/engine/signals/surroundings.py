"""The words and characters around a candidate: what tells a telephone number from an order number."""

from __future__ import annotations

from collections.abc import Collection

DIGITS = frozenset("0123456789")
_SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}
_EDGE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def vocabulary(words: str) -> frozenset[str]:
    """The words of a text, set apart by blanks."""
    return frozenset(words.split())


def words_before(text: str, at: int, reach: int = 40) -> list[str]:
    """The whole words within ``reach`` characters before ``at``, in order; punctuation separates."""
    first = at - reach
    if first <= 0:
        return text[:at].translate(_SPACED).split()
    words = text[first:at].translate(_SPACED).split()
    return words[1:] if words and text[first] in _EDGE and text[first - 1] in _EDGE else words


def words_after(text: str, at: int, reach: int = 40) -> list[str]:
    """The whole words within ``reach`` characters after ``at``, in order; punctuation separates."""
    last = at + reach
    words = text[at:last].translate(_SPACED).split()
    cut = last < len(text) and text[last] in _EDGE and text[last - 1] in _EDGE
    return words[:-1] if words and cut else words


def is_near(text: str, start: int, end: int, wanted: Collection[str], reach: int = 40) -> bool:
    """Whether one of the ``wanted`` words stands within ``reach`` characters of ``text[start:end]``."""
    return any(word in wanted for word in words_before(text, start, reach)) or any(
        word in wanted for word in words_after(text, end, reach)
    )


def digits_of(text: str) -> str:
    """The ASCII digits in ``text``."""
    return "".join(char for char in text if char in DIGITS)
