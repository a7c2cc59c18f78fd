"""``lurewatch keys``: who may call the service."""

from __future__ import annotations

import datetime
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from lurewatch.casework.access import SCOPES, Access, Key
from lurewatch.entrypoints.cli.flags import STORE, with_settings
from lurewatch.entrypoints.cli.stored import Answer, asked
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.terminal import one_line

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="API keys of the service: create, list, rotate, revoke."
)
_DAY = 86_400


@app.command()
@with_settings(*STORE)
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str], typer.Option(help=f"What it opens: {', '.join(SCOPES)}; may be given again.")],
    tenant: Annotated[str, typer.Option(help="Whose conversations it opens.")] = "default",
    days: Annotated[int | None, typer.Option(min=1, help="After so many days it is over; else never.")] = None,
    *,
    settings: Settings,
) -> None:
    """Make a key and print it. It is kept nowhere: who loses it makes another.

    As soon as a key was made, every request needs one; that the last one is over opens nothing.

    \b
    lurewatch keys create "checkout" --scope screen
    lurewatch keys create "Ann" --scope review --days 90
    """
    expires = None if days is None else time.time() + days * _DAY
    key, presented = _run(settings, lambda access: access.create(name, scope, tenant=tenant, expires_at=expires))
    _made(key, presented)


@app.command(name="list")
@with_settings(*STORE)
def show(*, settings: Settings) -> None:
    """List all keys, the oldest first; what opens the door is not shown."""
    found = _run(settings, lambda access: access.every())
    now = time.time()
    for key in found:
        state = "revoked" if key.revoked_at else "valid" if key.is_valid(now) else "over"
        until = f" until {_date(key.expires_at)}" if key.expires_at else ""
        scopes = ",".join(key.scopes)
        typer.echo(f"{key.id}  {state:<7}  {one_line(key.tenant)}  {scopes}  {one_line(key.name)}{until}")
    if not found:
        typer.echo(
            "No keys: only this machine is answered, and without one. `lurewatch keys create` makes one.", err=True
        )


@app.command()
@with_settings(*STORE)
def rotate(
    key: Annotated[str, typer.Argument(help="Its id, as `lurewatch keys list` shows it.")],
    overlap: Annotated[int, typer.Option(min=0, help="So many days the old one stays good.")] = 7,
    *,
    settings: Settings,
) -> None:
    """Make another key with the same name, tenant and scopes; the old one ends after the overlap."""
    _made(*_run(settings, lambda access: access.rotate(key, overlap=overlap * _DAY)))


@app.command()
@with_settings(*STORE)
def revoke(
    key: Annotated[str, typer.Argument(help="Its id, as `lurewatch keys list` shows it.")], *, settings: Settings
) -> None:
    """End a key. A running service notices within seconds."""
    ended = _run(settings, lambda access: access.revoke(key))
    typer.echo(f"{ended.id} is revoked.")


def _made(key: Key, presented: str) -> None:
    typer.echo(
        f"{key.id}: {', '.join(key.scopes)} for {one_line(key.tenant)}. Keep this, it is not shown again:", err=True
    )
    typer.echo(presented)


def _date(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()


def _run(settings: Settings, ask: Callable[[Access], Awaitable[Answer]]) -> Answer:
    return asked(settings, lambda store: ask(Access(store)))
