"""Letters kept apart ("s p a c e d", "d.o.t.t.e.d") are joined, words run together are cut."""

from __future__ import annotations

from itertools import islice

import re2

from lurewatch.engine.text.draft import Draft
from lurewatch.engine.text.vocabulary import Vocabulary

SEPARATORS = b" .-_*,/|~+\xa0"
MAX_LETTERS = 1500  # letters cut with care in one message; the rest by the longest word
MAX_RUNS = 400
MAX_CUTS = 40
CONFIDENT = 4  # letters from which on a run is joined although it is no known word

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1


def _run(repeat: str) -> str:
    """Single letters with the same separator between them."""
    return "|".join(rf"(?:\x{sign:02x}[a-z']){repeat}" for sign in SEPARATORS)


# "y o u r", "o.t.p", "p-a-y", "v_i_s_a"; not "i am a", "u.s", "e-mail", "a, b".
APART = re2.compile(rf"\b[a-z](?:{_run('{2,}')})\b".encode(), _LATIN1)
# "t o", read only beside such runs.
PAIR = re2.compile(rb"\b[a-z] [a-z]\b", _LATIN1)
# "youraccountisblocked"
TOGETHER = re2.compile(rb"\b[a-z]{14,}\b", _LATIN1)


def join_letters(draft: Draft, text: bytearray, vocabulary: Vocabulary) -> None:
    """Join the letters kept apart in ``text``, the draft's with what is not to be touched blanked; blanks them too."""
    left = MAX_LETTERS
    runs = []
    for start, end in [match.span() for match in islice(APART.finditer(bytes(text)), MAX_RUNS)]:
        first = start + 2 if start and text[start - 1] == ord("'") else start
        letters = bytes(text[first:end:2])
        pieces = vocabulary.cut(letters) if len(letters) <= left else vocabulary.chop(letters)
        left -= len(letters)
        runs.append((first, end, pieces))
    if any(_is_disguise(pieces) for *_, pieces in runs):
        for start, end, pieces in runs:
            _join(draft, start, pieces)
            text[start:end] = b" " * (end - start)
        _join_pairs(draft, text, vocabulary)


def _is_disguise(pieces: list[tuple[int, int, bool]]) -> bool:
    """No initials, no "a b c": a word comes out, or enough letters for one."""
    if pieces[-1][1] < CONFIDENT:
        return len(pieces) == 1 and pieces[0][2]
    return any(end - start > 1 for start, end, _ in pieces)


def _join(draft: Draft, start: int, pieces: list[tuple[int, int, bool]]) -> None:
    end = start + 2 * pieces[-1][1] - 1
    draft.drop(start + 1, end, 2)
    draft.keep_spaces([start + 2 * first - 1 for first, *_ in pieces[1:]])
    draft.note("spaced", start, end)


def _join_pairs(draft: Draft, text: bytearray, vocabulary: Vocabulary) -> None:
    """Words of two letters, where longer ones were found to be spaced."""
    for start, end in [match.span() for match in islice(PAIR.finditer(bytes(text)), MAX_RUNS)]:
        belongs_elsewhere = (start and text[start - 1] == ord("'")) or text[end : end + 1] == b"'"
        if bytes(text[start:end:2]) in vocabulary and not belongs_elsewhere:
            draft.drop(start + 1, start + 2)
            text[start:end] = b"   "


def cut_words(draft: Draft, text: bytes, vocabulary: Vocabulary) -> None:
    """Cut long unknown words that are made of known ones, all but a few letters."""
    left = MAX_LETTERS
    for match in islice(TOGETHER.finditer(text), MAX_CUTS):
        start, end = match.span()
        word = text[start:end]
        left -= len(word)
        if word in vocabulary or left < 0:
            continue
        pieces = vocabulary.cut(word)
        unknown = sum(last - first for first, last, known in pieces if not known)
        short = sum(last - first < 3 for first, last, _ in pieces)
        if len(pieces) > 2 and 4 * unknown <= len(word) and 2 * short <= len(pieces):
            for first, *_ in pieces[1:]:
                draft.insert(start + first)
