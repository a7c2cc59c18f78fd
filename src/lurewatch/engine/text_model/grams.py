"""A text as the numbers of its n-grams: 2 and 4 characters, one and two words, hashed into ``2**bits`` buckets.

Characters are hashed by a polynomial modulo 2**32, so that every n-gram of a length comes from one subtraction of
prefix sums (Rabin and Karp); multiplying by an odd number and keeping the highest bits spreads it (Knuth, TAOCP 6.4).
Words are hashed by CRC-32, of which a pair is the continuation.
"""

from __future__ import annotations

from math import sqrt
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]

LONGEST = 1_000
"""So many characters of a text are read."""
CHARACTERS: Final = (2, 4)
ENOUGH = 500
"""Up to so many n-grams, some 200 characters, more of them say more; beyond, only what they are on average counts."""
_BASE = 0x01000193
_SPREAD = (0x9E3779B1, 0x85EBCA6B)
_SPREAD_WORDS = np.uint32(0xC2B2AE35)
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_SIGNS = bytes(code for code in range(128) if not (chr(code).isalnum() or chr(code) == "'"))
_SPACES = bytes.maketrans(_SIGNS, b" " * len(_SIGNS))


def _powers(base: int, multiplier: int = 1) -> Codes:
    found, power = np.empty(LONGEST + 2, np.uint32), multiplier
    for index in range(len(found)):
        found[index] = power
        power = (power * base) & 0xFFFFFFFF
    return found


_POWERS = _powers(_BASE)
_INVERSE = [_powers(pow(_BASE, -1, 1 << 32), spread) for spread in _SPREAD]


def buckets(text: str, bits: int) -> Codes:
    """The bucket of each n-gram in ``text[:LONGEST]``, in [0, 2**bits), repeated as often as it occurs.

    Every digit reads as 0 and any white space as one space; characters are read with a space before and after the
    text, words without ASCII signs.
    """
    data = f" {' '.join(text[:LONGEST].split())} ".encode("utf-8", "surrogatepass").translate(_DIGITS)
    codes = _codes(data)
    length = len(codes)
    sums = np.zeros(length + 1, np.uint32)
    np.cumsum(codes * _POWERS[:length], dtype=np.uint32, out=sums[1:])
    found = [
        (sums[size:] - sums[:-size]) * inverse[: length - size + 1]
        for size, inverse in zip(CHARACTERS, _INVERSE, strict=True)
        if length >= size
    ]
    words = data.translate(_SPACES).split()
    if words:
        hashes = [crc32(word) for word in words]
        hashes += [crc32(word, before) for word, before in zip(words[1:], hashes, strict=False)]
        found.append(np.array(hashes, np.uint32) * _SPREAD_WORDS)
    return np.concatenate(found) >> np.uint32(32 - bits)


def share(count: int) -> float:
    """What one of ``count`` n-grams counts, > 0: 1 / sqrt(count), from ENOUGH on sqrt(ENOUGH) / count.

    N-grams of one text are not independent: were it the square root for every length, long texts would be called
    surely a lure or surely honest far more often than they are.
    """
    return 1.0 / sqrt(max(1, count)) if count <= ENOUGH else sqrt(ENOUGH) / count


def _codes(data: bytes) -> Codes:
    if data.isascii():
        return np.frombuffer(data, np.uint8).astype(np.uint32)
    return np.frombuffer(data.decode("utf-8", "surrogatepass").encode("utf-32-le", "surrogatepass"), np.uint32)
