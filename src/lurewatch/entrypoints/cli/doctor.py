"""``lurewatch doctor``: is this installation fit to work?"""

from __future__ import annotations

import typer

from lurewatch.entrypoints.cli.flags import with_settings
from lurewatch.entrypoints.doctor import examine
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.terminal import one_line

app = typer.Typer(add_completion=False)
_UNWELL = 1


@app.command()
@with_settings()
def doctor(*, settings: Settings) -> None:
    """Check the configuration, the rule packs, and the language model if one is configured; say what to do.

    The model is asked one small question. The exit status is 1 when something is not well.
    """
    well = True
    for found in examine(settings):
        well &= found.well
        for number, line in enumerate(found.seen.splitlines()):
            mark = "" if number else ("ok  " if found.well else "FAIL")
            typer.echo(f"{mark:<4}  {'' if number else found.check:<16}{one_line(line)}")
        if found.remedy:
            typer.echo(f"{'':<22}{found.remedy}")
    raise typer.Exit(0 if well else _UNWELL)
