"""A further reading while it is being written: the folded text, one byte a character, with edits."""

from __future__ import annotations

import numpy as np

from lurewatch.engine.model import Obfuscation, Reading, View
from lurewatch.engine.text.folding import Codes, Offsets

SPACE = ord(" ")


class Draft:
    """Edits of a folded text. Nothing moves while they are made: characters are replaced in place or marked as dropped.

    ``text`` is the folded text with one byte a character: ASCII as it is, every other character as some byte above.
    ``codes`` are its code points, ``None`` if it is ASCII; ``origin`` as in ``Folding``.
    """

    def __init__(self, text: bytes, codes: Codes | None, origin: Offsets | None) -> None:
        self.text = text
        self.codes = codes
        self.origin = origin
        self.out = bytearray(text)
        self.kept = bytearray(b"\x01") * len(text)
        self.inserted: list[tuple[int, int]] = []
        self.obfuscations: list[Obfuscation] = []

    def replace(self, start: int, replacement: bytes) -> None:
        """Write over the text from ``start`` on, character by character."""
        self.out[start : start + len(replacement)] = replacement

    def drop(self, start: int, end: int, step: int = 1) -> None:
        """Leave ``text[start:end:step]`` out."""
        self.kept[start:end:step] = bytes(len(range(start, end, step)))

    def drop_all(self, places: Offsets) -> None:
        """Leave the characters at these places out."""
        np.frombuffer(self.kept, np.uint8)[places] = 0

    def keep_spaces(self, places: list[int]) -> None:
        """Keep characters that were dropped, as spaces."""
        np.frombuffer(self.kept, np.uint8)[places] = 1
        np.frombuffer(self.out, np.uint8)[places] = SPACE

    def restore(self, start: int, end: int) -> None:
        """Take back a drop."""
        self.kept[start:end] = b"\x01" * (end - start)

    def condense(self, start: int, end: int, replacement: bytes) -> None:
        """Read ``text[start:end]`` as a replacement that is no longer; its last character comes from the end of it."""
        body = len(replacement) - 1
        self.replace(start, replacement[:body])
        self.drop(start + body, end - 1)
        self.replace(end - 1, replacement[body:])

    def insert(self, place: int, code: int = SPACE) -> None:
        """Write one more character before the one at ``place``, from where that one comes from."""
        self.inserted.append((place, code))

    def note(self, kind: str, start: int, end: int) -> None:
        """Say that ``text[start:end]`` was disguised."""
        if self.origin is not None:
            start, end = int(self.origin[start]), int(self.origin[end - 1]) + 1
        last = self.obfuscations[-1] if self.obfuscations else None
        if last and last.kind == kind and 0 <= start - last.end <= 1:
            self.obfuscations[-1] = Obfuscation(kind, last.start, end)
        else:
            self.obfuscations.append(Obfuscation(kind, start, end))

    def view(self, reading: Reading, limit: int) -> View | None:
        """The finished reading with at most ``limit`` obfuscations; ``None`` if it is the same as the folded text."""
        shrunk = 0 in self.kept
        if not shrunk and not self.inserted and self.out == self.text:
            return None
        source = np.flatnonzero(np.frombuffer(self.kept, np.uint8)) if shrunk else None
        written = np.frombuffer(bytes(self.out), np.uint8)
        if self.codes is None:
            codes = written
        else:
            codes = np.where(written != np.frombuffer(self.text, np.uint8), written, self.codes)
        origin = self.origin
        if source is not None:
            codes = codes[source]
            origin = source if origin is None else origin[source]
        if self.inserted:
            places, added = np.array(self.inserted).T
            if source is not None:
                places = np.searchsorted(source, places)
                inside = places < len(codes)
                places, added = places[inside], added[inside]
            origin = np.arange(len(codes)) if origin is None else origin
            origin = np.insert(origin, places, origin[places])
            codes = np.insert(codes, places, added.astype(codes.dtype))
        text = codes.tobytes().decode("ascii") if self.codes is None else codes.tobytes().decode("utf-32-le")
        return View(
            reading,
            text,
            None if origin is None else tuple(origin.tolist()),
            tuple(self.obfuscations[:limit]),
        )
