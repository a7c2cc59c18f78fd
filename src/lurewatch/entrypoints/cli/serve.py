"""``lurewatch serve``: the HTTP service."""

from __future__ import annotations

import asyncio
import errno
import functools
import os
import socket
import sys
import time
from typing import Annotated

import typer

from lurewatch.entrypoints.cli.flags import SERVICE, with_settings
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

app = typer.Typer(add_completion=False)
_FINISH_SECONDS = 5
"""So long requests that are under way at the end may take; who sends or reads slowly does not hold it up."""


@app.command()
@with_settings(*SERVICE)
def serve(
    access_log: Annotated[bool, typer.Option(help="Log every request.")] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Show an invented week, in a store of its own, and tell nobody else of it.")
    ] = False,
    *,
    settings: Settings,
) -> None:
    """Start the HTTP service: POST /detect-scam, POST /v1/messages, GET /health, and /docs with examples.

    What /v1 is told is recorded, in the setting store.url. Where others can reach it, it needs an API key.

    A changed rule pack or thresholds file is picked up while it runs; a bad one is refused and the old one kept.

    \b
    lurewatch serve
    lurewatch serve --demo
    lurewatch serve --host 0.0.0.0 --port 9000 --pack ./our-rules
    """
    try:
        import uvicorn  # noqa: PLC0415 - an extra: everything else works without it

        from lurewatch.entrypoints.recording import require_key, require_store  # noqa: PLC0415
        from lurewatch.entrypoints.service import create_app  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(f"the service needs more packages ({error}). pip install 'lurewatch[serve]'") from error
    if demo:
        settings = _prepared(settings)
    require_store(settings)
    require_key(settings)
    _require_port(settings)
    uvicorn.run(
        functools.partial(create_app, settings),
        factory=True,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        access_log=access_log,
        log_level="info",
        timeout_graceful_shutdown=_FINISH_SECONDS,
    )


def _require_port(settings: Settings) -> None:
    """Raises SettingsError where nothing can listen at the address, before anything else is started."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for number, (family, kind, protocol, _, address) in enumerate(found, 1):
            with socket.socket(family, kind, protocol) as trial:
                if os.name == "posix":  # as the server sets it; elsewhere it would let two listen
                    trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                try:
                    trial.bind(address)
                except OSError as error:
                    if error.errno != errno.EADDRNOTAVAIL or number == len(found):
                        raise
    except (OSError, UnicodeError) as error:
        raise SettingsError(
            f"nothing can listen on {settings.host}, port {settings.port}: {error}. Is another service there? Set "
            "service.host and service.port (--host, --port)."
        ) from error


def _prepared(settings: Settings) -> Settings:
    from lurewatch.entrypoints.app import build_engine  # noqa: PLC0415 - only for a demonstration
    from lurewatch.entrypoints.demo import demo_settings, prepare  # noqa: PLC0415

    shown = demo_settings(settings)
    filled = asyncio.run(prepare(settings, lambda: build_engine(shown), time.time(), _tell))
    if filled:
        typer.echo("An invented week is in the store.", err=True)
    else:
        file = shown.store.removeprefix("sqlite:///")
        typer.echo(f"The demonstration of before is shown as it was left. Remove {file} for a new one.", err=True)
    return shown


def _tell(done: int, of: int) -> None:
    if done == of or sys.stderr.isatty():
        typer.echo(f"\r{done} of {of} messages were screened.", err=True, nl=done == of)
