"""``lurewatch doctor``: is this installation fit to work?"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from lurewatch.entrypoints.answers import dumped
from lurewatch.entrypoints.cli.flags import with_settings
from lurewatch.entrypoints.doctor import examine
from lurewatch.entrypoints.doctor.diagnosis import Diagnosis
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.terminal import one_line

app = typer.Typer(add_completion=False)
_UNWELL = 1


@app.command()
@with_settings()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    *,
    settings: Settings,
) -> None:
    """Check whether this installation is fit to work, and say what to do where it is not.

    The configuration, packs, model, store, audit log, keys, bus, policies, connectors and clock are looked at.
    Nothing is changed or published. A language model that is configured is asked one small question. The exit status is
    1 when something does not work.

    \b
    lurewatch doctor
    lurewatch doctor --config lurewatch.yaml
    lurewatch doctor --json
    """
    found = asyncio.run(_examined(settings, shown=not as_json))
    well = all(one.well for one in found)
    if as_json:
        typer.echo(dumped({"well": well, "checks": [asdict(one) for one in found]}).decode())
    raise typer.Exit(0 if well else _UNWELL)


async def _examined(settings: Settings, *, shown: bool) -> list[Diagnosis]:
    found = []
    async for diagnosis in examine(settings):
        found.append(diagnosis)
        if shown:
            _show(diagnosis)
    return found


def _show(found: Diagnosis) -> None:
    for number, line in enumerate(found.seen.splitlines()):
        mark = "" if number else ("FAIL" if found.state == "fail" else found.state)
        typer.echo(f"{mark:<4}  {'' if number else found.check:<18}{one_line(line)}")
    if found.remedy:
        typer.echo(f"{'':<24}{one_line(found.remedy)}")
