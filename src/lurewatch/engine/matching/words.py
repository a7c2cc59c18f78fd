"""Whole words in scripts that do not fold to ASCII."""

from __future__ import annotations

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han compatibility
    (0x20000, 0x3FFFF),  # Han extensions
)


def _continues_word(char: str) -> bool:
    """Whether a match may not border on this character: a letter or sign of a script that writes spaces."""
    if not (char.isalnum() or 0x0300 <= ord(char) <= 0x0DFF):
        return False
    code = ord(char)
    return not any(low <= code <= high for low, high in _UNSPACED)


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is not cut out of a longer word; always true where no spaces are written."""
    first, last = text[start], text[end - 1]
    before_ok = start == 0 or not (_continues_word(first) and _continues_word(text[start - 1]))
    after_ok = end == len(text) or not (_continues_word(last) and _continues_word(text[end]))
    return before_ok and after_ok
