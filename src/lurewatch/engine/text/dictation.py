"""Runs of dictated digits ("six oh four", "double five", "9 8 7 6 ...") written as numbers."""

from __future__ import annotations

from itertools import islice

import re2

from lurewatch.engine.text.draft import Draft
from lurewatch.engine.text.numbers import ANY, ENGLISH, NUMERALS, dictated

MAX_RUNS = 200
MAX_WORDS = 1200
FEWEST_TOKENS = 3  # "one of two", "two three times" stay
FEWEST_DIGITS = 7  # of a run with one word, or with none: those of a telephone number
LONGEST_AMOUNT = 4  # words of "two hundred and fifty"
BETWEEN = "[ ,.()/-]{1,3}"

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1

_WORDS = "|".join(sorted((word.decode() for word in NUMERALS), key=len, reverse=True))
_DIGIT_WORDS = "|".join(
    sorted((word.decode() for word, numeral in NUMERALS.items() if numeral.role in ("digit", "teen", "ten", "repeat")))
)
_TOKEN = rf"(?:{_WORDS}|[0-9]+)"
# Three number words or numbers in a row: "six zero 4", "double five, nine"; not "two or three or four".
RUN = re2.compile(rf"\b{_TOKEN}(?:{BETWEEN}{_TOKEN}){{2,}}\b".encode(), _LATIN1)
# For the quick look: a number word and another or a number; seven single digits; letters among many digits.
HINT = (
    rf"\b(?:{_DIGIT_WORDS}){BETWEEN}(?:{_DIGIT_WORDS}|[0-9])|\b[0-9](?:[ .-][0-9]){{6}}"
    r"|\b[0-9]{2,}[oil][0-9oil]{3,}\b"
)
# "98765o4321", "9876l o4321"; not "h2o", "100 oil".
TYPED = re2.compile(rb"\b[0-9][0-9oil]{6,15}\b", _LATIN1)
SPACED = bytes.maketrans(b",.()/-", b" " * 6)
TO_DIGITS = bytes.maketrans(b"oil", b"011")


def write_digits(draft: Draft) -> None:
    """Join the digits of every run, and read letters among many digits as digits."""
    left = MAX_WORDS
    for match in islice(RUN.finditer(draft.text), MAX_RUNS):
        tokens = _tokens(match[0], match.start())[: max(left, 0)]
        left -= len(tokens)
        for run in _by_language(draft.text, tokens):
            _write(draft, run)
    for match in islice(TYPED.finditer(draft.text), MAX_RUNS):
        start, end = match.span()
        digits = match[0].translate(TO_DIGITS)
        if digits != match[0] and 4 * sum(48 <= code <= 57 for code in match[0]) >= 3 * (end - start):
            draft.replace(start, digits)


def _tokens(run: bytes, start: int) -> list[tuple[int, int]]:
    """Where the words and numbers of a run that starts at ``start`` stand."""
    tokens = []
    for word in run.translate(SPACED).split(b" "):
        if word:
            tokens.append((start, start + len(word)))
        start += len(word) + 1
    return tokens


def _by_language(text: bytes, tokens: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Parted where the language changes, so that "two do three" is no run."""
    runs: list[list[tuple[int, int]]] = [[]]
    languages = ANY
    for token in tokens:
        numeral = NUMERALS.get(text[slice(*token)])
        mine = ANY if numeral is None else numeral.languages
        if not languages & mine:
            runs.append([])
            languages = ANY
        languages &= mine
        runs[-1].append(token)
    return runs


def _write(draft: Draft, tokens: list[tuple[int, int]]) -> None:
    words = [draft.text[start:end] for start, end in tokens]
    read = dictated(words)
    digits = b"".join(number for *_, number in read)
    spoken = sum(word in NUMERALS for word in words)
    if len(read) < FEWEST_TOKENS or (spoken < 2 and len(digits) < FEWEST_DIGITS):
        return
    if spoken == 0 and any(len(word) > 1 for word in words):
        return
    if spoken == 1 and not any(NUMERALS[word].languages & ENGLISH for word in words if word in NUMERALS):
        return  # "sept. 10, 2022"
    if b"hundred" in words and len(words) <= LONGEST_AMOUNT:
        return
    written = tokens[read[0][0]][0]
    for first, after, number in read:
        start, end = tokens[first][0], tokens[after - 1][1]
        draft.drop(written, start)
        if start == tokens[read[0][0]][0] and len(number) == 1:
            draft.replace(start, number)
            draft.drop(start + 1, end)
        else:
            draft.condense(start, end, number)
        written = end
