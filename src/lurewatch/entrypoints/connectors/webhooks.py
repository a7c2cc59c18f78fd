"""Outgoing webhooks: what is decided is posted to an address, signed, or as an alert in a chat.

What an answer means is in docs/webhooks.md; the relay tries again, this says when that is of use.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx2
import msgspec

from lurewatch.casework.acts import Act, Destination
from lurewatch.casework.delivery import Deliver, Delivery, Receipt
from lurewatch.entrypoints.connectors import slack, standard_webhooks
from lurewatch.entrypoints.connectors.pinned import Answer, Pinned
from lurewatch.errors import DeliveryError
from lurewatch.version import __version__

Format = Literal["standard", "slack"]
_log = logging.getLogger("lurewatch")
_ABOUT_THE_BODY = frozenset({400, 413, 415, 422})
"""Nothing else would be refused for it; tried _TRIES times, two minutes, as it may be the receiver's fault."""
_TRIES = 8
_ABOUT_ALL = frozenset({401, 403, 404, 405, 429, 502, 503, 504})
"""Whatever is posted there is answered so, for now: the rest waits with it."""
_LONGEST_PAUSE = 86_400.0
_WORD = re.compile(rb"[a-z_]{2,60}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """To where decisions with one of these ``actions`` are posted: those of a tenant and its channels (none: all).

    ``keys`` sign what is posted, one, or two while one takes over from the other; a chat has none.
    """

    name: str
    url: httpx2.URL = field(repr=False)
    tenant: str
    actions: frozenset[str]
    format: Format = "standard"
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    channels: frozenset[str] = field(default_factory=frozenset)


class Webhook:
    """Posts to one endpoint through ``client``; ``clock`` gives seconds since the epoch."""

    def __init__(self, endpoint: Endpoint, client: Pinned, *, clock: Callable[[], float] = time.time) -> None:
        self._endpoint = endpoint
        self._client = client
        self._clock = clock
        self._host = endpoint.url.host
        self._quiet_until = 0.0
        kind = f"webhook:{endpoint.name}"
        self._destination = Destination(kind, endpoint.tenant, {kind: endpoint.actions}, endpoint.channels)

    @property
    def destination(self) -> Destination:
        """For whom."""
        return self._destination

    @property
    def does(self) -> Mapping[str, Deliver]:
        """What posts: one kind of act."""
        return {self._destination.name: self._deliver}

    async def close(self) -> None:
        """Nothing is held between two posts."""

    async def _deliver(self, delivery: Delivery) -> Receipt:
        wait = self._quiet_until - self._clock()
        if wait > 0:
            said = f"{self._host} asked not to be called for a while"
            raise DeliveryError(said, unreachable=True, retry_after=wait, certain=True)
        message_id = f"msg_{delivery.id}"
        headers, body = self._written(Act.of(delivery), message_id, delivery)
        answer = await self._client.post(self._endpoint.url, headers, body)
        if 200 <= answer.status < 300:
            return Receipt(message_id, "admin_alerted")
        raise self._refusal(answer, delivery.attempt)

    def _written(self, act: Act, message_id: str, delivery: Delivery) -> tuple[Mapping[str, str], bytes]:
        headers = {"Content-Type": "application/json", "User-Agent": f"lurewatch/{__version__}"}
        if self._endpoint.format == "slack":
            return headers, msgspec.json.encode(slack.message(act, repeated=delivery.in_doubt))
        body = standard_webhooks.body(act)
        signed = standard_webhooks.headers(self._endpoint.keys, message_id, self._clock(), body)
        return headers | signed, body

    def _refusal(self, answer: Answer, attempt: int) -> DeliveryError:
        status = answer.status
        word = answer.body.strip()
        # A word such as no_service says what is wrong; anything longer may say what was written.
        known = f" {word.decode()}" if self._endpoint.format == "slack" and _WORD.fullmatch(word) else ""
        said = f"{self._host} answered {status}{known}"
        if status == 410 or known == " no_service":
            _log.error("Webhook %s is gone: %s. Nothing more is sent there", self._endpoint.name, said)
            return DeliveryError(said, gone=True, certain=True)
        pause = 0.0
        if status in (429, 503):
            now = self._clock()
            pause = _pause(answer.headers.get("retry-after", ""), now)
            self._quiet_until = now + pause
        if 300 <= status < 400:
            said += ", and a redirect is not followed. Write the address it leads to into url"
        if status in (401, 403):
            said += ". Check the secret, and who may call it"
        return DeliveryError(
            said,
            permanent=status in _ABOUT_THE_BODY and attempt >= _TRIES,
            unreachable=status in _ABOUT_ALL or 300 <= status < 400,
            retry_after=pause,
            certain=status < 500,
        )


def _pause(text: str, now: float) -> float:
    """The seconds of a Retry-After (RFC 9110, 10.2.3: seconds or a date), at most a day; 0 where it says none."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), _LONGEST_PAUSE)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at.timestamp() - now, 0.0), _LONGEST_PAUSE)
