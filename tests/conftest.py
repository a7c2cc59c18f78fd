"""What tests share: one engine, because making one takes seconds."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from lurewatch import Engine, EngineConfig, load_engine

# A test may not fail by a slow machine; and on a landing the same examples are tried as on the last one.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session", autouse=True)
def _own_data(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a service keeps without being told where is kept here, not with the user's own."""
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of the shipped pack by its defaults."""
    return load_engine()


@pytest.fixture(scope="session")
def engine_with(engine: Engine) -> Callable[..., Engine]:
    """Engines of the same pack with other settings or plug-in detectors, without compiling anew."""
    databases = engine.reader.dump()

    def make(*plugins: tuple[str, Any, float], **settings: Any) -> Engine:
        return Engine(engine.pack, EngineConfig(**settings), plugins=plugins, compiler=lambda _: databases)

    return make
