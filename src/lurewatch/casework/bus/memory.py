"""The bus of one process: its subscribers hear of what this process relays."""

from __future__ import annotations

import orjson

from lurewatch.casework.bus.envelope import Envelope
from lurewatch.casework.bus.messages import PUBLISHED
from lurewatch.casework.events import Event, EventBus
from lurewatch.errors import DeliveryError

_EVENTS = {one.type: one.event for one in PUBLISHED}


class MemoryBus:
    """Tells the subscribers of ``events``. If one of them raises, all are told again later: at least once each."""

    def __init__(self, events: EventBus) -> None:
        self._events = events

    async def publish(self, envelope: Envelope) -> None:
        """Tell every subscriber and wait for them."""
        event_type = _EVENTS[envelope.type]
        emission = self._events.emit(event_type, Event(event_type, orjson.loads(envelope.data)))
        await emission
        if emission.errors:
            raised = ", ".join(sorted({type(error).__name__ for error in emission.errors}))
            raise DeliveryError(f"a subscriber of {event_type} raised {raised}")

    async def reach(self) -> bool:
        """The process is always there."""
        return True

    async def close(self) -> None:
        """There is nothing to let go of."""
