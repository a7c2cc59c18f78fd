"""Text to the pieces of words that BERT knows, as its uncased tokenizer parts it (Devlin et al., 2019).

Written out here because the usual library brings a client for downloads along, which nothing here may need.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

_MOST_OF_A_WORD = 100
_UNKNOWN, _BEGIN, _END = "[UNK]", "[CLS]", "[SEP]"
_HAN = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


class Pieces:
    """Ready to part texts with one vocabulary: a token's number is its place in it. Immutable and thread-safe."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._unknown, self._begin, self._end = (self._numbers[name] for name in (_UNKNOWN, _BEGIN, _END))

    def numbers(self, text: str, most: int) -> list[int]:
        """The numbers of at most so many pieces, those for beginning and end among them."""
        found = [self._begin]
        for word in words(text):
            found += self._of(word)
            if len(found) >= most:
                break
        return [*found[: most - 1], self._end]

    def _of(self, word: str) -> list[int]:
        """The longest piece that fits, again and again; unknown as a whole where none does."""
        if len(word) > _MOST_OF_A_WORD:
            return [self._unknown]
        numbers, found, at = self._numbers, [], 0
        while at < len(word):
            mark = "##" if at else ""
            for end in range(len(word), at, -1):
                number = numbers.get(mark + word[at:end])
                if number is not None:
                    break
            else:
                return [self._unknown]
            found.append(number)
            at = end
        return found


def words(text: str) -> Iterator[str]:
    """The words, in lower case and without accents; every punctuation mark and Chinese sign is one."""
    plain = "".join(map(_in_parts, text))
    if not plain.isascii():
        plain = "".join(sign for sign in unicodedata.normalize("NFD", plain) if unicodedata.category(sign) != "Mn")
    # Only now in lower case: the capital dotted I would bring a mark along.
    return iter("".join(map(_set_apart, plain.lower())).split())


@lru_cache(maxsize=4096)
def _in_parts(sign: str) -> str:
    """Chinese signs between spaces, white space as a space, nothing for what cannot be seen."""
    if sign in "\t\n\r":
        return " "
    kind = unicodedata.category(sign)
    if kind[0] == "C" or sign == "\ufffd":
        return ""
    if kind == "Zs":
        return " "
    return f" {sign} " if any(first <= ord(sign) <= last for first, last in _HAN) else sign


@lru_cache(maxsize=4096)
def _set_apart(sign: str) -> str:
    """Punctuation between spaces."""
    ascii_mark = sign.isascii() and sign.isprintable() and not sign.isalnum() and sign != " "
    return f" {sign} " if ascii_mark or unicodedata.category(sign)[0] == "P" else sign
