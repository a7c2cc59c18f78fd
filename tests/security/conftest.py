"""One service for all of these tests: what they write has ids of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.security.house import House, open_house


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A service with keys of two tenants."""
    with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house
