"""The configuration file: nested YAML as dotted keys, each with its file and line."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lurewatch.engine.packs.documents import as_mapping, duplicate_keys, line_of, read
from lurewatch.errors import Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: its dotted key, and ``place`` (file:line: key) for messages."""

    key: str
    value: Any
    place: str


def entries(file: Path, keys: Collection[str], problems: list[str]) -> Iterator[Entry]:
    """Every value in the file whose dotted key is one of ``keys``; null counts as not written.

    What is wrong is appended to ``problems``: an unreadable file, no YAML, unknown keys with what was probably meant.
    """
    try:
        data = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problems.append(f"{file}: the configuration file cannot be read: {reason}. Name another or create it.")
        return
    found: list[Problem] = []
    document = as_mapping(str(file), read(str(file), data, found), found)
    problems.extend(str(problem) for problem in found or duplicate_keys(str(file), data))
    sections = {key.rsplit(".", depth)[0] for key in keys for depth in range(1, key.count(".") + 1)}
    waiting: list[tuple[tuple[str, ...], Any]] = [((str(name),), value) for name, value in document.items()]
    while waiting:
        path, value = waiting.pop(0)
        key = ".".join(path)
        place = f"{file}:{line_of(data, path)}: {key}"
        if key in sections and (value is None or isinstance(value, Mapping)):
            waiting[:0] = (((*path, str(name)), inner) for name, inner in (value or {}).items())
        elif key in sections:
            problems.append(f"{place}: this is a section. Write `key: value` lines below it.")
        elif key not in keys:
            problems.append(f"{place}: unknown key. {_meant(key, [*keys, *sections])}")
        elif value is not None:
            yield Entry(key, value, place)


def _meant(key: str, known: list[str]) -> str:
    last = key.rpartition(".")[2]
    same = [other for other in known if other.rpartition(".")[2] == last]
    close = same or difflib.get_close_matches(key, known, n=1)
    return f"Did you mean {close[0]}?" if close else "`lurewatch config show` names every key."
