"""The command ``lurewatch``. A command's module is imported when the command is called, so that each starts fast."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from lurewatch.errors import LurewatchError
from lurewatch.version import __version__

GROUPS = {
    "Judge messages": ("scan", "explain"),
    "Run the service": ("serve", "doctor", "config", "keys", "events", "version"),
    "Look after what is recorded": ("audit", "replay", "incidents", "subjects", "purge"),
    "Write rules, measure and learn": ("rules", "evaluate", "train"),
}
"""The modules beside this one that hold a command, in the order of the help; each has a Typer called ``app``."""
COMMANDS = tuple(name for names in GROUPS.values() for name in names)
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
FAILED, INTERRUPTED, BROKEN_PIPE = 2, 130, 141


class Commands(TyperGroup):
    """Finds a command in the module of its name, and turns what is raised on purpose into a message and a status."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as the base class has it
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            for name in COMMANDS:  # from these, the one that was meant is suggested
                self.get_command(ctx, name)
            return None
        if cmd_name not in self.commands:
            part = import_module(f"{__name__}.{cmd_name}").app
            is_group = part.registered_callback is not None or len(part.registered_commands) > 1
            command: Any = get_group(part) if is_group else get_command(part)
            command.name = cmd_name
            command.rich_help_panel = _GROUP_OF[cmd_name]
            for one in (command, *getattr(command, "commands", {}).values()):
                one.help = _unwrapped(one.help or "")
            self.commands[cmd_name] = command
        return self.commands[cmd_name]

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except LurewatchError as error:
            complain(str(error))
            raise typer.Exit(FAILED) from error
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _forget_output()
            raise typer.Exit(BROKEN_PIPE) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Documentation: docs/cli.md and docs/configuration.md; configurations to begin with: examples/config. "
    "`lurewatch COMMAND --help` says more of a command.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def lurewatch(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Reads conversations and tells, with evidence, when somebody is being lured.

    \b
    lurewatch explain "Your parcel is held, pay the fee at http://post.example/pay"
    lurewatch scan messages.jsonl
    lurewatch serve --demo                       an invented week, to look around in
    lurewatch doctor --config lurewatch.yaml     is this installation fit to work?
    """


def _unwrapped(text: str) -> str:
    """A help text whose paragraphs are as wide as the terminal; what stands below a line with \\b stays as it is."""
    parts = text.split("\n\n")
    return "\n\n".join(part if part.startswith("\b") else " ".join(part.splitlines()) for part in parts)


def complain(text: str) -> None:
    """Say on standard error what is wrong; nothing in the text can steer the terminal."""
    from lurewatch.entrypoints.terminal import one_line  # noqa: PLC0415 - only when something is wrong

    for line in text.splitlines():
        typer.echo(f"lurewatch: {one_line(line)}", err=True)


def _forget_output() -> None:
    """Nobody reads standard output any more: what is still buffered must not raise again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def main() -> None:
    """Run the command of ``sys.argv`` and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app(prog_name="lurewatch")
