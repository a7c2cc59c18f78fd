"""Redis Streams: one stream for all events. Nothing is cut off it: whoever reads it trims it."""

from __future__ import annotations

from faststream.redis import RedisBroker
from redis.exceptions import NoPermissionError, ResponseError

from lurewatch.casework.bus.envelope import CHANNEL, CONTENT_TYPE, Envelope


class RedisLink:
    """A connection to a server of Redis."""

    def __init__(self, broker: RedisBroker) -> None:
        self._broker = broker

    async def publish(self, envelope: Envelope) -> None:
        """Publish; the entry is what FastStream makes of it, with the envelope as the body."""
        headers = {"content-type": CONTENT_TYPE}
        await self._broker.publish(envelope.encode(), stream=CHANNEL, headers=headers, correlation_id=envelope.id)

    async def may_publish(self) -> bool:
        """Ask with a length that is no number: whether one is allowed to is checked first, and nothing is added."""
        client = await self._broker.connect()
        try:
            await client.execute_command(  # type: ignore[no-untyped-call]
                "XADD", CHANNEL, "MAXLEN", "none", "*", "name", "value"
            )
        except NoPermissionError:
            return False
        except ResponseError:
            return True
        raise AssertionError("Redis took a length that is no number")

    async def close(self) -> None:
        """Let go of the connection."""
        await self._broker.stop()


async def connect(url: str) -> RedisLink:
    """Connect."""
    broker = RedisBroker(url, logger=None)  # type: ignore[arg-type] # none is right, as with the other brokers
    await broker.connect()
    return RedisLink(broker)
