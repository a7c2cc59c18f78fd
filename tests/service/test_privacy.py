"""Privacy through HTTP and the command: people are exported and erased, and logs have nobody's words."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from lurewatch.entrypoints.cli import app
from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings

PLANTED = ("4111 1111 1111 1111", "Hunter2!x", "604 555 0134")
TEXT = "My card is 4111 1111 1111 1111, my password is Hunter2!x, call +1 604 555 0134 on WhatsApp"
MESSAGE = {"conversation_id": "thread", "message": {"message_id": "m", "sender": "mal@x.example", "content": TEXT}}


def run(store: str, *arguments: str) -> str:
    """What a command prints."""
    result = CliRunner().invoke(app, list(arguments), env={"LUREWATCH_STORE": store})
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def test_who_may_export_and_erase(tmp_path: Path) -> None:
    """The scope admin is needed, another tenant finds nothing, and erasing twice is the same as once."""
    store = f"sqlite:///{tmp_path / 'x.db'}"
    keys = {scope: run(store, "keys", "create", "k", "--scope", scope) for scope in ("screen", "review", "admin")}
    keys["other"] = run(store, "keys", "create", "k", "--scope", "admin", "--tenant", "other")
    bearer = {name: {"Authorization": f"Bearer {key}"} for name, key in keys.items()}
    path = "/v1/subjects/mal@x.example"
    with TestClient(create_app(Settings(store=store)), raise_server_exceptions=False) as client:
        client.post("/v1/messages", json=MESSAGE, headers=bearer["screen"])
        for method in ("GET", "DELETE"):
            assert client.request(method, path).status_code == 401
            for scope in ("screen", "review"):
                assert client.request(method, path, headers=bearer[scope]).status_code == 403
        assert client.get(path, headers=bearer["other"]).json()["records"] == []
        assert not any(client.delete(path, headers=bearer["other"]).json()["erased"].values())
        copy = client.get(path, headers=bearer["admin"]).json()
        assert {one["kind"] for one in copy["records"]} >= {"message", "verdict", "flag", "pair"}
        assert client.get(path, params={"cursor": "x"}, headers=bearer["admin"]).status_code == 422
        assert client.delete(path, headers=bearer["admin"]).json()["erased"]["messages"] == 1
        assert not any(client.delete(path, headers=bearer["admin"]).json()["erased"].values())
        assert client.get(path, headers=bearer["admin"]).json()["records"] == []


def test_the_commands(tmp_path: Path) -> None:
    """A person is exported and erased by command, and what is old is counted before it is deleted."""
    store = f"sqlite:///{tmp_path / 'x.db'}"
    with TestClient(create_app(Settings(store=store))) as client:
        client.post("/v1/messages", json=MESSAGE)
    assert '"kind":"message"' in run(store, "subjects", "export", "mal@x.example")
    assert "1 messages" in run(store, "subjects", "erase", "mal@x.example")
    assert run(store, "subjects", "erase", "mal@x.example") == "Erased: nothing"
    assert run(store, "purge", "--older-than", "90d", "--dry-run") == "Would delete nothing"
    assert run(store, "purge", "--older-than", "90d") == "Deleted nothing"
    wrong = CliRunner().invoke(app, ["purge", "--older-than", "soon"], env={"LUREWATCH_STORE": store})
    assert wrong.exit_code == 2


@pytest.mark.parametrize("store", ["kept", "away"])
def test_logs_have_nobodys_words(tmp_path: Path, caplog: pytest.LogCaptureFixture, store: str) -> None:
    """Whatever is asked and whatever goes wrong, no planted card number, password or telephone number is logged."""
    caplog.set_level(logging.DEBUG)
    url = f"sqlite:///{tmp_path / 'x.db'}" if store == "kept" else "postgresql://nobody@127.0.0.1:9/none"
    service = create_app(Settings(store=url))

    async def broken() -> None:
        raise ValueError(TEXT) from KeyError(TEXT)

    service.add_api_route("/broken", broken)
    with TestClient(service, raise_server_exceptions=False) as client:
        client.post("/v1/messages", json=MESSAGE)
        client.post("/v1/messages", json={"conversation_id": TEXT * 9, "message": {"content": TEXT}})
        client.post("/detect-scam", json={"conversation_id": "c", "messages": [{"content": TEXT}]})
        assert client.get("/broken").status_code == 500
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=ValueError(TEXT))
    ours = [logging.Formatter().format(one) for one in caplog.records if not one.name.startswith(("asyncio", "httpx"))]
    assert any("builtins.ValueError" in line and "test_privacy.py" in line for line in ours)
    assert [line for line in ours if any(value in line for value in PLANTED)] == []
