"""``lurewatch config show``: every setting, its value, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from lurewatch.entrypoints.answers import dumped
from lurewatch.entrypoints.cli.flags import with_settings
from lurewatch.entrypoints.declarations import Setting
from lurewatch.entrypoints.settings import SETTINGS, Settings

app = typer.Typer(no_args_is_help=True, add_completion=False)
_SECRET = "(set, not shown)"  # noqa: S105 - stands for one


@app.callback()
def config() -> None:
    """See how Lurewatch is set up."""


@app.command()
@with_settings()
def show(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    *,
    settings: Settings,
) -> None:
    """Print every setting, its value, and where it came from. Secrets are never shown.

    A flag goes before the environment, the environment before the configuration file, the file before the default.
    """
    rows = [(setting, _value(setting, settings), settings.source(setting.name)) for setting in SETTINGS]
    if as_json:
        facts = {setting.key: {"value": value, "source": source} for setting, value, source in rows}
        typer.echo(dumped(facts).decode())
        return
    typer.echo(f"# configuration file: {settings.file or 'none'}")
    widest = max(len(setting.key) for setting in SETTINGS)
    for setting, value, source in rows:
        typer.echo(f"{setting.key:<{widest}}  {dumped(value).decode()}  # {source}")


def _value(setting: Setting, settings: Settings) -> object:
    value = getattr(settings, setting.name)
    if setting.secret and value:
        return _SECRET
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return dict(value)
    if isinstance(value, tuple):
        return [dict(item) if isinstance(item, Mapping) else str(item) for item in value]
    return value
