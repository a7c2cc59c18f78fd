"""``lurewatch version``: what is installed, and what verdicts are made with."""

from __future__ import annotations

import platform
from typing import Annotated

import typer

from lurewatch.entrypoints.answers import dumped
from lurewatch.entrypoints.app import build_engine
from lurewatch.entrypoints.cli.flags import ENGINE, with_settings
from lurewatch.entrypoints.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
@with_settings(*ENGINE)
def version(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    *,
    settings: Settings,
) -> None:
    """Print the versions that every verdict carries: engine, rule pack, model, configuration.

    Two installations that print the same answer the same.
    """
    engine = build_engine(settings)
    made_by = engine.versions
    facts = {
        "engine": made_by.engine,
        "pack": made_by.pack,
        "model": made_by.model,
        "config": made_by.config,
        "rules": str(len(engine.pack.rules)),
        "python": platform.python_version(),
    }
    if as_json:
        typer.echo(dumped(facts).decode())
        return
    for name, value in facts.items():
        typer.echo(f"{name:<8} {value}")
