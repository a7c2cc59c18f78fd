"""``lurewatch events``: what is to be handed on, what got through, and what did not."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lurewatch.entrypoints.answers import dumped
from lurewatch.entrypoints.cli.flags import STORE, with_settings
from lurewatch.entrypoints.cli.stored import Answer, asked, moment
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.terminal import one_line
from lurewatch.errors import InputError

if TYPE_CHECKING:
    from lurewatch.casework.store import Store

app = typer.Typer(no_args_is_help=True, add_completion=False)
_STATUSES = ("pending", "delivered", "dead")
_MOST_ROWS = 1_000


@app.callback()
def events() -> None:
    """See what is to be handed on to other systems, and try again what was given up."""


@app.command(name="list")
@with_settings(*STORE)
def list_events(
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="Only pending, delivered or dead ones.")] = None,
    after: Annotated[int, typer.Option(metavar="CURSOR", min=0, help="Where the page before ended.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=_MOST_ROWS, help="The most there are on a page.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    *,
    settings: Settings,
) -> None:
    """List events and acts, oldest first; what they hold is not shown.

    \b
    lurewatch events list --status dead
    """
    if status is not None and status not in _STATUSES:
        raise InputError(f"--status: {status!r} is unknown. Write {' or '.join(_STATUSES)}.")
    rows, cursor = _asked(settings, lambda relay, store: relay.entries(store, status=status, after=after, limit=limit))
    if as_json:
        typer.echo(dumped({"events": [_facts(row) for row in rows], "cursor": cursor}).decode())
        return
    for row in rows:
        facts = _facts(row)
        shown = (facts["id"], facts["status"], facts["kind"], facts["subject"], f"tries {facts['attempts']}")
        typer.echo(one_line("  ".join((*shown, facts["created_at"], facts["last_error"]))).rstrip())
    if cursor is not None:
        typer.echo(f"There are more: --after {cursor}", err=True)


@app.command()
@with_settings(*STORE)
def retry(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids as `events list` shows.")] = None,
    all_dead: Annotated[bool, typer.Option("--all", help="Every dead one.")] = False,
    *,
    settings: Settings,
) -> None:
    """Hand on once more what is dead: these, or all; the service or worker that runs does it at once.

    \b
    lurewatch events retry --all
    """
    if all_dead == bool(ids):
        raise InputError("retry what? Write ids, or --all for everything that is dead.")
    count = _asked(settings, lambda relay, store: relay.retry(store, ids or None, now=time.time()))
    if ids and count < len(set(ids)):
        raise InputError(f"{len(set(ids)) - count} of these ids are not dead. `lurewatch events list` shows what is.")
    typer.echo(f"{count or 'Nothing'} to be handed on again")


def _asked(settings: Settings, ask: Callable[[Any, Any], Awaitable[Answer]]) -> Answer:
    """What is answered of the relay's doors and the open store."""

    async def answer(store: Store) -> Answer:
        from lurewatch.casework import relay  # noqa: PLC0415 - an extra: everything else works without it

        return await ask(relay, store)

    return asked(settings, answer)


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "tenant", "kind", "ordered_by", "subject", "status", "attempts", "last_error")
    times = ("created_at", "next_at", "delivered_at")
    return {name: row[name] for name in names} | {
        name: None if row[name] is None else moment(row[name]) for name in times
    }
