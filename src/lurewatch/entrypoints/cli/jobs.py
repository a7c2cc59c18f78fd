"""Scanning in several processes, with the answers still in order."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from queue import Queue
from threading import Thread

from lurewatch.entrypoints.cli.scanning import Scanned, Scanner
from lurewatch.entrypoints.records import Row
from lurewatch.errors import LurewatchError

AHEAD = 4
"""So many chunks a job are read ahead of the answers."""


def in_jobs(scanner: Scanner, chunks: Iterable[Sequence[Row]], jobs: int, take: Callable[[Scanned], None]) -> None:
    """Hand the answers to chunks of rows to ``take``, in order, in a thread of their own.

    Raises:
        LurewatchError: a process died. Whatever ``take`` raises is raised here with the next chunk.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(scanner,)) as pool:
        delivery = _Delivery(take, jobs * AHEAD)
        try:
            for chunk in chunks:
                with _uninterrupted():
                    future = pool.submit(_scan, chunk)
                delivery.waiting.put(future)
                if delivery.failure is not None:
                    break
            delivery.finish()
        except BrokenProcessPool as error:
            raise LurewatchError("a job died (out of memory?). Try fewer: --jobs 1") from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            delivery.close()


class _Delivery:
    """Takes answers in the order in which they were asked for."""

    def __init__(self, take: Callable[[Scanned], None], ahead: int) -> None:
        self.waiting: Queue[Future[Scanned] | None] = Queue(ahead)
        self.failure: BaseException | None = None
        self._take = take
        self._thread = Thread(target=self._deliver, daemon=True)
        self._thread.start()

    def _deliver(self) -> None:
        try:
            while (future := self.waiting.get()) is not None:
                self._take(future.result())
        except BaseException as error:
            self.failure = error
            while self.waiting.get() is not None:  # whoever waits for a place in the queue gets one
                pass

    def finish(self) -> None:
        """Wait for the last answer. Raises what went wrong."""
        self.close()
        if self.failure is not None:
            raise self.failure

    def close(self) -> None:
        """Let the thread come to its end, if it has not."""
        if self._thread.is_alive():
            self.waiting.put(None)
            self._thread.join()


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
