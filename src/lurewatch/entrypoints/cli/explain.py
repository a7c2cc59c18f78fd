"""``lurewatch explain``: one message or conversation, and everything that led to its verdict."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lurewatch.engine.model import Conversation, Message
from lurewatch.entrypoints.answers import dumped
from lurewatch.entrypoints.app import build_engine, opinions
from lurewatch.entrypoints.cli.explained import lines
from lurewatch.entrypoints.cli.flags import ENGINE, with_settings
from lurewatch.entrypoints.consulting import consulted
from lurewatch.entrypoints.explanation import explain
from lurewatch.entrypoints.records import of_json
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.streams import blocks, unpacked
from lurewatch.errors import InputError

app = typer.Typer(add_completion=False)
_PLAIN_WIDTH = 120


@app.command("explain")
@with_settings(*ENGINE)
def explain_command(
    text: Annotated[str, typer.Argument(metavar="TEXT|FILE|-", help="The message; or a file with it; - is the input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    *,
    settings: Settings,
) -> None:
    """Show a message with its evidence underlined and named, every score, and what would make it safe.

    A file or the input holds one message, or one JSON record as `lurewatch scan` reads them.

    \b
    lurewatch explain "Your account is blocked, share the OTP now"
    lurewatch explain message.txt
    head -1 conversations.jsonl | lurewatch explain -
    """
    conversation = _conversation(text, settings.max_body)
    engine = build_engine(settings)
    with opinions(settings) as asked:
        explanation = explain(engine, conversation, consulted(engine, conversation, asked))
    if as_json:
        typer.echo(dumped(explanation.as_record()).decode())
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _PLAIN_WIDTH)
    for line in lines(explanation, console.width):
        console.print(line, soft_wrap=True)


def _conversation(text: str, limit: int) -> Conversation:
    said = text
    if text == "-":
        said = _decoded(sys.stdin.buffer, limit)
    elif _is_file(text):
        try:
            with Path(text).open("rb") as file:
                said = _decoded(file, limit)
        except OSError as error:
            raise InputError(f"{text} cannot be read: {error.strerror}") from error
    if said is not text and said.startswith("{"):
        read = of_json(1, said.encode("utf-8", "surrogatepass"))[1]
        if isinstance(read, InputError):
            raise read
        return read
    return Conversation((Message(said.removesuffix("\n").removesuffix("\r")),))


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a name, or a character that no name has
        return False


def _decoded(file: object, limit: int) -> str:
    data = b""
    for block in unpacked(blocks(file)):  # type: ignore[arg-type]
        data += block
        if len(data) > limit:
            raise InputError(
                f"the text is longer than {limit:,} bytes. `lurewatch scan` reads many records", limit=True
            )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InputError(f"the text is not UTF-8 (byte {error.start + 1})") from error
