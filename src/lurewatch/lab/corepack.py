"""The engine over the pack we ship, made without settings, for the commands of the lab."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from lurewatch.engine import packs
from lurewatch.engine.matching import Compiler, Databases, Matcher, Pattern, fingerprint
from lurewatch.engine.packs.pack import Pack, parse
from lurewatch.engine.pipeline import Engine

CACHE = Path(".cache/lab")
"""Where compiled patterns are kept between commands, below the working directory."""


def load() -> Engine:
    """An engine with the default configuration; the first after a change of patterns takes long. Raises PackError."""
    return Engine(pack(), compiler=compiler(CACHE))


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


def compiler(folder: Path) -> Compiler:
    """Compiles patterns once and keeps the outcome in a folder that nobody else writes to; the newest only."""

    def databases(patterns: Sequence[Pattern]) -> Databases | None:
        path = folder / f"automaton-{fingerprint(patterns)}"
        if path.exists():
            return path.read_bytes()
        made = Matcher(patterns).dump()
        if made is None:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("automaton-*"):
            old.unlink(missing_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(made)
        partial.replace(path)
        return made

    return databases
