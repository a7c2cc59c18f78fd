"""What tests of posting to Telegram share: a server of the Bot API, a store, and a clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.casework.outbox import Hours
from tests.connectors.bot_api import BotApi
from tests.connectors.posting import ADMINS, GROUP

from lurewatch.casework.store import Store


@pytest.fixture
def api() -> Iterator[BotApi]:
    """A server of the Bot API that knows a group and the administrators' chat."""
    with BotApi() as api:
        api.members = {GROUP, ADMINS}
        yield api


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store with nothing in it."""
    async with await Store.open(f"sqlite:///{tmp_path / 'lurewatch.db'}") as store:
        yield store


@pytest.fixture
def clock() -> Hours:
    """A clock that the tests let go on."""
    return Hours()
