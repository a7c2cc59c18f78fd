"""The demonstration: a week that could have been, in a store of its own, the same every time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.casework.fakes import rows

from lurewatch import Engine
from lurewatch.casework.screening import Incoming, Screening
from lurewatch.casework.store import Store
from lurewatch.engine.model import Message
from lurewatch.entrypoints.demo import demo_settings, fill, prepare
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

NOW = 1_800_000_000.0
TABLES = ("conversations", "messages", "verdicts", "alerts", "pair_counters", "outbox", "dispositions")


def silent(done: int, of: int) -> None:
    """Nobody watches."""


async def filled(engine: Engine, file: Path) -> dict[str, list[dict[str, Any]]]:
    """What is in a store after the demonstration."""
    async with await Store.open(f"sqlite:///{file}") as store:
        await fill(store, engine, NOW)
        return {table: await rows(store, table) for table in TABLES}


async def test_the_week(engine: Engine, tmp_path: Path) -> None:
    """The week has scams and honest talk over seven days and channels, counted pairs, and alerts open and closed."""
    seen = await filled(engine, tmp_path / "one.db")
    assert 40 <= len(seen["conversations"]) <= 60
    times = [row["created_at"] for row in seen["messages"]]
    assert NOW - 7 * 86_400 <= min(times) < NOW - 6 * 86_400
    assert NOW - 600 < max(times) <= NOW
    assert {row["channel"] for row in seen["conversations"]} == {"marketplace", "support", "group", "chat", "sms"}
    levels = Counter(row["risk_level"] for row in seen["conversations"])
    assert levels["safe"] >= 20
    assert levels["confirmed"] >= 10
    assert max(row["incidents"] for row in seen["pair_counters"]) >= 3
    statuses = Counter(row["status"] for row in seen["alerts"])
    assert {"open", "true_positive", "false_positive"} <= set(statuses)
    assert all(row["created_at"] <= NOW for row in seen["dispositions"])
    assert await filled(engine, tmp_path / "two.db") == seen


async def test_a_store_of_its_own(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a store of the settings the user's own is left alone, and what was filled before is shown as it is."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert await prepare(Settings(), lambda: engine, NOW, silent)
    assert sorted(path.name for path in (tmp_path / "lurewatch").iterdir()) == ["demo.db"]
    assert not await prepare(Settings(), lambda: engine, NOW, silent)


async def test_a_store_in_use_is_refused(engine: Engine, tmp_path: Path) -> None:
    """A store that was set is filled when it is empty, and refused otherwise, before anything is written."""
    settings = Settings(store=f"sqlite:///{tmp_path / 'real.db'}")
    async with await Store.open(settings.store) as store:
        await Screening(lambda: engine, store).screen(Incoming("real", Message("Hello")))
        with pytest.raises(SettingsError, match="there are 1 conversations"):
            await prepare(settings, lambda: engine, NOW, silent)
        assert len(await rows(store, "conversations")) == 1


def test_nobody_outside_hears_of_it() -> None:
    """A demonstration has no bus, no connector and no model, whatever is configured; the rest stays."""
    settings = Settings(
        bus_url="nats://127.0.0.1",
        erpnext_url="https://erp.example.com",
        llm_enabled=True,
        store="sqlite:///x.db",
        port=9,
    )
    shown = demo_settings(settings)
    assert (shown.bus_url, shown.erpnext_url, shown.llm_enabled) == ("memory://", "", False)
    assert (shown.store, shown.port) == ("sqlite:///x.db", 9)
