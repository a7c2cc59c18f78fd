"""The weights in their folder, each checked against what ``about.json`` says of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lurewatch.errors import LurewatchError

SHIPPED = Path(__file__).parent / "weights"
ABOUT: Final = "about.json"
VOCABULARY, TABLE, SCALES, FRAME, LOWER, UPPER = (
    "vocabulary.txt",
    "table.npy",
    "scales.npy",
    "frame.npy",
    "lower.onnx",
    "upper.onnx",
)
FILES: Final = (VOCABULARY, TABLE, SCALES, FRAME, LOWER, UPPER)
SCALE: Final = ("first", "slope", "shift")
"""Log-odds of both readings are ``first`` times those of the first, ``slope`` times the logit, and ``shift``."""
MOST_TOKENS: Final = 64
WIDTH: Final = 384


class WeightsError(LurewatchError):
    """The weights cannot be used: a file is missing, damaged or of another format."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What the encoder is made of.

    ``table`` has a row of WIDTH signed bytes for each token, to be multiplied by its ``scales``; ``frame`` has a row
    for each place, then the gain and the offset of the first normalisation. ``lower`` and ``upper`` are ONNX models.
    """

    about: dict[str, Any]
    vocabulary: list[str]
    table: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]
    frame: npt.NDArray[np.float32]
    lower: bytes
    upper: bytes


def read(folder: Path = SHIPPED) -> Weights:
    """The weights in a folder.

    Raises:
        WeightsError: one of the FILES is missing, or is not the one that ABOUT was written for.
    """
    try:
        about = json.loads((folder / ABOUT).read_bytes())
        hashes = {name: str(about["sha256"][name]) for name in FILES}
        odds = [float(about[name]) for name in SCALE]
        about["version"] = str(about["version"])
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError) as error:
        raise _refused(folder, ABOUT, f"cannot be read ({error!r})") from error
    if not np.isfinite(odds).all():
        raise _refused(folder, ABOUT, "has numbers that make no sense")
    files = {name: _checked(folder, name, hashes[name]) for name in FILES}
    table, scales, frame = (_array(folder, name, files[name]) for name in (TABLE, SCALES, FRAME))
    vocabulary = files[VOCABULARY].decode("utf-8").splitlines()
    if table.shape != (len(vocabulary), WIDTH) or scales.shape != (len(vocabulary),):
        raise _refused(folder, TABLE, "does not fit the vocabulary")
    if frame.shape != (MOST_TOKENS + 2, WIDTH):
        raise _refused(folder, FRAME, "has another shape")
    return Weights(about, vocabulary, table, scales, frame, files[LOWER], files[UPPER])


def write(folder: Path, weights: Weights) -> None:
    """Write the FILES, and ABOUT with their hashes; the same weights give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / VOCABULARY).write_text("\n".join(weights.vocabulary) + "\n", encoding="utf-8")
    for name, array in ((TABLE, weights.table), (SCALES, weights.scales), (FRAME, weights.frame)):
        np.save(folder / name, array)
    (folder / LOWER).write_bytes(weights.lower)
    (folder / UPPER).write_bytes(weights.upper)
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    about = json.dumps({**weights.about, "sha256": hashes}, indent=2, sort_keys=True)
    (folder / ABOUT).write_text(about + "\n", encoding="utf-8")


def _checked(folder: Path, name: str, expected: str) -> bytes:
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise _refused(folder, name, f"cannot be read ({error.strerror})") from error
    if hashlib.sha256(data).hexdigest() != expected:
        raise _refused(folder, name, "is damaged, or of other weights than the rest")
    return data


def _array(folder: Path, name: str, data: bytes) -> npt.NDArray[Any]:
    try:
        array: npt.NDArray[Any] = np.load(BytesIO(data), allow_pickle=False)
    except ValueError as error:
        raise _refused(folder, name, "is no array") from error
    return array


def _refused(folder: Path, name: str, why: str) -> WeightsError:
    return WeightsError(f"{folder / name} {why}. Install lurewatch-semantic anew, or make weights with its training.")
