"""Whoever says that they are gone is left alone: by every process, after every restart, until a person says otherwise.

What remembers it is the dead letter that they answered so, which deleting by age empties and keeps. Once it is made due
again (``lurewatch events retry``), they are told again.
"""

from __future__ import annotations

from collections.abc import Mapping

from lurewatch.casework.delivery import Deliver, Delivery, Receipt
from lurewatch.casework.store import Store, queue
from lurewatch.casework.store.schema import GONE
from lurewatch.errors import DeliveryError

_AGAIN = "Once they are there again: `lurewatch events retry`"


def heeding(store: Store, deliver: Mapping[str, Deliver]) -> dict[str, Deliver]:
    """The same, but nothing of a kind is handed on any more where somebody answered that they are gone."""
    return {kind: _heeding(store, kind, one) for kind, one in deliver.items()}


def _heeding(store: Store, kind: str, deliver: Deliver) -> Deliver:
    async def unless_gone(delivery: Delivery) -> Receipt:
        async with store.reading() as connection:
            told = await queue.gone(connection, kind)
        if told is not None:
            said = f"Not sent: whom it is for is gone, as {told} was answered. {_AGAIN} (--all, or {told} first)"
            raise DeliveryError(said, permanent=True, certain=True)
        try:
            return await deliver(delivery)
        except DeliveryError as error:
            if not error.gone:
                raise
            said = f"{GONE}{error}. Nothing more is sent there. {_AGAIN} {delivery.id}"
            raise DeliveryError(said, gone=True, certain=error.certain) from error

    return unless_gone
