"""Rows in, answers out: in this process, or in several with the answers still in order."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lurewatch.engine.pipeline import Engine
from lurewatch.entrypoints.answers import Writer, explained
from lurewatch.entrypoints.records import Format, Payload, Row, reader
from lurewatch.errors import InputError


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
                message = _reason(error, payload)
                broken.append((number, message))
                output.append(self._writer.broken(record_id, number, message))
        return Scanned(b"".join(output), len(rows), flagged, tuple(broken))


def _reason(error: Exception, payload: Payload) -> str:
    """What is wrong, pointing into the record: one that is a single message has no ``messages``."""
    if not isinstance(error, InputError):
        return f"the engine failed: {error!r}"
    if isinstance(payload, bytes) and b'"messages"' in payload:
        return explained(error)
    return explained(InputError(str(error), pointer=error.pointer.removeprefix("/messages/0")))


def scan_all(scanner: Scanner, chunks: Iterable[Sequence[Row]], jobs: int, take: Callable[[Scanned], None]) -> None:
    """Hand the answers to chunks of rows to ``take``, in order and as soon as they are there.

    With one job that happens here; more are processes of their own, and ``take`` is called in another thread, because
    this one may have to wait for input.

    Raises:
        LurewatchError: a process died.
    """
    if jobs == 1:
        gc.freeze()  # the engine stays: there is no use in looking through it again and again
        gc.set_threshold(20_000, 20, 100)
        for chunk in chunks:
            take(scanner.scan(chunk))
        return
    from lurewatch.entrypoints.cli.jobs import in_jobs  # noqa: PLC0415 - slow to import, and seldom needed

    in_jobs(scanner, chunks, jobs, take)
