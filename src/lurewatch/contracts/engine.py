"""The engine behind the published names: made on first use, from the settings of this process."""

from __future__ import annotations

from functools import cache

from lurewatch.engine.pipeline import Engine
from lurewatch.entrypoints.app import build_engine
from lurewatch.entrypoints.settings import load


@cache
def default_engine() -> Engine:
    """One engine for this process; the settings file and the environment are read once."""
    return build_engine(load())
