"""A row of the outbox on its way: what whoever hands it on is given, and what they give back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

Proof = Literal["warning_sent", "admin_alerted"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox that is to be handed on. ``payload`` is JSON.

    ``attempt`` counts from 1. ``in_doubt`` says that nobody knows what became of an earlier one: it may have got
    through. ``alert`` is whose act it is, "" for an event. ``created_at`` is in seconds since the epoch.
    """

    id: str
    tenant: str
    kind: str
    ordered_by: str
    subject: str
    payload: bytes
    alert: str
    created_at: float
    attempt: int
    in_doubt: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """It got through: what it became over there (the name of an Issue, say), and what that proves."""

    reference: str = ""
    proves: Proof | None = None


Deliver = Callable[[Delivery], Awaitable[Receipt]]
"""Hands one row on. Returns when it is there, and raises DeliveryError when it is not; anything else raised is tried
again like an error that is neither permanent nor of somebody who is away. The id of a row is the same however often it
is tried."""
