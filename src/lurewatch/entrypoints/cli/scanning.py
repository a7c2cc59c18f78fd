"""Rows in, answers out: in this process, or in several with the answers still in order."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from lurewatch.engine.pipeline import Engine
from lurewatch.entrypoints.answers import Writer, explained
from lurewatch.entrypoints.records import Format, Row, reader
from lurewatch.errors import InputError, LurewatchError

_AHEAD = 4
"""So many chunks a job are read ahead of the answers."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """The answers to some rows as bytes, how many there were, how many are flagged, and (line, error) of the broken."""

    output: bytes
    records: int
    flagged: int
    broken: tuple[tuple[int, str], ...]


class Scanner:
    """Answers rows with one engine. A row that cannot be read or judged is answered as broken."""

    def __init__(self, engine: Engine, kind: Format, writer: Writer) -> None:
        self._engine = engine
        self._read = reader(kind)
        self._writer = writer

    def scan(self, rows: Sequence[Row]) -> Scanned:
        """The answers, in order."""
        assess, decide, row = self._engine.assess, self._engine.decide, self._writer.row
        output: list[bytes] = []
        broken: list[tuple[int, str]] = []
        flagged = 0
        for number, payload in rows:
            record_id, read = self._read(number, payload)
            try:
                if isinstance(read, InputError):
                    raise read
                verdict = assess(read)
                decisions = decide(verdict)
                output.append(row(verdict, decisions))
                if verdict.is_scam or decisions:
                    flagged += 1
            except Exception as error:  # whatever one record does, the rest goes on
                message = explained(error) if isinstance(error, InputError) else f"the engine failed: {error!r}"
                broken.append((number, message))
                output.append(self._writer.broken(record_id, number, message))
        return Scanned(b"".join(output), len(rows), flagged, tuple(broken))


def scanned(scanner: Scanner, chunks: Iterable[Sequence[Row]], jobs: int) -> Generator[Scanned, None, None]:
    """The answers to chunks of rows, in order, by so many processes (1: this one).

    Raises:
        LurewatchError: a process died.
    """
    if jobs == 1:
        gc.freeze()  # the engine stays: there is no use in looking through it again and again
        gc.set_threshold(20_000, 20, 100)
        yield from map(scanner.scan, chunks)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(scanner,))
    waiting: deque[Future[Scanned]] = deque()
    try:
        for chunk in chunks:
            with _uninterrupted():
                waiting.append(pool.submit(_scan, chunk))
            while waiting and (len(waiting) >= jobs * _AHEAD or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise LurewatchError("a job died (out of memory?). Try fewer: --jobs 1") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back while processes start: they inherit this, and leave it to their parent to stop."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_in_this_process: list[Scanner] = []


def _begin(scanner: Scanner) -> None:
    gc.freeze()
    _in_this_process[:] = [scanner]


def _scan(rows: Sequence[Row]) -> Scanned:
    return _in_this_process[0].scan(rows)
