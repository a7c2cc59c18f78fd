"""The engine over the pack we ship, made without settings or caches: what the lab measures and fits."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from lurewatch.engine import packs
from lurewatch.engine.packs.pack import Pack, parse
from lurewatch.engine.pipeline import Engine


def load() -> Engine:
    """An engine with the default configuration; compiling its patterns takes some seconds. Raises PackError."""
    return Engine(pack())


def pack() -> Pack:
    """The pack we ship. Raises PackError."""
    return parse(dict(contents(files(packs) / "core")))


def contents(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    """Every file below a folder: (path with forward slashes, bytes)."""
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += contents(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry.read_bytes()))
    return found
