"""Which texts are near-duplicates of each other: one campaign, one template, one text with another number in it.

A text is folded as the engine folds it, its digits and punctuation are levelled, and it becomes the set of its runs of
five characters. MinHash signatures estimate how much of two sets is shared (Broder, "On the resemblance and containment
of documents", 1997), banding finds the pairs worth comparing (Leskovec, Rajaraman and Ullman, "Mining of Massive
Datasets", 3.4), and pairs that share enough are joined. Nothing is drawn by chance: the same texts give the same
clusters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lurewatch.engine.text import normalise

SHINGLE = 5
BANDS, ROWS = 24, 4
LEAST_SHARED = 0.6
"""Of two texts that are joined, the share of all their runs that is in both (Jaccard), as estimated."""
MOST_SHINGLES = 512
"""Of a long text the runs with the smallest hashes are compared: a sample that near-duplicates have in common."""
_HASHES = BANDS * ROWS
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_LEVELLED = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")

Words = NDArray[np.uint64]


def clusters(texts: Iterable[str]) -> NDArray[np.int64]:
    """The number of each text's cluster, counted from 0 in order of appearance.

    Chains join: a text is in a cluster when it is a near-duplicate of any text in it.
    """
    first: dict[str, int] = {}
    levelled = [first.setdefault(level(text), len(first)) for text in texts]
    if not first:
        return np.zeros(0, dtype=np.int64)
    multipliers, offsets = _mixed(np.arange(1, 2 * _HASHES + 1, dtype=np.uint64)).reshape(2, _HASHES, 1)
    signatures = np.empty((len(first), _HASHES), dtype=np.uint64)
    for number, text in enumerate(first):
        signatures[number] = (shingles(text) * (multipliers | np.uint64(1)) + offsets).min(axis=1)
    roots = _joined(len(first), _pairs(signatures))
    _, appeared, found = np.unique(roots[levelled], return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(appeared))[found], dtype=np.int64)


def level(text: str) -> str:
    """The folded text in which every number is 0 and everything between words is one space; itself without words."""
    folded = normalise(text)[0].text
    return _LEVELLED.sub(" ", _DIGITS.sub("0", folded)).strip() or folded


def shingles(text: str) -> Words:
    """Different hashes of the text's runs of five characters, at most MOST_SHINGLES; a shorter text is one run."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    runs = max(1, len(codes) - SHINGLE + 1)
    hashed = np.zeros(runs, dtype=np.uint64)
    for place in range(min(SHINGLE, len(codes))):
        hashed = hashed * _MULTIPLIER + codes[place : place + runs] + np.uint64(1)
    return np.unique(_mixed(hashed))[:MOST_SHINGLES]


def _mixed(values: Words) -> Words:
    """The values with all bits stirred (the finaliser of SplitMix64: Steele, Lea and Flood, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _pairs(signatures: Words) -> NDArray[np.int64]:
    """Pairs (n, 2) of near-duplicates: each text with the first that agrees with it in a band."""
    found = []
    for band in np.split(signatures, BANDS, axis=1):
        key = np.zeros(len(band), dtype=np.uint64)
        for column in band.T:
            key = _mixed(key * _MULTIPLIER + column)
        _, leaders, which = np.unique(key, return_index=True, return_inverse=True)
        others = np.flatnonzero(leaders[which] != np.arange(len(key)))
        found.append(np.stack([leaders[which][others], others], axis=1))
    pairs = np.unique(np.concatenate(found), axis=0)
    near = np.zeros(len(pairs), dtype=np.bool_)
    for part in np.array_split(np.arange(len(pairs)), len(pairs) // 10_000 + 1):
        first, second = pairs[part].T
        near[part] = (signatures[first] == signatures[second]).mean(axis=1) >= LEAST_SHARED
    return np.asarray(pairs[near], dtype=np.int64)


def _joined(amount: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest member of the component of each of so many texts (union-find with halved paths)."""
    parent = list(range(amount))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = one = parent[parent[one]]
        return one

    for first, second in pairs.tolist():
        low, high = sorted((root(first), root(second)))
        parent[high] = low
    return np.array([root(one) for one in range(amount)], dtype=np.int64)
