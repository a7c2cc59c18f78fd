"""Events in one process: who wants to hear of what, and telling them."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any


class EventType(StrEnum):
    """The published events."""

    SCAM_DETECTION_RESULT = "SCAM_DETECTION_RESULT"
    SCAM_CONFIRMED = "SCAM_CONFIRMED"
    HONEYPOT_ENGAGEMENT_REQUEST = "HONEYPOT_ENGAGEMENT_REQUEST"
    EXTRACTION_REQUEST = "EXTRACTION_REQUEST"
    RECOVERY_INITIATION = "RECOVERY_INITIATION"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; ``payload`` is what subscribers read."""

    type: EventType
    payload: Mapping[str, Any] = field(default_factory=dict)


Handler = Callable[[Event], Awaitable[None] | None]


class Emission:
    """An event on its way: awaiting it waits for the asynchronous handlers. ``errors`` are those handlers raised."""

    def __init__(self, pending: list[asyncio.Task[None]], errors: list[Exception]) -> None:
        self._pending = pending
        self.errors = errors

    def __await__(self) -> Generator[Any, None, None]:
        return self._wait().__await__()

    async def _wait(self) -> None:
        for outcome in await asyncio.gather(*self._pending, return_exceptions=True):
            if isinstance(outcome, Exception):
                self.errors.append(outcome)


class EventBus:
    """Tells handlers of events, each handler on its own: one that raises keeps no other from hearing."""

    def __init__(self) -> None:
        self._handlers: dict[EventType, list[Handler]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def subscribe(self, event_type: EventType | str, handler: Handler) -> Callable[[], None]:
        """Call ``handler`` (sync or async) with every event of the type; the result unsubscribes it.

        Raises:
            ValueError: there is no such event type.
        """
        handlers = self._handlers.setdefault(EventType(event_type), [])
        handlers.append(handler)
        return lambda: handlers.remove(handler) if handler in handlers else None

    def emit(self, event_type: EventType | str, event: Event) -> Emission:
        """Tell every subscriber. Sync handlers have run when this returns; async ones run in the current event loop.

        Without a running loop the asynchronous handlers are run to their end here.

        Raises:
            ValueError: there is no such event type.
        """
        errors: list[Exception] = []
        waiting: list[Awaitable[None]] = []
        for handler in tuple(self._handlers.get(EventType(event_type), ())):
            try:
                result = handler(event)
            except Exception as error:
                errors.append(error)
            else:
                if inspect.isawaitable(result):
                    waiting.append(result)
        return self._start(waiting, errors)

    def _start(self, waiting: list[Awaitable[None]], errors: list[Exception]) -> Emission:
        async def run(awaitable: Awaitable[None]) -> None:
            await awaitable

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            for awaitable in waiting:
                try:
                    asyncio.run(run(awaitable))
                except Exception as error:
                    errors.append(error)
            return Emission([], errors)
        tasks = [loop.create_task(run(awaitable)) for awaitable in waiting]
        for task in tasks:  # a task nobody holds may be collected before it has run
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return Emission(tasks, errors)


@cache
def get_event_bus() -> EventBus:
    """The event bus of this process."""
    return EventBus()
