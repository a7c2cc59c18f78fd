"""Signed webhooks as https://www.standardwebhooks.com/ has them: what is posted, and how the receiver can trust it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from lurewatch.casework.acts import Act

TYPE = "io.lurewatch.decision.v1"
MOST_BYTES = 20_000
"""The specification asks for less than 20 kB."""
_PREFIX = "whsec_"
_LEAST_KEY, _MOST_KEY = 24, 64
_CUTS = (1_000, 200, 50, 0)
"""So many characters of each matched text are kept, the first that fits."""


def key(secret: str) -> bytes:
    """The key of a secret.

    Raises:
        ValueError: it is none; the message does not show it.
    """
    try:
        found = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not secret.startswith(_PREFIX) or not _LEAST_KEY <= len(found) <= _MOST_KEY:
        raise ValueError(
            f"a secret is no {_PREFIX} with the base64 of {_LEAST_KEY} to {_MOST_KEY} bytes. "
            f'Make one with: echo "{_PREFIX}$(openssl rand -base64 32)"'
        )
    return found


def headers(keys: Sequence[bytes], message_id: str, now: float, body: bytes) -> dict[str, str]:
    """What goes with a body: its id, when it is sent (seconds since the epoch), and a signature by each key."""
    timestamp = str(int(now))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = (base64.b64encode(hmac.digest(one, signed, hashlib.sha256)).decode() for one in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def body(act: Act) -> bytes:
    """A decision as JSON of less than 20,000 bytes: type, timestamp, data. Its own words are cut where they must be."""
    at = datetime.fromtimestamp(act.created_at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    raw = b""
    for most in _CUTS:
        raw = msgspec.json.encode({"type": TYPE, "timestamp": at, "data": _data(act, most)})
        if len(raw) < MOST_BYTES:
            break
    return raw


def _data(act: Act, most: int) -> Mapping[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(act)
    data["created_at"] = act.created_at
    if most != _CUTS[0]:
        data["text"] = act.text[:most]
        data["keywords"] = [word[:most] for word in act.keywords[:most]]
    data["matched"] = [text[:most] for text in act.matched] if most else []
    return data
