"""Foreign text on a terminal: nothing in it may move the cursor, change colours, or turn the line around."""

from __future__ import annotations

_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_INVISIBLE = (
    (0x00, 0x1F),  # control characters: escape sequences begin with one
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x061C, 0x061C),  # bidirectional marks, embeddings, overrides and isolates
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),  # half a character
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE007F),  # tags
)
_ONE_LINE: dict[int, str] = {
    code: "\N{REPLACEMENT CHARACTER}" for low, high in _INVISIBLE for code in range(low, high + 1)
}
_ONE_LINE.update({ord(char): " " for char in _SPACES})
_NAMED = {code: f"<{code:02X}>" for low, high in _INVISIBLE for code in range(low, high + 1)}


def one_line(text: str) -> str:
    """The text in one line: white space as spaces, what is invisible or steers a terminal as U+FFFD."""
    return text.translate(_ONE_LINE)


def named(char: str) -> str:
    """What is shown for one character: itself, or its code (``<200B>``) where it is invisible or steers a terminal."""
    return _NAMED.get(ord(char), char)
