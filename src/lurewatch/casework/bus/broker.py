"""A bus at a broker: connected when it is first needed, and anew after every trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from lurewatch.casework.bus.envelope import Envelope
from lurewatch.errors import DeliveryError

_PATIENCE = 5.0
"""Seconds a publication may take, connecting included."""


class Link(Protocol):
    """An open connection to a broker."""

    async def publish(self, envelope: Envelope) -> None:
        """Publish; returns when the broker has said that it has it."""

    async def may_publish(self) -> bool | None:
        """Whether the broker would take an event; None where only one would tell."""

    async def close(self) -> None:
        """Let go of it."""


Connect = Callable[[str], Awaitable[Link]]
"""Opens a connection to the broker at a URL."""


class BrokerBus:
    """The broker at ``url``, which errors call ``name``: a URL may hold a password."""

    def __init__(self, url: str, name: str, connect: Connect) -> None:
        self._url = url
        self._name = name
        self._connect = connect
        self._link: Link | None = None
        self._connecting = asyncio.Lock()

    async def publish(self, envelope: Envelope) -> None:
        """Publish an event; when this returns, the broker has it.

        Raises:
            DeliveryError: the broker is away, or refuses it; it may have it all the same.
        """
        link: Link | None = None
        try:
            async with asyncio.timeout(_PATIENCE):
                link = await self._linked()
                await link.publish(envelope)
        except DeliveryError:
            raise
        except Exception as error:
            # A client that reconnects by itself would send later what is sent again now, behind what follows it.
            await self._drop(link)
            message = f"{self._name} did not take it: {type(error).__name__}. Is the broker running and its URL right?"
            raise DeliveryError(message, unreachable=True) from error

    async def reach(self) -> bool | None:
        """Connect if need be; whether events may be published, None where only one would tell.

        Raises:
            DeliveryError: the broker is away, or lets nobody in with this URL.
        """
        link: Link | None = None
        try:
            async with asyncio.timeout(_PATIENCE):
                link = await self._linked()
                return await link.may_publish()
        except Exception as error:
            await self._drop(link)
            message = f"{self._name} cannot be reached: {type(error).__name__}"
            raise DeliveryError(message, unreachable=True) from error

    async def close(self) -> None:
        """Let go of the connection, if there is one."""
        await self._drop(self._link)

    async def _linked(self) -> Link:
        async with self._connecting:
            if self._link is None:
                self._link = await self._connect(self._url)
            return self._link

    async def _drop(self, link: Link | None) -> None:
        if link is None or link is not self._link:
            return
        self._link = None
        with suppress(Exception):
            async with asyncio.timeout(_PATIENCE):
                await link.close()
