"""Learned weights as a file: a mark, the length of a JSON header (4 bytes, little-endian), the header, and one signed
byte a weight, compressed by zlib.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

MOST_BYTES = 8 * 2**20
"""A larger file is refused."""
MOST_BITS = range(10, 24)
"""Of how many bits the numbers of buckets may be."""
MOST_WEIGHTS = 2**24
"""More are refused: a small file may unpack to a thousand times its size."""
Weights = npt.NDArray[np.int8]
T = TypeVar("T")


def dump(mark: bytes, header: Mapping[str, Any], weights: Weights) -> bytes:
    """The file; the same content gives the same bytes."""
    written = json.dumps(dict(header), sort_keys=True).encode()
    return mark + struct.pack("<I", len(written)) + written + zlib.compress(weights.tobytes(), 9)


def parse(mark: bytes, data: bytes, build: Callable[[Any, Callable[[int], Weights]], T]) -> T:
    """What ``build`` makes of the header and, for a number of weights, of just so many.

    Raises:
        ValueError: the file is none of ours, broken off, too large, or ``build`` cannot use what it holds.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"it has {len(data)} bytes; a model has at most {MOST_BYTES}")
    if not data.startswith(mark):
        raise ValueError("it is no such model, or of another version")
    try:
        (length,) = struct.unpack_from("<I", data, len(mark))
        begin = len(mark) + 4
        header = json.loads(data[begin : begin + length])
        return build(header, lambda amount: _weights(data[begin + length :], amount))
    except (struct.error, zlib.error, LookupError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise ValueError("it is broken off or damaged, or its numbers make no sense") from error


def finite(number: object) -> float:
    """A number of a header; raises ValueError for what is none, or not finite."""
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
        raise ValueError(number)
    return float(number)


def _weights(packed: bytes, amount: int) -> Weights:
    if amount > MOST_WEIGHTS:
        raise ValueError(amount)
    unpacking = zlib.decompressobj()
    found = np.frombuffer(unpacking.decompress(packed, amount + 1), np.int8)
    if len(found) != amount or not unpacking.eof or unpacking.unused_data:
        raise ValueError(len(found))
    return found
