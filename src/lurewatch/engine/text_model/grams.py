"""A text as the numbers of its n-grams: 2 and 4 characters, one and two words, hashed into ``2**bits`` buckets.

Characters are hashed by a polynomial modulo 2**32, four from two pairs; multiplying by an odd number and keeping the
highest bits spreads it (Knuth, TAOCP 6.4). Words are hashed by CRC-32, of which a pair is the continuation. Each length
is worked out for the whole text at once: at a hundred characters a call of numpy costs more than what it does.
"""

from __future__ import annotations

from math import sqrt
from zlib import crc32

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]

LONGEST = 1_000
"""So many characters of a text are read."""
ENOUGH = 500
"""Up to so many n-grams, some 200 characters, more of them say more; beyond, only what they are on average counts."""
_BASE = 0x01000193
_BASE_SQUARED = _BASE**2 & 0xFFFFFFFF
_SPREAD_PAIRS, _SPREAD_FOURS, _SPREAD_WORDS = 0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_SIGNS = bytes(code for code in range(128) if not (chr(code).isalnum() or chr(code) == "'"))
_SPACES = bytes.maketrans(_SIGNS, b" " * len(_SIGNS))


def buckets(text: str, bits: int) -> Codes:
    """The bucket of each n-gram in ``text[:LONGEST]``, in [0, 2**bits), repeated as often as it occurs; at least one.

    Every digit reads as 0 and any white space as one space; characters are read with a space before and after the
    text, words without ASCII signs.
    """
    data = f" {' '.join(text[:LONGEST].split())} ".encode("utf-8", "surrogatepass").translate(_DIGITS)
    codes = _codes(data)
    pairs = codes[:-1] + codes[1:] * _BASE
    fours = pairs[:-2] + pairs[2:] * _BASE_SQUARED
    words = data.translate(_SPACES).split()
    hashes = [*map(crc32, words)]
    hashes += [*map(crc32, words[1:], hashes)]
    spelt = np.array(hashes, np.uint32)
    spread = (pairs * _SPREAD_PAIRS, fours * _SPREAD_FOURS, spelt * _SPREAD_WORDS)
    return np.concatenate(spread) >> np.uint32(32 - bits)


def share(count: int) -> float:
    """What one of ``count`` >= 1 n-grams counts: 1 / sqrt(count), from ENOUGH on sqrt(ENOUGH) / count.

    N-grams of one text are not independent: were it the square root for every length, long texts would be called
    surely a lure or surely honest far more often than they are.
    """
    return 1.0 / sqrt(count) if count <= ENOUGH else sqrt(ENOUGH) / count


def _codes(data: bytes) -> Codes:
    if data.isascii():
        return np.frombuffer(data, np.uint8).astype(np.uint32)
    return np.frombuffer(data.decode("utf-8", "surrogatepass").encode("utf-32-le", "surrogatepass"), np.uint32)
