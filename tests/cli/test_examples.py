"""The example configurations work as they are, and as they are once their last lines are switched on."""

from __future__ import annotations

import asyncio
import json
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from lurewatch.entrypoints.acting import doers
from lurewatch.entrypoints.binding import bindings
from lurewatch.entrypoints.doctor.enforced import policies
from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings, load

EXAMPLES = Path(__file__).parents[2] / "examples/config"
SECRETS = {
    "accounting-portal": {
        "LUREWATCH_ERPNEXT_URL": "https://portal.example",
        "LUREWATCH_ERPNEXT_API_KEY": "key",
        "LUREWATCH_ERPNEXT_API_SECRET": "secret",
        "LUREWATCH_ERPNEXT_WEBHOOK_SECRET": "hook",
    },
    "telegram-group": {"LUREWATCH_TELEGRAM_TOKEN": "123456:ABC"},
    "marketplace": {"LUREWATCH_GENERIC_WEBHOOK_SECRET": "hook"},
}
"""What each takes from the environment."""
TOLD = {
    "accounting-portal": {"erpnext-banner", "erpnext-issue"},
    "telegram-group": {"telegram", "telegram_admins"},
    "marketplace": set[str](),
}
"""Who is told by each."""
ENFORCED = {
    "accounting-portal": {"off_platform"},
    "telegram-group": {"brand_watch"},
    "marketplace": {"off_platform", "handoff"},
}


def opened(name: str, tmp_path: Path, *, switched_on: bool = False) -> Settings:
    """The settings of an example, with invented secrets; ``switched_on``: with what stands in comments at its end."""
    text = (EXAMPLES / f"{name}.yaml").read_text("utf-8")
    if switched_on:
        before, mark, after = text.partition("#\n# channels:")
        text = before + textwrap.dedent(mark + after).replace("\n# ", "\n")
    file = tmp_path / "lurewatch.yaml"
    file.write_text(text, "utf-8")
    environment: Mapping[str, str] = SECRETS[name] | {"LUREWATCH_STORE": f"sqlite:///{tmp_path / 'lurewatch.db'}"}
    return load(config=file, environment=environment, folder=tmp_path)


def told(settings: Settings) -> set[str]:
    """The destinations that the service makes of settings."""

    async def names() -> set[str]:
        made = doers(settings)
        await asyncio.gather(*(one.close() for one in made))
        return {one.destination.name for one in made}

    return asyncio.run(names())


def test_every_example_is_tested() -> None:
    """No example lacks what the tests need to know of it."""
    assert {file.stem for file in EXAMPLES.iterdir()} == SECRETS.keys() == TOLD.keys() == ENFORCED.keys()


@pytest.mark.parametrize("name", SECRETS)
def test_an_example_monitors(name: str, tmp_path: Path) -> None:
    """As it is shipped a service can be made of it, whose destinations are there and do nothing."""
    settings = opened(name, tmp_path)
    assert create_app(settings)
    assert told(settings) == TOLD[name]
    assert (settings.enforce, bindings(settings)) == ((), ())


@pytest.mark.parametrize("name", SECRETS)
def test_an_example_can_be_switched_on(name: str, tmp_path: Path) -> None:
    """With the marks taken out as it says, its policies are enforced; where the bot or the site acts, it can."""
    settings = opened(name, tmp_path, switched_on=True)
    assert create_app(settings)
    [binding] = bindings(settings)
    assert set(binding.policies["enforced"]) == ENFORCED[name] <= set(settings.policies)
    found = asyncio.run(policies(settings)).diagnoses
    assert any(" acts (" in one.seen for one in found) == bool(TOLD[name])
    assert all(one.state == "ok" for one in found) == bool(TOLD[name])


def test_the_marketplace_asks_as_its_example_says(tmp_path: Path) -> None:
    """The request in the comments of the marketplace is answered with the reminder, in monitor and then in enforce."""
    text = (EXAMPLES / "marketplace.yaml").read_text("utf-8").replace("\n#", "\n")
    asked = json.loads(text.partition("-d '")[2].partition("'\n")[0])
    for switched_on, mode in ((False, "monitor"), (True, "enforce")):
        folder = tmp_path / mode
        folder.mkdir()
        with TestClient(create_app(opened("marketplace", folder, switched_on=switched_on))) as client:
            [decision] = client.post("/v1/messages", json=asked).json()["decisions"]
        assert (decision["policy"], decision["action"], decision["mode"]) == ("off_platform", "warning", mode)
