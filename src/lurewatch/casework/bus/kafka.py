"""Kafka: one topic for all events; the key is what they are ordered by, so that a conversation stays in a partition."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiokafka.errors import MessageSizeTooLargeError
from faststream.kafka import KafkaBroker

from lurewatch.casework.bus.envelope import CHANNEL, CONTENT_TYPE, Envelope
from lurewatch.errors import DeliveryError

_PORT = 9092


class KafkaLink:
    """A connection to brokers of Kafka."""

    def __init__(self, broker: KafkaBroker) -> None:
        self._broker = broker

    async def publish(self, envelope: Envelope) -> None:
        """Publish, and wait until every replica in step has it."""
        key, headers = envelope.ordered_by.encode(), {"content-type": CONTENT_TYPE}
        try:
            await self._broker.publish(envelope.encode(), CHANNEL, key=key, headers=headers, correlation_id=envelope.id)
        except MessageSizeTooLargeError as error:
            message = "the event is larger than Kafka takes. Raise the limits there, then: lurewatch events retry"
            raise DeliveryError(message, permanent=True) from error

    async def may_publish(self) -> None:
        """The brokers do not tell."""

    async def close(self) -> None:
        """Let go of the connection."""
        await self._broker.stop()


async def connect(url: str) -> KafkaLink:
    """Connect to the brokers named in the URL, separated by commas."""
    servers = urlsplit(url).netloc.split(",")
    await _reach(servers)
    broker = KafkaBroker(servers, acks="all", enable_idempotence=True, logger=None)
    link = KafkaLink(broker)
    try:
        await broker.start()
    except BaseException:
        await link.close()
        raise
    return link


async def _reach(servers: Sequence[str]) -> None:
    """Raise OSError unless one of them answers: a producer that could not start would never be closed."""
    for number, server in enumerate(servers, 1):
        host, _, port = server.partition(":")
        try:
            _, writer = await asyncio.open_connection(host, int(port or _PORT))
        except OSError:
            if number == len(servers):
                raise
        else:
            writer.close()
            await writer.wait_closed()
            return
