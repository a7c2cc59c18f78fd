"""Packs as files: finds, reads, caches and watches them, and turns them into a whole new engine.

What is slow is kept in the user's cache folder under a hash of what it was made from: YAML already read (as JSON) and
compiled automata. A cache entry that cannot be read is made anew.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import orjson

from lurewatch.engine.detectors import Detector
from lurewatch.engine.matching import Compiler, Databases, Matcher, Pattern, fingerprint
from lurewatch.engine.packs.pack import Documents, Files, Pack, content_hash, documents, parse
from lurewatch.engine.packs.phrases import PHRASES_VERSION, Phrasebook
from lurewatch.engine.pipeline import Engine, EngineConfig
from lurewatch.engine.text_model import SecondReading
from lurewatch.errors import PackError, Problem
from lurewatch.version import __version__

MOST_FILES = 5_000
_MOST_KEPT = 8
_SUFFIXES = (".yaml", ".txt", ".bin")


def core() -> Files:
    """The files of the pack we ship, by their path inside it."""
    return _collect(files("lurewatch.engine.packs") / "core")


def folder(path: Path) -> Files:
    """The files of a pack in a folder.

    Raises:
        PackError: there is no such folder, it cannot be read, or it holds more than MOST_FILES files.
    """
    if not path.is_dir():
        raise PackError([Problem(str(path), 0, "there is no such folder", "Give the folder of a rule pack.")])
    try:
        return _collect(path)
    except OSError as error:
        raise PackError([Problem(str(path), 0, f"the pack cannot be read: {error}", "Check permissions.")]) from error


def _collect(root: Traversable) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    waiting = [("", root)]
    while waiting:
        prefix, place = waiting.pop()
        for entry in place.iterdir():
            name = prefix + entry.name
            if entry.is_dir() and not entry.name.startswith((".", "_")):
                waiting.append((name + "/", entry))
            elif entry.name.endswith(_SUFFIXES) and not entry.name.startswith("."):
                found[name] = entry.read_bytes()
                if len(found) > MOST_FILES:
                    raise PackError([Problem(str(root), 0, f"more than {MOST_FILES} files", "Is this a rule pack?")])
    return dict(sorted(found.items()))


class Cache:
    """A folder of files named by hash. Never fails: what cannot be written is made anew next time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, name: str) -> bytes | None:
        """The bytes kept under ``name``, if they are there, whole and ours."""
        try:
            data = (self._path / name).read_bytes()
        except OSError:
            return None
        digest, body = data[:32], data[32:]
        return body if hashlib.sha256(body).digest() == digest else None

    def put(self, name: str, body: bytes) -> None:
        """Keep ``body``; readers see the old file or the new one, never a part."""
        partial: Path | None = None
        try:
            self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=self._path, delete=False) as file:
                partial = Path(file.name)
                file.write(hashlib.sha256(body).digest() + body)
            partial.replace(self._path / name)
            self._prune(name.partition("-")[0])
        except OSError:
            if partial is not None:
                with contextlib.suppress(OSError):
                    partial.unlink(missing_ok=True)

    def _prune(self, prefix: str) -> None:
        """Remove all but the newest files of a kind: what an old pack was made into is of no more use."""
        kept = sorted(self._path.glob(f"{prefix}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[_MOST_KEPT:]:
            path.unlink(missing_ok=True)


def default_cache() -> Cache:
    """The cache in the user's cache folder (``XDG_CACHE_HOME`` or ``~/.cache``)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Cache(Path(base) / "lurewatch")


def load_pack(overlays: Sequence[Files], cache: Cache, today: datetime.date | None = None) -> Pack:
    """The core pack with the overlays laid over it; rules that expired before ``today`` are left out.

    Raises:
        PackError: with every problem in the files.
    """
    day = (today or datetime.datetime.now(datetime.UTC).date()).isoformat()
    return made_of((core(), *overlays), day, cache)


def made_of(layers: Sequence[Files], day: str, cache: Cache) -> Pack:
    """The pack of these layers, the lowest first; rules that expired before the day (YYYY-MM-DD) are left out.

    Raises:
        PackError: with every problem in the files.
    """
    read = tuple(_read(layer, cache) for layer in layers)
    name = f"phrases-{PHRASES_VERSION}-{content_hash(*layers)}"
    kept = cache.get(name)
    phrasebook = Phrasebook(orjson.loads(kept) if kept else None)
    pack = parse(*layers, today=day, read_already=read, phrasebook=phrasebook)
    if not kept:
        cache.put(name, orjson.dumps(phrasebook.known))
    return pack


def _read(layer: Files, cache: Cache) -> Documents:
    name = f"documents-{__version__}-{content_hash(layer)}"
    kept = cache.get(name)
    if kept is not None:
        found: Documents = orjson.loads(kept)
        return found
    problems: list[Problem] = []
    read = documents(layer, problems)
    if problems:
        raise PackError(problems)
    cache.put(name, orjson.dumps(read))
    return read


def compiler(cache: Cache) -> Compiler:
    """Compiled automata from the cache; what is missing is compiled and kept."""

    def databases(patterns: Sequence[Pattern]) -> Databases | None:
        name = f"automata-{fingerprint(patterns)}"
        made = cache.get(name)
        if made is None:
            made = Matcher(patterns).dump()
            if made is not None:
                cache.put(name, made)
        return made

    return databases


def load_engine(
    config: EngineConfig | None = None,
    overlays: Sequence[Path] = (),
    *,
    plugins: Sequence[tuple[str, Detector, float]] = (),
    second: SecondReading | None = None,
    cache: Cache | None = None,
) -> Engine:
    """An engine with the core pack, overlay folders laid over it, detectors and a second reading of one's own.

    Raises:
        PackError: with every problem in the packs.
    """
    kept = cache or default_cache()
    pack = load_pack([folder(path) for path in overlays], kept)
    return Engine(pack, config or EngineConfig(), plugins=tuple(plugins), second=second, compiler=compiler(kept))
