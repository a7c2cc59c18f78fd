"""The envelope every event travels in: CloudEvents 1.0, structured, as JSON."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import quote

import orjson

CONTENT_TYPE = "application/cloudevents+json"
CHANNEL = "lurewatch.events"
"""What the stream, topic or exchange is called: one for all types, because order holds within one alone."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event. ``id`` is the same however often it is sent; ``time`` in seconds since the epoch; ``data`` is JSON.

    What has the same ``ordered_by`` is sent in order; it becomes the extension ``partitionkey``.
    """

    id: str
    type: str
    tenant: str
    subject: str
    ordered_by: str
    time: float
    data: bytes

    def encode(self) -> bytes:
        """The event as JSON; ``source`` names the tenant."""
        moment = datetime.datetime.fromtimestamp(self.time, datetime.UTC)
        return orjson.dumps(
            {
                "specversion": "1.0",
                "id": self.id,
                "source": f"/lurewatch/{quote(self.tenant, safe='')}",
                "type": self.type,
                "subject": self.subject,
                "time": moment.isoformat(timespec="microseconds").replace("+00:00", "Z"),
                "partitionkey": self.ordered_by,
                "datacontenttype": "application/json",
                "data": orjson.Fragment(self.data),
            }
        )
