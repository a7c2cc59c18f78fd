"""``lurewatch purge``: delete what was recorded too long ago."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from lurewatch.entrypoints.cli.flags import STORE, with_settings
from lurewatch.entrypoints.cli.stored import asked
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import InputError

if TYPE_CHECKING:
    from lurewatch.casework.store import Store

app = typer.Typer(add_completion=False)
_AGE = re.compile(r"([1-9][0-9]{0,4})(d|w|y)")
_SECONDS = {"d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}


@app.command()
@with_settings(*STORE)
def purge(
    older_than: Annotated[str, typer.Option(metavar="AGE", help="Days, weeks or years: 90d, 12w, 2y.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    *,
    settings: Settings,
) -> None:
    """Delete what was recorded so long ago: conversations, texts, verdicts, alerts, flags, counts and told events.

    \b
    lurewatch purge --older-than 90d --dry-run
    """
    match = _AGE.fullmatch(older_than)
    if match is None:
        raise InputError(f"--older-than: {older_than!r} is no age. Write days, weeks or years, such as 90d.")
    before = time.time() - int(match[1]) * _SECONDS[match[2]]

    async def run(store: Store) -> dict[str, int]:
        from lurewatch.casework import retention  # noqa: PLC0415 - an extra: everything else works without it

        return await (retention.count(store, before) if dry_run else retention.purge(store, before, _progress))

    done = asked(settings, run)
    typer.echo(("Would delete " if dry_run else "Deleted ") + _told(done))


def _progress(done: Mapping[str, int]) -> None:
    typer.echo(f"so far {_told(done)}", err=True)


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in counts.items() if number) or "nothing"
