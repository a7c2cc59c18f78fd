"""``lurewatch scan``: judge a file or a stream, a record a line."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, TypeVar, cast

import typer

from lurewatch.entrypoints.answers import Writer, writer
from lurewatch.entrypoints.app import build_engine, opinions
from lurewatch.entrypoints.cli.flags import ENGINE, with_settings
from lurewatch.entrypoints.cli.progress import Progress, progress
from lurewatch.entrypoints.cli.scanning import Scanned, Scanner, scan_all
from lurewatch.entrypoints.records import Format, records
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.streams import Source, blocks
from lurewatch.errors import InputError

T = TypeVar("T")
app = typer.Typer(add_completion=False)
_FLAGGED, _BROKEN = 1, 3
_PLAIN_WIDTH = 160


class Layout(StrEnum):
    """How answers are written."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"


class Written(StrEnum):
    """How records are written."""

    TEXT = "text"
    JSONL = "jsonl"
    CSV = "csv"


_File = Annotated[str, typer.Argument(metavar="FILE|-", help="What to read, gzipped or not; - is the input.")]
_Layout = Annotated[
    Layout | None, typer.Option("--format", "-f", help="Else a table on a terminal and jsonl elsewhere.")
]
_Written = Annotated[
    Written | None, typer.Option("--input", "-i", help="Else told by the name of the file or its first line.")
]
_TextColumn = Annotated[str | None, typer.Option(help="The CSV column with the text; else text, content or message.")]
_Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="So many processes.")]
_Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write answers to this file.")]


@app.command()
@with_settings(*ENGINE)
def scan(  # noqa: PLR0913 - as many options as there are questions
    file: _File = "-",
    layout: _Layout = None,
    written: _Written = None,
    text_column: _TextColumn = None,
    jobs: _Jobs = 1,
    output: _Output = None,
    *,
    settings: Settings,
) -> None:
    """Judge messages and conversations, one record a line, in order, as they come.

    Reads plain text (a message a line), JSON lines ({"id", "text"}, or {"id", "messages": [...]}) and CSV.

    \b
    Exit status
      0  nothing flagged
      1  something flagged: a scam, or a policy wants something done
      2  bad usage or unreadable input
      3  finished, but lines were broken; each is named, and the rest went on

    \b
    lurewatch scan messages.txt
    lurewatch scan conversations.jsonl.gz --format jsonl --jobs 4 > answers.jsonl
    lurewatch scan export.csv --text-column body --format csv --output answers.csv
    tail -f chat.log | lurewatch scan --input text
    """
    name = "standard input" if file == "-" else file
    terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(_source(file))
        engine = build_engine(settings)
        bar = stack.enter_context(progress(_size(source), shown=not terminal))
        read = functools.partial(records, blocks(source, bar.read), limit=settings.max_body)
        kind: Format | None = written.value if written else None
        found = _named(name, lambda: read(name=file.removeprefix("-"), written=kind, text_column=text_column))
        sink = stack.enter_context(_sink(output, file))
        answers = _writer(layout, terminal=terminal)
        _put(sink, answers.head())
        rows = iter(lambda: _named(name, lambda: next(found.rows, None)), None)
        out = _Answers(sink, bar, name)
        shared = replace(settings, llm_budget=max(1, settings.llm_budget // jobs))
        asked = stack.enter_context(opinions(shared))
        scan_all(Scanner(engine, found.format, answers, asked), rows, jobs, out.take)
        bar.sum_up(out.count, out.flagged, out.broken)
    raise typer.Exit(_BROKEN if out.broken else _FLAGGED if out.flagged else 0)


def _writer(layout: Layout | None, *, terminal: bool) -> Writer:
    chosen = layout or (Layout.TABLE if terminal else Layout.JSONL)
    width = shutil.get_terminal_size().columns if terminal else _PLAIN_WIDTH
    return writer(chosen.value, width=width, colours=terminal and not os.environ.get("NO_COLOR"))


class _Answers:
    """Puts answers into the sink, names the broken lines, and counts."""

    def __init__(self, sink: BinaryIO, bar: Progress, name: str) -> None:
        self.count = self.flagged = self.broken = 0
        self._sink, self._bar, self._name = sink, bar, name

    def take(self, part: Scanned) -> None:
        """The next answers."""
        _put(self._sink, part.output)
        self.count += part.records
        self.flagged += part.flagged
        self.broken += len(part.broken)
        for line, message in part.broken:
            self._bar.complain(f"{self._name}:{line}: {message}")
        self._bar.answered(self.count, self.flagged)


def _named(name: str, call: Callable[[], T]) -> T:
    """What the call gives; what is wrong with the input is told with its name."""
    try:
        return call()
    except InputError as error:
        raise InputError(f"{name}: {error}", limit=error.limit) from error


def _put(sink: BinaryIO, data: bytes) -> None:
    if not data:
        return
    try:
        sink.write(data)
        sink.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"the answers cannot be written: {error.strerror}") from error


@contextlib.contextmanager
def _source(file: str) -> Iterator[Source]:
    if file == "-":
        if sys.stdin is None:
            raise InputError("standard input is closed. Name a file")
        if sys.stdin.isatty():
            typer.echo("Reading from the terminal: a message a line, Ctrl-D at the end.", err=True)
        yield cast("Source", sys.stdin.buffer)
        return
    with _opened(file, "rb", "read") as opened:
        yield cast("Source", opened)


@contextlib.contextmanager
def _sink(output: Path | None, file: str) -> Iterator[BinaryIO]:
    if output is None:
        if sys.stdout is None:
            raise InputError("standard output is closed. Write to a file with --output")
        yield sys.stdout.buffer
        return
    if file != "-" and output.exists() and Path(file).exists() and output.samefile(file):
        raise InputError(f"{file} would be overwritten while it is read. Name another --output")
    with _opened(str(output), "wb", "written") as opened:
        yield opened


def _opened(path: str, mode: Literal["rb", "wb"], verb: str) -> BinaryIO:
    try:
        return open(path, mode)  # noqa: PTH123 - the name may be no valid path; the caller closes it
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be {verb}: {getattr(error, 'strerror', None) or error}") from error


def _size(source: Source) -> int | None:
    """How many bytes there are to read, where that is known."""
    try:
        facts = os.fstat(cast("BinaryIO", source).fileno())
    except (OSError, ValueError):
        return None
    return facts.st_size or None
