"""The engine behind the published names: made on first use, from the settings of this process."""

from __future__ import annotations

from functools import cache

from lurewatch.engine.pipeline import Engine
from lurewatch.engine.reading import MessageReading
from lurewatch.entrypoints.app import build_engine, build_opinions
from lurewatch.entrypoints.settings import load
from lurewatch.errors import InputError
from lurewatch.intel.opinion import Opinions


@cache
def default_engine() -> Engine:
    """One engine for this process; the settings file and the environment are read once."""
    return build_engine(load())


@cache
def default_opinions() -> Opinions | None:
    """Whom this process asks for a second opinion; None where that is switched off."""
    return build_opinions(load())


def read(engine: Engine, text: str) -> MessageReading:
    """What is in one text, whoever sent it.

    Raises:
        InputError: it is no text, or longer than the engine reads.
    """
    if not isinstance(text, str):
        raise InputError(f"a message is a text, not {type(text).__name__}")
    most = engine.config.most_characters
    if len(text) > most:
        raise InputError(f"the message has {len(text)} characters; at most {most} are read", limit=True)
    return engine.reader.read(text)
