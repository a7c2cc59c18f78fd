"""``lurewatch subjects``: what is recorded of a person, copied or erased."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from lurewatch.casework.archive import MOST_ROWS
from lurewatch.casework.store import Store
from lurewatch.casework.subjects import Subjects
from lurewatch.entrypoints.answers import dumped
from lurewatch.entrypoints.cli.flags import STORE, with_settings
from lurewatch.entrypoints.cli.stored import asked
from lurewatch.entrypoints.settings import Settings

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="What is recorded of a person: export it, or erase it."
)
_SUBJECT = typer.Argument(metavar="ID", help="The id as sender, as user_id or as one of a pair.")
_TOLD = 50
"""After so many conversations it is said how far it is."""
_TENANT = typer.Option(help="Whose records.")


@app.command()
@with_settings(*STORE)
def export(
    subject: Annotated[str, _SUBJECT], tenant: Annotated[str, _TENANT] = "default", *, settings: Settings
) -> None:
    """Print what is recorded of a person, one JSON object a line.

    \b
    lurewatch subjects export ann@example.org > ann.jsonl
    """

    async def copy(store: Store) -> None:
        cursor: str | None = ""
        while cursor is not None:
            page = await Subjects(store).export(tenant, subject, cursor=cursor, limit=MOST_ROWS)
            for record in page.items:
                typer.echo(dumped(record).decode())
            cursor = page.cursor

    asked(settings, copy)


@app.command()
@with_settings(*STORE)
def erase(
    subject: Annotated[str, _SUBJECT], tenant: Annotated[str, _TENANT] = "default", *, settings: Settings
) -> None:
    """Erase a person: texts, ids and evidence. Scores, types and dates stay. There is no way back.

    \b
    lurewatch subjects erase ann@example.org
    """
    counts = asdict(asked(settings, lambda store: Subjects(store).erase(tenant, subject, progress=_progress)))
    receipt = counts.pop("receipt")
    typer.echo("Erased: " + (", ".join(f"{number} {kind}" for kind, number in counts.items() if number) or "nothing"))
    typer.echo(f"The audit log calls it {receipt}.", err=True)


def _progress(conversations: int) -> None:
    if conversations % _TOLD == 0:
        typer.echo(f"so far {conversations} conversations", err=True)
