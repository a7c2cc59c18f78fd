"""``lurewatch serve``: the HTTP service."""

from __future__ import annotations

import functools
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
    *,
    settings: Settings,
) -> None:
    """Start the HTTP service: POST /detect-scam, POST /v1/messages, GET /health, and /docs with examples.

    What /v1 is told is recorded, in the setting store.url. Where others can reach it, it needs an API key.

    A changed rule pack or thresholds file is picked up while it runs; a bad one is refused and the old one kept.

    \b
    lurewatch serve
    lurewatch serve --host 0.0.0.0 --port 9000 --pack ./our-rules
    """
    try:
        import uvicorn  # noqa: PLC0415 - an extra: everything else works without it

        from lurewatch.entrypoints.recording import require_key  # noqa: PLC0415
        from lurewatch.entrypoints.service import create_app  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(f"the service needs more packages ({error}). pip install 'lurewatch[serve]'") from error
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
