"""``lurewatch serve``: the HTTP service."""

from __future__ import annotations

import asyncio
import functools
import sys
import time
from typing import Annotated

import typer

from lurewatch.entrypoints.cli.flags import SERVICE, with_settings
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

app = typer.Typer(add_completion=False)


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

        from lurewatch.entrypoints.recording import require_key  # noqa: PLC0415
        from lurewatch.entrypoints.service import create_app  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(f"the service needs more packages ({error}). pip install 'lurewatch[serve]'") from error
    if demo:
        settings = _prepared(settings)
    require_key(settings)
    uvicorn.run(
        functools.partial(create_app, settings),
        factory=True,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        access_log=access_log,
        log_level="info",
    )


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
