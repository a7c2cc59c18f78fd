"""RabbitMQ: one durable topic exchange for all events; the routing key is the type. What no queue wants is dropped."""

from __future__ import annotations

from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange

from lurewatch.casework.bus.envelope import CHANNEL, CONTENT_TYPE, Envelope

EXCHANGE = RabbitExchange(CHANNEL, type=ExchangeType.TOPIC, durable=True)


class RabbitLink:
    """A connection to a server of RabbitMQ."""

    def __init__(self, broker: RabbitBroker) -> None:
        self._broker = broker

    async def publish(self, envelope: Envelope) -> None:
        """Publish, to be kept on disk, and wait for the confirmation."""
        await self._broker.publish(
            envelope.encode(),
            exchange=EXCHANGE,
            routing_key=envelope.type,
            mandatory=False,  # an event that nobody has bound a queue for is nobody's
            persist=True,
            message_id=envelope.id,
            correlation_id=envelope.id,
            content_type=CONTENT_TYPE,
        )

    async def may_publish(self) -> None:
        """The server does not tell; the exchange itself was found, or made, when this was connected."""

    async def close(self) -> None:
        """Let go of the connection."""
        await self._broker.stop()


async def connect(url: str) -> RabbitLink:
    """Connect, and make the exchange if there is none."""
    broker = RabbitBroker(url, logger=None)
    link = RabbitLink(broker)
    try:
        await broker.start()
        await broker.declare_exchange(EXCHANGE)
    except BaseException:
        await link.close()
        raise
    return link
