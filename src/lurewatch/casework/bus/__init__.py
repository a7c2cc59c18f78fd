"""The event bus: where other systems hear of what happened. One URL says which."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from lurewatch.casework.bus.broker import BrokerBus, Connect
from lurewatch.casework.bus.envelope import Envelope
from lurewatch.casework.bus.memory import MemoryBus
from lurewatch.casework.events import EventBus
from lurewatch.errors import SettingsError

DEFAULT_URL = "memory://"
_BROKERS = {
    "nats": "nats",
    "redis": "redis",
    "rediss": "redis",
    "amqp": "rabbitmq",
    "amqps": "rabbitmq",
    "kafka": "kafka",
}
"""The module beside this one, and the extra of the package, for each scheme."""
SCHEMES = ("memory", *_BROKERS)


class Bus(Protocol):
    """Where events are published."""

    async def publish(self, envelope: Envelope) -> None:
        """Publish an event; when this returns, the bus has it. Raises DeliveryError when it has not, or may not."""

    async def reach(self) -> bool | None:
        """Connect, publish nothing; whether events may be published, None where only one would tell.

        Raises DeliveryError when nobody is there, or lets nobody in.
        """

    async def close(self) -> None:
        """Let go of the connection."""


def open_bus(url: str, events: EventBus) -> Bus:
    """The bus at a URL such as ``nats://127.0.0.1:4222``; ``memory://`` tells ``events``. Nothing is connected yet.

    Raises:
        SettingsError: the URL is none, of another kind, or needs a package that is not installed.
    """
    address = _address(url)
    if address.scheme == "memory":
        return MemoryBus(events)
    name = _BROKERS[address.scheme]
    try:
        connect: Connect = import_module(f"{__name__}.{name}").connect
    except ImportError as error:
        raise SettingsError(f"bus.url: {name} needs more packages. pip install 'lurewatch[{name}]'") from error
    if name == "kafka" and address.username is not None:
        raise SettingsError("bus.url: Kafka with a user or a password is not supported. Write kafka://host:9092.")
    return BrokerBus(url, f"{address.scheme}://{address.netloc.rpartition('@')[2]}", connect)


def _address(url: str) -> SplitResult:
    wanted = f"Write one of {', '.join(f'{scheme}://' for scheme in SCHEMES)}, such as nats://127.0.0.1:4222."
    try:
        address = urlsplit(url)
    except ValueError as error:
        raise SettingsError(f"bus.url is no address. {wanted}") from error
    if address.scheme not in SCHEMES or (address.scheme != "memory" and not address.hostname):
        raise SettingsError(f"bus.url is no address of a bus. {wanted}")
    return address
