"""The learned part of a pack: a text model in ``text_model.bin``."""

from __future__ import annotations

from collections.abc import Mapping

from lurewatch.engine.text_model import TextModel, parse
from lurewatch.errors import Problem

TEXT_MODEL = "text_model.bin"


def read(files: Mapping[str, bytes], problems: list[Problem]) -> TextModel | None:
    """The text model among the files of a layer, None without one; one that cannot be used is a problem."""
    data = files.get(TEXT_MODEL)
    if data is None:
        return None
    try:
        return parse(data)
    except ValueError as error:
        remedy = "Make it anew with `lurewatch train`, or remove the file."
        problems.append(Problem(TEXT_MODEL, 0, f"the text model cannot be used: {error}", remedy))
        return None
