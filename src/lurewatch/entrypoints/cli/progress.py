"""How far a command is: a bar on standard error when that is a terminal, and nothing otherwise."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import typer

from lurewatch.entrypoints.terminal import one_line


class Progress:
    """Says nothing but what is broken; the base of what a terminal is shown."""

    def read(self, amount: int) -> None:
        """So many more bytes were read."""

    def answered(self, count: int, flagged: int) -> None:
        """So many records were answered until now."""

    def complain(self, text: str) -> None:
        """Name a broken line."""
        typer.echo(one_line(text), err=True)

    def sum_up(self, count: int, flagged: int, broken: int) -> None:
        """The scan is over."""


class _Summary(Progress):
    """Sums up at the end."""

    def __init__(self) -> None:
        self._begin = time.monotonic()

    def sum_up(self, count: int, flagged: int, broken: int) -> None:
        taken = time.monotonic() - self._begin
        parts = [f"{count:,} records", f"{flagged:,} flagged", *([f"{broken:,} broken"] if broken else [])]
        typer.echo(f"{', '.join(parts)} in {taken:.1f} s", err=True)


class _Bar(_Summary):
    """A bar by bytes read, with counts."""

    def __init__(self, bar: Any, task: Any) -> None:
        super().__init__()
        self._bar = bar
        self._task = task

    def read(self, amount: int) -> None:
        self._bar.advance(self._task, amount)

    def answered(self, count: int, flagged: int) -> None:
        self._bar.update(self._task, counts=f"{count:,} records, {flagged:,} flagged")

    def complain(self, text: str) -> None:
        self._bar.console.print(one_line(text), markup=False, highlight=False, soft_wrap=True)

    def sum_up(self, count: int, flagged: int, broken: int) -> None:
        self._bar.stop()
        super().sum_up(count, flagged, broken)


@contextlib.contextmanager
def progress(size: int | None, *, shown: bool) -> Iterator[Progress]:
    """What to tell of a scan of so many bytes; no bar unless ``shown``: answers on the same terminal do as well."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield Progress()
        return
    if not shown:
        yield _Summary()
        return
    from rich import progress as rich  # noqa: PLC0415 - slow to import, and only for people
    from rich.console import Console  # noqa: PLC0415

    columns = (rich.BarColumn(), rich.TaskProgressColumn(), rich.TextColumn("{task.fields[counts]}"))
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar, bar.add_task("scan", total=size, counts=""))


@contextlib.contextmanager
def steps(titles: Sequence[str]) -> Iterator[Callable[[int, int, int], None]]:
    """A bar a step of a long work; to be told (number of the step from 0, how much is done, of how much)."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return
    from rich import progress as rich  # noqa: PLC0415 - slow to import, and only for people
    from rich.console import Console  # noqa: PLC0415

    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn())
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = [bar.add_task(title, total=None) for title in titles]
        yield lambda step, done, total: bar.update(tasks[step], completed=done, total=total)
