"""What a setting may be: a text, a choice, a number, a list, a path, a table of numbers.

Each kind reads the same value from two places: plain YAML values (``of``) and the text of a flag or an environment
variable (``of_text``). Both raise ValueError with what is wrong and what to write instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

MOST_ITEMS = 1_000


class Kind(Protocol):
    """How the value of one setting is read. ``folder`` is what relative paths start from."""

    @property
    def hint(self) -> str:
        """What may be written, for help and docs: ``0 to 100``."""

    def of(self, value: object, folder: Path) -> Any:
        """The value of a plain YAML value."""

    def of_text(self, text: str, folder: Path) -> Any:
        """The value of a text."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text; ``empty`` says whether it may be empty. ``check`` gives the kept form of another or raises ValueError."""

    hint: str = "text"
    empty: bool = False
    check: Callable[[str], str] = str

    def of(self, value: object, folder: Path) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{shown(value)} is not a text. Write one in quotes.")
        return self.of_text(value, folder)

    def of_text(self, text: str, folder: Path) -> str:  # noqa: ARG002 - the protocol
        if not text.strip() and not self.empty:
            raise ValueError("the text is empty. Write one, or leave the setting out.")
        return text.strip() and self.check(text.strip())


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few names."""

    names: tuple[str, ...]

    @property
    def hint(self) -> str:
        return " or ".join(self.names)

    def of(self, value: object, folder: Path) -> str:
        return self.of_text(value, folder) if isinstance(value, str) else self._refuse(value)

    def of_text(self, text: str, folder: Path) -> str:  # noqa: ARG002 - the protocol
        return text.strip() if text.strip() in self.names else self._refuse(text)

    def _refuse(self, value: object) -> str:
        raise ValueError(f"{shown(value)} is unknown. Write {self.hint}.")


@dataclass(frozen=True, slots=True)
class Switch:
    """Yes or no."""

    hint: str = "yes or no"

    def of(self, value: object, folder: Path) -> bool:
        return value if isinstance(value, bool) else self.of_text(str(value), folder)

    def of_text(self, text: str, folder: Path) -> bool:  # noqa: ARG002 - the protocol
        known = {
            "yes": True,
            "true": True,
            "on": True,
            "1": True,
            "no": False,
            "false": False,
            "off": False,
            "0": False,
        }
        if text.strip().lower() not in known:
            raise ValueError(f"{shown(text)} is neither. Write {self.hint}.")
        return known[text.strip().lower()]


@dataclass(frozen=True, slots=True)
class Url:
    """An http or https address without a user in it; empty means none."""

    hint: str = "http or https address"

    def of(self, value: object, folder: Path) -> str:
        return Text(self.hint, empty=True).of(value, folder) and self.of_text(str(value), folder)

    def of_text(self, text: str, folder: Path) -> str:  # noqa: ARG002 - the protocol
        text = text.strip()
        parts = urlsplit(text)
        if "@" in parts.netloc:
            raise ValueError(
                "the address holds a user or a password. Write it without, and the key in its own setting."
            )
        if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0):
            raise ValueError(f"{shown(text)} is no {self.hint}. Write one such as http://127.0.0.1:11434/v1.")
        return text.rstrip("/")


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number from ``least`` to ``most``."""

    least: float
    most: float
    unit: str = ""

    @property
    def hint(self) -> str:
        return f"{self.least:,g} to {self.most:,.10g}" + (f" {self.unit}" if self.unit else "")

    def of(self, value: object, folder: Path) -> float:
        if isinstance(value, str):
            return self.of_text(value, folder)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{shown(value)} is not a number. Write {self.hint}.")
        if not (math.isfinite(value) and self.least <= value <= self.most):
            raise ValueError(f"{shown(value)} is out of range. Write {self.hint}.")
        return float(value)

    def of_text(self, text: str, folder: Path) -> float:
        try:
            number = float(text)
        except ValueError:
            raise ValueError(f"{shown(text)} is not a number. Write {self.hint}.") from None
        return self.of(number, folder)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``least`` to ``most``."""

    least: int
    most: int
    unit: str = ""

    @property
    def hint(self) -> str:
        return f"{self.least:,} to {self.most:,}" + (f" {self.unit}" if self.unit else "")

    def of(self, value: object, folder: Path) -> int:
        if isinstance(value, str):
            return self.of_text(value, folder)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"{shown(value)} is not a whole number. Write {self.hint}.")
        if not self.least <= value <= self.most:
            raise ValueError(f"{shown(value)} is out of range. Write {self.hint}.")
        return value

    def of_text(self, text: str, folder: Path) -> int:
        cleaned = text.strip().replace("_", "")
        if not (cleaned.isascii() and cleaned.removeprefix("-").isdigit() and len(cleaned) <= 18):
            raise ValueError(f"{shown(text)} is not a whole number. Write {self.hint}.")
        return self.of(int(cleaned), folder)


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts, in a text separated by commas. ``check`` gives the kept form of one or raises ValueError."""

    hint: str
    check: Callable[[str], str] = str

    def of(self, value: object, folder: Path) -> tuple[str, ...]:
        if isinstance(value, str):
            return self.of_text(value, folder)
        if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
            raise ValueError(f"{shown(value)} is not a list of at most {MOST_ITEMS} texts. Write [one, two].")
        return tuple(dict.fromkeys(self._one(item) for item in value))

    def of_text(self, text: str, folder: Path) -> tuple[str, ...]:
        return self.of([part for part in text.split(",") if part.strip()], folder)

    def _one(self, item: object) -> str:
        if not isinstance(item, str):
            raise ValueError(f"{shown(item)} is not a text. Write it in quotes.")
        return self.check(item.strip())


@dataclass(frozen=True, slots=True)
class File:
    """A path, made absolute; empty means none."""

    hint: str = "path"

    def of(self, value: object, folder: Path) -> Path | None:
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{shown(value)} is not a path. Write one in quotes.")
        return self.of_text(value or "", folder)

    def of_text(self, text: str, folder: Path) -> Path | None:
        return _path(text, folder) if text.strip() else None


@dataclass(frozen=True, slots=True)
class Files:
    """A list of paths, in a text separated by commas; made absolute."""

    hint: str = "paths"

    def of(self, value: object, folder: Path) -> tuple[Path, ...]:
        return tuple(_path(item, folder) for item in Texts(self.hint).of(value, folder))

    def of_text(self, text: str, folder: Path) -> tuple[Path, ...]:
        return self.of([part for part in text.split(",") if part.strip()], folder)


@dataclass(frozen=True, slots=True)
class Weights:
    """Names with numbers from 0 up to, not including, 1; in a text ``name=0.1, other=0.2``."""

    hint: str = "name=0.1, other=0.2"

    def of(self, value: object, folder: Path) -> tuple[tuple[str, float], ...]:
        if isinstance(value, str):
            return self.of_text(value, folder)
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise ValueError(f"{shown(value)} is not a table of names and numbers. Write {{name: 0.1}}.")
        return tuple((name, self._weight(name, number, folder)) for name, number in value.items())

    def of_text(self, text: str, folder: Path) -> tuple[tuple[str, float], ...]:
        return self.of(_pairs(text, self.hint), folder)

    def _weight(self, name: str, number: object, folder: Path) -> float:
        weight = Number(0, 1).of(number, folder)
        if weight >= 1:
            raise ValueError(f"the weight of {name} is {weight:g}. Write a number from 0 to less than 1.")
        return weight


@dataclass(frozen=True, slots=True)
class Paths:
    """Names with the dotted path that each is at; in a text ``name=path, other=path``."""

    hint: str = "name=path, other=path"

    def of(self, value: object, folder: Path) -> tuple[tuple[str, str], ...]:
        if isinstance(value, str):
            return self.of_text(value, folder)
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise ValueError(f"{shown(value)} is not a table of names and paths. Write {{name: a.b}}.")
        return tuple((name, Text("path").of(path, folder)) for name, path in value.items())

    def of_text(self, text: str, folder: Path) -> tuple[tuple[str, str], ...]:
        return self.of(_pairs(text, self.hint), folder)


def _pairs(text: str, hint: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if part.strip():
            if not equals or not name.strip():
                raise ValueError(f"{shown(part.strip())} is not name=value. Write {hint}.")
            found[name.strip()] = value.strip()
    return found


def _path(text: str, folder: Path) -> Path:
    try:
        return (folder / Path(text.strip()).expanduser()).absolute()
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"{shown(text)} is no path: {error}.") from error


def shown(value: object) -> str:
    """A value for a message, cut short."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
