"""The learned part of a pack: a text model in ``text_model.bin``, a type model in ``type_model.bin``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from lurewatch.engine.text_model import TextModel, TypeModel, parse, type_scorer
from lurewatch.errors import Problem

TEXT_MODEL = "text_model.bin"
TYPE_MODEL = "type_model.bin"
T = TypeVar("T")


def text_model(files: Mapping[str, bytes], problems: list[Problem]) -> TextModel | None:
    """The text model among the files of a layer, None without one; one that cannot be used is a problem."""
    return _read(files, TEXT_MODEL, "the text model", parse, problems)


def type_model(files: Mapping[str, bytes], problems: list[Problem]) -> TypeModel | None:
    """The type model among the files of a layer, as ``text_model``."""
    return _read(files, TYPE_MODEL, "the type model", type_scorer.parse, problems)


def _read(
    files: Mapping[str, bytes], name: str, title: str, parsed: Callable[[bytes], T], problems: list[Problem]
) -> T | None:
    data = files.get(name)
    if data is None:
        return None
    try:
        return parsed(data)
    except ValueError as error:
        remedy = "Make it anew with `lurewatch train`, or remove the file."
        problems.append(Problem(name, 0, f"{title} cannot be used: {error}", remedy))
        return None
