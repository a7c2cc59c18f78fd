"""Rows in, answers out: in this process, or in several with the answers still in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from lurewatch.engine.model import Conversation, Verdict
from lurewatch.engine.pipeline import Engine
from lurewatch.entrypoints import garbage
from lurewatch.entrypoints.answers import Writer, explained
from lurewatch.entrypoints.records import Format, Payload, Row, reader
from lurewatch.errors import InputError

if TYPE_CHECKING:
    from lurewatch.intel.opinion import Opinions


@dataclass(frozen=True, slots=True)
class Scanned:
    """The answers to some rows as bytes, how many there were, how many are flagged, and (line, error) of the broken."""

    output: bytes
    records: int
    flagged: int
    broken: tuple[tuple[int, str], ...]


class Scanner:
    """Answers rows with one engine. A row that cannot be read or judged is answered as broken.

    ``opinions`` are asked about so many rows ahead as they take at a time.
    """

    def __init__(self, engine: Engine, kind: Format, writer: Writer, opinions: Opinions | None = None) -> None:
        self._engine = engine
        self._read = reader(kind)
        self._writer = writer
        self._opinions = opinions

    def scan(self, rows: Sequence[Row]) -> Scanned:
        """The answers, in order."""
        decide, row = self._engine.decide, self._writer.row
        output: list[bytes] = []
        broken: list[tuple[int, str]] = []
        flagged = 0
        for (number, payload), record_id, judged in self._judgements(rows):
            try:
                verdict = judged()
                decisions = decide(verdict)
                output.append(row(verdict, decisions))
                if verdict.is_scam or decisions:
                    flagged += 1
            except Exception as error:  # whatever one record does, the rest goes on
                message = _reason(error, payload)
                broken.append((number, message))
                output.append(self._writer.broken(record_id, number, message))
        return Scanned(b"".join(output), len(rows), flagged, tuple(broken))

    def _judgements(self, rows: Sequence[Row]) -> Iterator[tuple[Row, str, Callable[[], Verdict]]]:
        """Each row with its id and what gives its verdict, or raises."""
        ahead = self._opinions.config.concurrency if self._opinions else 0
        waiting: deque[tuple[Row, str, Callable[[], Verdict]]] = deque()
        for row in rows:
            record_id, read = self._read(*row)
            waiting.append((row, record_id, self._judgement(read)))
            if len(waiting) > ahead:
                yield waiting.popleft()
        yield from waiting

    def _judgement(self, read: Conversation | InputError) -> Callable[[], Verdict]:
        if isinstance(read, InputError):
            return partial(_refuse, read)
        if self._opinions is None:
            return partial(self._engine.assess, read)
        from lurewatch.entrypoints.consulting import Consultation  # noqa: PLC0415 - most have no use for it

        try:
            return Consultation(self._engine, read, self._opinions).verdict
        except Exception as error:  # told in its place
            return partial(_refuse, error)


def _refuse(error: Exception) -> NoReturn:
    raise error


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
        garbage.settle()
        for chunk in chunks:
            take(scanner.scan(chunk))
        return
    from lurewatch.entrypoints.cli.jobs import in_jobs  # noqa: PLC0415 - slow to import, and seldom needed

    in_jobs(scanner, chunks, jobs, take)
