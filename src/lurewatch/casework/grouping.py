"""Work of many callers done together: what comes in while a group is under way makes the next group."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


class Grouping(Generic[Job, Outcome]):
    """``handle`` is given up to ``most`` jobs in the order they came, and answers each with an outcome or an error.

    One group is under way at a time. A caller who gives up waiting does not take the job back.
    """

    def __init__(
        self, handle: Callable[[Sequence[Job]], Awaitable[Sequence[Outcome | Exception]]], most: int = 64
    ) -> None:
        self._handle = handle
        self._most = most
        self._waiting: list[tuple[Job, asyncio.Future[Outcome]]] = []
        self._working: asyncio.Task[None] | None = None

    async def submit(self, job: Job) -> Outcome:
        """The outcome of one job; raises the error it was answered with."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await asyncio.shield(future)

    async def close(self) -> None:
        """Wait until everything that was submitted is done."""
        while self._working is not None and not self._working.done():
            await asyncio.wait([self._working])

    async def _work(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            outcomes: Sequence[Outcome | Exception]
            try:
                outcomes = await self._handle([job for job, _ in group])
            except Exception as error:
                outcomes = [error] * len(group)
            for (_, future), outcome in zip(group, outcomes, strict=True):
                if future.done():
                    continue
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                    future.exception()  # whoever gave up waiting must not make the loop complain
                else:
                    future.set_result(outcome)
