"""Signs and digits that stand for letters ("acc0unt", "p@y"), and letters repeated ("freeeee")."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

import numpy as np
import re2

from lurewatch.engine.text.draft import Draft
from lurewatch.engine.text.signs import LEET
from lurewatch.engine.text.vocabulary import Vocabulary

# The letters each sign and digit may stand for, the likeliest first.
READINGS = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "tl", "8": "b", "9": "gq",
    "@": "a", "$": "s", "!": "il", "|": "li", "+": "t", "#": "h", "(": "c", "[": "c", "{": "c", "<": "c",
    "&": "e", "%": "e", "_": "u", "^": "a", "*": "aeiou",
    "€": "e", "£": "le", "¥": "y", "¢": "c", "©": "c", "®": "r", "§": "s", "¡": "i", "₿": "b", "฿": "b", "₱": "p",
    "₩": "w", "₮": "t", "₦": "n", "₴": "s", "₵": "c", "₲": "g", "₭": "k", "₥": "m", "₣": "f", "₹": "r", "₽": "pr",
    "₳": "a", "¶": "p",
}  # fmt: skip
LETTERS = {LEET.get(sign, ord(sign) & 0xFF): letters.encode() for sign, letters in READINGS.items()}
AMBIGUOUS = bytes(sign for sign, letters in LETTERS.items() if len(letters) > 1)
FIRST = bytes(LETTERS.get(code, bytes([code]))[0] for code in range(256))
SECOND = bytes(LETTERS[code][min(1, len(LETTERS[code]) - 1)] if code in LETTERS else code for code in range(256))
NOT_LETTERS = bytes(code for code in range(256) if not 97 <= code <= 122)
DIGITS = bytes(ord("0") if 48 <= code <= 57 else code for code in range(256))
POINTS = (b".", b",")
QUOTES = b"'*"
BEFORE = b"'*_(<[{"
AFTER = b"'*_!|&+(<[{#"
# Not letters in any disguise: what separates words. Quotes stay inside words.
SEPARATORS = b'\t\n\r.,:;?"/\\=~>)]}-`\x80\x81'
SEPARATED = bytes.maketrans(SEPARATORS, b" " * len(SEPARATORS))

MAX_PIECES = 500  # words read with care in one message; in the rest every sign is its likeliest letter
MAX_SAMPLES = 60  # unknown words looked at to tell whether the message is disguised
MAX_READINGS = 24  # readings tried of one word
MAX_REPEATS = 300
LONGEST = 24
SURE = 4  # letters from which on a known word is a disguise even if it stands alone
ENOUGH = 3  # words that may be disguised and together surely are
SECRETS = frozenset(b"otp cvv cvc pin kyc upi ssn atm btc".split())  # short words that matter even alone
FUNCTION_WORDS = frozenset(
    b"i a is it to so at as be go do of or on me my we he us if in by no all see too get set let the out".split()
)
TEXTING = frozenset(
    b"b4 gr8 m8 l8 l8r w8 h8 d8 2day 2nite 2night 2moro 2morrow 2mrw 2mr 2gether 4get 4u 2u 4me 4eva 4ever 4ward any1"
    b" some1 every1 no1 ne1 1st 2nd 3rd mp3 mp4".split()
)

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1
# A word with letters around its signs, and more letters than signs: "minam4l"; not "d4n4", "m3".
INSIDE = re2.compile(rb"[a-z]{2,}[0134578@$][a-z]+|[a-z][0134578@$][a-z]{2,}", _LATIN1)
# A letter thrice: "pleeease", "soooo"; not "too", nor "xxx", which stands for hidden digits.
THRICE = "|".join(f"{chr(code)}{{3}}" for code in b"abcdefghijklmnopqrstuvwyz")
REPEATED = re2.compile(THRICE.encode(), _LATIN1)
ROMAN = b"ivxlcdm"


def undo_leet(draft: Draft, text: bytes, vocabulary: Vocabulary) -> None:
    """Write letters for the signs in words of ``text``, the draft's with what is not to be touched blanked.

    A long known word is read at once; short and unknown ones only where other words of the message are disguised.
    """
    sure: list[tuple[int, bytes]] = []
    likely: list[tuple[int, bytes]] = []
    unknown: list[tuple[int, bytes]] = []
    place = 0
    for start, piece in islice(_pieces(text, vocabulary), MAX_PIECES):
        place, core, word = _read(start, piece, vocabulary)
        if word is None:
            unknown.append((place, core))
        elif (len(word) >= SURE or word in SECRETS) and not _is_glued(core, vocabulary):
            sure.append((place, word))
        else:
            likely.append((place, word))
    if len(sure) + len(likely) + len(unknown) == MAX_PIECES:
        sure += _hasty(text, text.find(b" ", place), vocabulary)
    if _is_disguised(sure, likely, unknown):
        sure += likely
        sure += [(place, word) for place, core in unknown if (word := _guess(core, len(sure)))]
    for place, word in sorted(sure):
        draft.replace(place, word)
        draft.note("leet", place, place + len(word))


def _hasty(text: bytes, place: int, vocabulary: Vocabulary) -> Iterator[tuple[int, bytes]]:
    """The known words from ``place`` on that come out when every sign is its likeliest letter."""
    if place < 0:
        return
    rest = text[place:].translate(SEPARATED)
    for sent, read in zip(rest.split(b" "), rest.translate(FIRST).split(b" "), strict=True):
        if sent != read and read in vocabulary and sent.translate(None, NOT_LETTERS):
            yield place, read
        place += len(sent) + 1


def _is_disguised(
    sure: list[tuple[int, bytes]], likely: list[tuple[int, bytes]], unknown: list[tuple[int, bytes]]
) -> bool:
    """Whether the doubtful words of a message are leetspeak: there is enough of it, and no list of car models."""
    if len(sure) > 1 or (sure and likely):
        return True
    inside = {core for _, core in unknown[:MAX_SAMPLES] if INSIDE.fullmatch(core)}
    long = {word for _, word in likely if len(word) > 2}
    return len(sure) + len(inside) + len(long) >= ENOUGH


def _pieces(text: bytes, vocabulary: Vocabulary) -> Iterator[tuple[int, bytes]]:
    """What stands between separators and holds signs or digits, with its place; not "stop!", "(see", "2day"."""
    before = BEFORE if b")" in text or b"]" in text else QUOTES
    place = 0
    for piece in text.translate(SEPARATED).split(b" "):
        if piece and not piece.isalpha():
            bare = piece.lstrip(before)
            start = place + len(piece) - len(bare)
            core = bare.rstrip(AFTER)
            # "no+" may be "not"; "stop!" and "see (" are themselves.
            read = core.isalpha() and core in vocabulary and bare[len(core) :] != b"+"
            if not (read or (bare.isdigit() and _is_in_number(text, start, start + len(bare)))):
                yield start, bare.rstrip(QUOTES)
        place += len(piece) + 1


def _is_in_number(text: bytes, start: int, end: int) -> bool:
    """Whether these digits are a part of a number with a point or a comma: "1.50", "3,000"."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return (before[1:] in POINTS and before[:1].isdigit()) or (after[:1] in POINTS and after[1:].isdigit())


def _read(start: int, piece: bytes, vocabulary: Vocabulary) -> tuple[int, bytes, bytes | None]:
    """The place and the text of what is read, and the known word it stands for; with marks around if need be."""
    word = _word(piece, vocabulary)
    if word is None:
        bare = piece.lstrip(BEFORE)
        core = bare.rstrip(AFTER)
        if core != piece and (word := _word(core, vocabulary)):
            return start + len(piece) - len(bare), core, word
    return start, piece, word


def _word(core: bytes, vocabulary: Vocabulary) -> bytes | None:
    """The known word that this stands for, if it holds a letter."""
    if len(core) > LONGEST or core.isalpha():
        return None
    word = core.translate(FIRST)
    if word == core or not core.translate(None, NOT_LETTERS):
        return None
    if word in vocabulary:
        return word
    word = core.translate(SECOND)
    if word in vocabulary:
        return word
    if len(core) - len(core.translate(None, AMBIGUOUS)) < 2 and b"*" not in core:
        return None
    choices = [LETTERS.get(code, bytes((code,))) for code in core]
    for letters in islice(product(*choices), MAX_READINGS):
        word = bytes(letters)
        if word in vocabulary.costs:
            return word
    return None


def _is_glued(core: bytes, vocabulary: Vocabulary) -> bool:
    """Rather a number or sign beside a word than in its place: "4all", "win10", "100k", "@live", "cal!", "4ward"."""
    letters = len(core.translate(None, NOT_LETTERS))
    if core in TEXTING or 2 * letters < len(core) or (core[:-1].isalpha() and core[-1:] == b"!"):
        return True
    bare = core.strip(b"0123456789@+#")
    return len(bare) > 2 and bare.isalpha() and bare in vocabulary and core[:1] != b"$"


def _guess(core: bytes, found: int) -> bytes | None:
    """What a short or unknown word most likely reads in a message in which other words are disguised; codes stay."""
    if core in TEXTING:
        return None
    word = core.translate(FIRST)
    if len(core) <= 3 and found >= ENOUGH and word in FUNCTION_WORDS:
        return word
    letters = len(core.translate(None, NOT_LETTERS))
    if word == core or len(core) > LONGEST or letters < 2 or 2 * letters < len(core):
        return None
    tail = core.rpartition(b"!")[2]
    if tail != core and tail.isdigit():
        return None  # the end of a sentence and a number: "today!2"
    digits = core.translate(DIGITS)
    return None if b"00" in digits else word


def collapse_repeats(draft: Draft, text: bytes, vocabulary: Vocabulary) -> None:
    """Write letters that come three or more times in a row twice if that makes a known word, else once."""
    if REPEATED.search(text) is None:
        return
    codes = np.frombuffer(text, np.uint8)
    starts = np.flatnonzero(np.diff(codes, prepend=0))
    lengths = np.diff(starts, append=len(codes))
    letters = codes[starts]
    long = (lengths > 2) & (letters >= ord("a")) & (letters <= ord("z")) & (letters != ord("x"))
    repeats = np.repeat(long, lengths)
    repeats[starts[long] - starts[0]] = False
    draft.drop_all(np.flatnonzero(repeats) + starts[0])
    words: dict[tuple[int, int], list[tuple[int, int]]] = {}
    runs = zip(starts[long][:MAX_REPEATS].tolist(), lengths[long][:MAX_REPEATS].tolist(), strict=True)
    for start, length in runs:
        words.setdefault(_around(text, start), []).append((start, length))
    for (start, end), inside in words.items():
        _settle(draft, text[start:end], start, inside, vocabulary)


def _around(text: bytes, place: int) -> tuple[int, int]:
    """The letters around a place, at most ``LONGEST`` to each side."""
    start = end = place
    while start > max(0, place - LONGEST) and 97 <= text[start - 1] <= 122:
        start -= 1
    while end < min(len(text), place + 2 * LONGEST) and 97 <= text[end] <= 122:
        end += 1
    return start, end


def _settle(draft: Draft, word: bytes, start: int, runs: list[tuple[int, int]], vocabulary: Vocabulary) -> None:
    """Keep the second letter of the runs that need it for a known word; all of "www", "zzz", "viii"."""
    if len(set(word)) == 1 or not word.strip(ROMAN):
        for place, length in runs:
            draft.restore(place, place + length)
        return
    for lengths in islice(product((2, 1), repeat=len(runs)), MAX_READINGS):
        read, end = b"", 0
        for (place, length), kept in zip(runs, lengths, strict=True):
            read += word[end : place - start + kept]
            end = place - start + length
        if read + word[end:] in vocabulary:
            for (place, _), kept in zip(runs, lengths, strict=True):
                draft.restore(place, place + kept)
            break
    if len(runs) > 2:
        draft.note("repeated", start, start + len(word))
