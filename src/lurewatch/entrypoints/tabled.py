"""What a setting may be that is more than one value: texts for people, in languages, and lists of tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from lurewatch.engine.policies import texts
from lurewatch.entrypoints.values import MOST_ITEMS, Kind, Text, shown

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
_LONGEST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Template:
    """A text for people, at most 2,000 characters; what stands in braces is known."""

    hint: str = "text"

    def of(self, value: object, folder: Path) -> str:
        return self._checked(Text().of(value, folder))

    def of_text(self, text: str, folder: Path) -> str:
        return self._checked(Text().of_text(text, folder))

    def _checked(self, text: str) -> str:
        if len(text) > _LONGEST_TEXT:
            raise ValueError(f"the text has {len(text):,} characters. Write at most {_LONGEST_TEXT:,}.")
        if unknown := texts.unknown(text):
            known = ", ".join(f"{{{name}}}" for name in texts.NAMES)
            raise ValueError(f"{{{unknown[0]}}} stands for nothing. There are: {known}.")
        return text


@dataclass(frozen=True, slots=True)
class Translated:
    """A text for people in one language or in several, by their tags."""

    hint: str = "text, or a table of languages and texts"

    def of(self, value: object, folder: Path) -> Mapping[str, str]:
        if not isinstance(value, Mapping):
            return {"": Template().of(value, folder)}
        if not value:
            raise ValueError("the table is empty. Write {en: a text}.")
        return {self._tag(tag): Template().of(text, folder) for tag, text in value.items()}

    def of_text(self, text: str, folder: Path) -> Mapping[str, str]:
        return {"": Template().of_text(text, folder)}

    def _tag(self, tag: object) -> str:
        if not isinstance(tag, str) or not _TAG.fullmatch(tag.lower()):
            raise ValueError(f"{shown(tag)} is no language. Write a tag in quotes, such as 'en' or 'pt-br'.")
        return tag.lower()


@dataclass(frozen=True, slots=True)
class Tables:
    """A list of tables with these fields, of which some must be there; in a text it is JSON.

    What is wrong with a ``secret`` one is said without its values.
    """

    hint: str
    fields: Mapping[str, Kind]
    required: frozenset[str] = field(default_factory=frozenset)
    secret: bool = False

    def of(self, value: object, folder: Path) -> tuple[Mapping[str, Any], ...]:
        if isinstance(value, str):
            return self.of_text(value, folder)
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            raise ValueError(f"{self._shown(value)} is not a list of at most {MOST_ITEMS} tables. Write {self.hint}.")
        return tuple(self._one(number, item, folder) for number, item in enumerate(value, 1))

    def of_text(self, text: str, folder: Path) -> tuple[Mapping[str, Any], ...]:
        try:
            value = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            raise ValueError(f"the text is no JSON. Write {self.hint}.") from None
        if not isinstance(value, list):
            raise ValueError(f"the JSON is no list. Write {self.hint}.")
        return self.of(value, folder)

    def _one(self, number: int, item: object, folder: Path) -> Mapping[str, Any]:
        if not isinstance(item, Mapping):
            raise ValueError(f"number {number}, {self._shown(item)}, is not a table. Write {self.hint}.")
        if missing := sorted(self.required - set(item)):
            raise ValueError(f"number {number} has no {missing[0]}. Write it.")
        found = {}
        for name, value in item.items():
            if name not in self.fields:
                key = "" if self.secret else f" {shown(name)}"
                raise ValueError(f"number {number}: unknown key{key}. There are: {', '.join(self.fields)}.")
            try:
                found[name] = self.fields[name].of(value, folder)
            except ValueError as error:
                said = f"it is not {self.fields[name].hint}." if self.secret else str(error)
                raise ValueError(f"number {number}, {name}: {said}") from None
        return found

    def _shown(self, value: object) -> str:
        return "it" if self.secret else shown(value)
