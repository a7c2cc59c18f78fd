"""How the Bot API is asked: itself, and what answers in its place is read within a bound."""

from __future__ import annotations

import asyncio

import pytest
from tests.connectors.bot_api import TOKEN, BotApi

from lurewatch.entrypoints.connectors.telegram_api import Api, Bot

MEGABYTE = 1 << 20


async def test_an_endless_answer_is_not_kept() -> None:
    """An answer larger than any of Telegram's is dropped on the way, and taken for somebody else's."""
    sent = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"ok": true, "result": "')
        try:
            while sent < 500 * MEGABYTE:
                writer.write(b"x" * MEGABYTE)
                await writer.drain()
                sent += MEGABYTE
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    api = Api(Bot(f"http://127.0.0.1:{port}", "1:token"))
    try:
        found = await api.call("getMe", {}, timeout=30)
    finally:
        await api.close()
        server.close()
        await server.wait_closed()
    assert (found.status, found.ok, found.telegrams) == (200, False, False)
    assert sent < 100 * MEGABYTE


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that is set is asked itself, and nobody on the way sees the token."""
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with BotApi() as server:
        api = Api(Bot(server.url, TOKEN))
        try:
            found = await api.call("getMe", {}, timeout=30)
        finally:
            await api.close()
    assert found.ok
