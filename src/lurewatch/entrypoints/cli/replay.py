"""``lurewatch replay``: a stored verdict made once more, to see whether it comes out the same."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import msgspec
import typer

from lurewatch.casework.origins import PackFiles
from lurewatch.casework.replay import Replay, Replayed
from lurewatch.engine.pipeline import Engine, EngineConfig
from lurewatch.entrypoints.answers import dumped
from lurewatch.entrypoints.app import build_engine, engine_config, rebuild_engine
from lurewatch.entrypoints.cli.flags import with_settings
from lurewatch.entrypoints.cli.stored import asked
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.terminal import one_line
from lurewatch.errors import ReplayError

app = typer.Typer(add_completion=False)
_DIFFERS = 1
_IMPOSSIBLE = 2
_MOST_SHOWN = 20
_LONGEST = 200


@app.command()
@with_settings("store", "detectors", "second_reading", "cache")
def replay(
    verdict: Annotated[str, typer.Argument(metavar="VERDICT_ID", help="The id, as it was answered.")],
    tenant: Annotated[str, typer.Option(help="Whose verdict it is.")] = "default",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    *,
    settings: Settings,
) -> None:
    """Make a stored verdict once more, and say whether it comes out the same.

    From the messages as they were then, with what was known and remembered then, by the pack and the configuration
    that made it. Exit status: 0 the same, 1 it differs, 2 it cannot be replayed.

    \b
    lurewatch replay 3f0c9a4e5b6d4c1f8a2b7e9d0c1f2a3b
    """
    try:
        done = _replayed(settings, tenant, verdict)
    except ReplayError as error:
        if not as_json:
            raise ReplayError(f"{verdict} cannot be replayed: {error}.") from error
        typer.echo(dumped({"verdict_id": verdict, "outcome": "impossible", "reason": str(error)}).decode())
        raise typer.Exit(_IMPOSSIBLE) from error
    if as_json:
        typer.echo(dumped(_facts(done)).decode())
    else:
        _tell(done)
    if not done.same:
        raise typer.Exit(_DIFFERS)


def _replayed(settings: Settings, tenant: str, verdict: str) -> Replayed:
    def build(files: PackFiles | None, config: EngineConfig | None) -> Engine:
        if files is None:
            return build_engine(settings)
        return rebuild_engine(settings, files.layers, files.today, config or engine_config(settings))

    return asked(settings, lambda store: Replay(store, build).replay(tenant, verdict))


def _facts(done: Replayed) -> dict[str, Any]:
    return {
        "verdict_id": done.verdict_id,
        "outcome": "same" if done.same else "different",
        "stored_by": asdict(done.stored),
        "replayed_by": asdict(done.replayed),
        "notes": list(done.notes),
        "differences": [asdict(one) for one in done.differences],
    }


def _tell(done: Replayed) -> None:
    for note in done.notes:
        typer.echo(f"Note: {note}", err=True)
    if done.same:
        typer.echo(f"{one_line(done.verdict_id)}: the same")
        return
    typer.echo(f"{one_line(done.verdict_id)}: {len(done.differences)} values differ")
    for one in done.differences[:_MOST_SHOWN]:
        typer.echo(f"{one_line(one.pointer)}: {_short(one.stored)} was stored, {_short(one.replayed)} came out")
    if len(done.differences) > _MOST_SHOWN:
        typer.echo(f"and {len(done.differences) - _MOST_SHOWN} more; --json shows all")


def _short(value: object) -> str:
    text = one_line(msgspec.json.encode(value).decode())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
