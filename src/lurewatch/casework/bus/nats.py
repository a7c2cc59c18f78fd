"""NATS JetStream: one stream for all events; the subject is the type."""

from __future__ import annotations

from faststream.nats import NatsBroker
from nats.errors import MaxPayloadError
from nats.js.errors import BadRequestError

from lurewatch.casework.bus.envelope import CONTENT_TYPE, Envelope
from lurewatch.errors import DeliveryError

STREAM = "LUREWATCH"
_SUBJECTS = "io.lurewatch.>"


class NatsLink:
    """A connection to a server of NATS."""

    def __init__(self, broker: NatsBroker) -> None:
        self._broker = broker

    async def publish(self, envelope: Envelope) -> None:
        """Publish, and wait for the stream's acknowledgement. The stream itself drops what comes twice soon after."""
        headers = {"Nats-Msg-Id": envelope.id, "content-type": CONTENT_TYPE}
        try:
            await self._broker.publish(envelope.encode(), envelope.type, headers=headers, stream=STREAM)
        except MaxPayloadError as error:
            message = "the event is larger than NATS takes. Raise max_payload there, then: lurewatch events retry"
            raise DeliveryError(message, permanent=True) from error

    async def may_publish(self) -> None:
        """The server does not tell; the stream itself was found, or made, when this was connected."""

    async def close(self) -> None:
        """Let go of the connection."""
        await self._broker.stop()


async def connect(url: str) -> NatsLink:
    """Connect, and make the stream if there is none; one that is there stays as it was set up."""
    # By itself the client would try for two minutes, and send later what is published again now.
    broker = NatsBroker(url, allow_reconnect=False, max_reconnect_attempts=1, reconnect_time_wait=0, logger=None)
    client = await broker.connect()
    link = NatsLink(broker)
    try:
        await client.jetstream().add_stream(name=STREAM, subjects=[_SUBJECTS])
    except BadRequestError:  # it is there, with other settings
        return link
    except BaseException:
        await link.close()
        raise
    return link
