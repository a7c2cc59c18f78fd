"""A vocabulary made ready for look-ups and for cutting run-together letters into words."""

from __future__ import annotations

import math
from functools import lru_cache

from lurewatch.engine.text.words import RANK

UNRANKED = 4000  # the rank given to words that have no count: pack vocabulary
UNKNOWN_WORD = 16.0  # what starting a word that is not in the vocabulary costs
UNKNOWN_LETTER = 3.4  # and what each of its letters costs
MAX_CHOPPED = 3000
ENDINGS = (b"'s", b"s", b"ed", b"d", b"ing", b"ly", b"er")
FEWEST_LETTERS = 3  # that an unknown word has
INFINITE = float("inf")


class Vocabulary:
    """Words as ASCII bytes; those that hold anything but letters and apostrophes are left out."""

    def __init__(self, words: frozenset[str]) -> None:
        scale = math.log(math.log(len(words) + 3))
        costs: dict[bytes, float] = {}
        for word in words:
            if word.isascii() and word.replace("'", "").isalpha():
                costs[word.lower().encode()] = math.log(RANK.get(word, UNRANKED) + 2) + scale
        self.costs = costs
        self.starts = {word[:end] for word in costs for end in range(1, len(word))}

    def __contains__(self, word: bytes) -> bool:
        """Whether this is a word of the vocabulary, or one with a common ending."""
        if word in self.costs:
            return True
        return any(
            word.endswith(end) and word[: -len(end)] in self.costs for end in ENDINGS if len(word) > len(end) + 3
        )

    def cut(self, letters: bytes) -> list[tuple[int, int, bool]]:
        """The cheapest way to read ``letters`` as words: ``(start, end, known)`` of each, in order.

        Time grows linearly: from each letter only beginnings of known words are followed.
        """
        costs, starts = self.costs, self.starts
        size = len(letters)
        best = [INFINITE] * (size + 1)  # cheapest reading that ends here
        best[0] = 0.0
        came = [0] * (size + 1)
        known = [False] * (size + 1)
        fewest = min(FEWEST_LETTERS, size)
        begun = UNKNOWN_WORD + fewest * UNKNOWN_LETTER
        inside, since = INFINITE, 0  # cheapest reading that ends in an unknown word of enough letters, and its start
        for start in range(size):
            here = best[start]
            end = start + 1
            while True:
                piece = letters[start:end]
                cost = costs.get(piece)
                if cost is not None and here + cost < best[end]:
                    best[end], came[end], known[end] = here + cost, start, True
                if end == size or piece not in starts:
                    break
                end += 1
            inside += UNKNOWN_LETTER
            first = start + 1 - fewest
            if first >= 0 and best[first] + begun < inside:
                inside, since = best[first] + begun, first
            if inside < best[start + 1]:
                best[start + 1], came[start + 1], known[start + 1] = inside, since, False
        pieces = []
        end = size
        while end:
            pieces.append((came[end], end, known[end]))
            end = came[end]
        return pieces[::-1]

    def chop(self, letters: bytes) -> list[tuple[int, int, bool]]:
        """As ``cut``, quicker and worse: always the longest word; after very many letters, the rest in one piece."""
        pieces: list[tuple[int, int, bool]] = []
        costs, starts = self.costs, self.starts
        start, size = 0, min(len(letters), MAX_CHOPPED)
        while start < size:
            end = start + 1
            longest = 0
            while True:
                piece = letters[start:end]
                if piece in costs:
                    longest = end
                if end == size or piece not in starts:
                    break
                end += 1
            if not longest and pieces and not pieces[-1][2]:
                pieces[-1] = (pieces[-1][0], start + 1, False)
            else:
                pieces.append((start, longest or start + 1, bool(longest)))
            start = longest or start + 1
        if size < len(letters):
            pieces.append((size, len(letters), False))
        return pieces


@lru_cache(maxsize=8)
def compiled(words: frozenset[str]) -> Vocabulary:
    """The vocabulary of these words; the last few are kept."""
    return Vocabulary(words)
