"""``lurewatch incidents``: what another system has recorded is taken over."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import typer

from lurewatch.casework import importing
from lurewatch.casework.store import Store, address
from lurewatch.entrypoints import flag_rows
from lurewatch.entrypoints.app import build_engine
from lurewatch.entrypoints.cli.flags import with_settings
from lurewatch.entrypoints.cli.progress import Progress, progress
from lurewatch.entrypoints.recording import store_url
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import InputError, SettingsError

app = typer.Typer(no_args_is_help=True, add_completion=False)
_BROKEN = 3


@app.callback()
def incidents() -> None:
    """Take over incidents that another system has recorded."""


@dataclass(slots=True)
class _Tally:
    imported: int = 0
    known: int = 0
    broken: int = 0
    pairs: int = 0


@app.command(name="import")
@with_settings("store")
def take_over(
    source: Annotated[
        str, typer.Argument(help="A CSV file, or the URL of a database with the table conversation_flags.")
    ],
    tenant: Annotated[str, typer.Option(help="Whose incidents they become.")] = "default",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be imported.")] = False,
    *,
    settings: Settings,
) -> None:
    """Import a table conversation_flags, each row once however often it is run; pairs are counted on from there.

    Exit status: 0 all rows are in, 3 finished but rows were broken (each is named), 2 the source cannot be read.

    \b
    lurewatch incidents import flags.csv --dry-run
    lurewatch incidents import postgresql://reader@db/portal --tenant portal
    """
    url = store_url(settings)
    if not url:
        raise SettingsError("store.url is none: incidents are kept in the store. Write a URL.")
    if "://" in source and address(source) == address(url):
        raise InputError("the source is the store itself: what is in it was counted already")
    reduce = importing.reduced(cache(lambda: build_engine(settings)), settings.keep)
    with progress(None, shown=True) as shown:
        tally = asyncio.run(_run(url, source, tenant, reduce=reduce, dry_run=dry_run, shown=shown))
    done = "would be imported" if dry_run else "imported"
    parts = [f"{tally.imported:,} rows {done}", f"{tally.known:,} were known already", f"{tally.broken:,} are broken"]
    typer.echo(", ".join(parts) + ("" if dry_run else f"; {tally.pairs:,} pairs have imported incidents"))
    if tally.broken:
        raise typer.Exit(_BROKEN)


async def _run(
    url: str, source: str, tenant: str, *, reduce: importing.Reduce, dry_run: bool, shown: Progress
) -> _Tally:
    tally = _Tally()
    async with await Store.open(url) as store:
        async for some in flag_rows.read(source):
            sound = []
            for number, row in some:
                if isinstance(row, InputError):
                    tally.broken += 1
                    shown.complain(f"{_place(source)}:{number}: {row}")
                else:
                    sound.append(row)
            outcome = await importing.take_over(store, tenant, sound, dry_run=dry_run, reduce=reduce)
            tally.imported += outcome.imported
            tally.known += outcome.known
            shown.answered(tally.imported + tally.known + tally.broken, tally.imported)
        if not dry_run:
            tally.pairs = await importing.count(store, tenant, time.time())
    return tally


def _place(source: str) -> str:
    """The source without what opens it."""
    return f"{address(source).database} row" if "://" in source else source
