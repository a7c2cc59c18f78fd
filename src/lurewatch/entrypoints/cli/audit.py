"""``lurewatch audit``: what was decided and done, and whether anybody changed the record of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lurewatch.entrypoints.answers import dumped
from lurewatch.entrypoints.cli.flags import with_settings
from lurewatch.entrypoints.cli.progress import steps
from lurewatch.entrypoints.cli.stored import Answer, asked, moment
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.terminal import one_line

if TYPE_CHECKING:
    from lurewatch.casework.store import Store

app = typer.Typer(no_args_is_help=True, add_completion=False)
BROKEN = 1
"""The exit status of a log that is not as it was sealed."""
_MOST_ROWS = 1_000


@app.callback()
def audit() -> None:
    """See what was decided and done, and check that nobody changed the record of it."""


@app.command()
@with_settings("store")
def verify(
    expect: Annotated[
        str, typer.Option(metavar="NUMBER:HASH", help="The head an earlier verification told: it must still be there.")
    ] = "",
    *,
    settings: Settings,
) -> None:
    """Check every entry and every batch; the exit status is 0 when the log is whole and 1 when it is not.

    Keep the head that is told somewhere else, and expect it the next time: that the end of the log was cut off shows by
    nothing else.

    \b
    lurewatch audit verify
    """
    with steps(["batches"]) as show:
        found = _asked(settings, lambda audit: audit.verify(expect, lambda done, of: show(0, done, of)))
    counted = f"{found.batches} batches, {found.entries} entries"
    if found.broken is not None:
        entry = "" if found.broken.entry is None else f", entry {found.broken.entry}"
        typer.echo(f"broken: batch {found.broken.batch}{entry} was {found.broken.change}; whole before it: {counted}")
        raise typer.Exit(BROKEN)
    typer.echo(f"whole: {counted}, {found.unsealed} not sealed yet")
    if found.head:
        typer.echo(f"head: {found.head}")


@app.command(name="list")
@with_settings("store")
def list_entries(  # noqa: PLR0913 - as many options as there are questions
    *,
    tenant: Annotated[str | None, typer.Option(help="Only those of a tenant.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only what this key did, by its id, or system.")] = None,
    action: Annotated[str | None, typer.Option(help="Only such as alert_raised, handed_off, key_created.")] = None,
    subject: Annotated[str | None, typer.Option(metavar="ID", help="Only those about this alert or key.")] = None,
    before: Annotated[int | None, typer.Option(metavar="CURSOR", help="Where the page before ended.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST_ROWS, help="The most there are on a page.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    settings: Settings,
) -> None:
    """List entries, the newest first.

    \b
    lurewatch audit list --action key_revoked --limit 10
    """
    filters = {"tenant": tenant, "actor": actor, "action": action, "subject": subject}
    equal = {name: value for name, value in filters.items() if value is not None}
    rows, cursor = _asked(settings, lambda audit: audit.latest(equal, before=before, limit=limit))
    facts = [row | {"created_at": moment(row["created_at"])} for row in rows]
    if as_json:
        typer.echo(dumped({"entries": facts, "cursor": cursor}).decode())
        return
    for row in facts:
        sealed = "not sealed" if row["batch"] is None else f"batch {row['batch']}"
        names = ("tenant", "actor", "action", "subject")
        shown = (str(row["seq"]), row["created_at"], sealed, *(row[name] for name in names))
        typer.echo(one_line("  ".join((*shown, dumped(row["detail"]).decode()))))
    if cursor is not None:
        typer.echo(f"There are more: --before {cursor}", err=True)


def _asked(settings: Settings, ask: Callable[[Any], Awaitable[Answer]]) -> Answer:
    """What is answered of the audit log of the store."""

    async def answer(store: Store) -> Answer:
        from lurewatch.casework.audit import Audit  # noqa: PLC0415 - an extra: everything else works without it

        return await ask(Audit(store))

    return asked(settings, answer)
