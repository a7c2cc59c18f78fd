"""What the recorded API answers with: JSON, times in UTC, and the problems that its routes share."""

from __future__ import annotations

import datetime
from typing import Any

import orjson
from fastapi import Response
from pydantic import BaseModel

from lurewatch.entrypoints.service.problems import RETRY_AFTER, documented

_JSON = "application/json"
UNAVAILABLE = documented(
    "The store is away. Try again after Retry-After seconds: with an id or an Idempotency-Key it is not recorded twice",
    Retry_After=RETRY_AFTER,
)
TOO_SLOW = documented("The body did not come in time")
TOO_LARGE = documented("The body or a message is over a limit")


def reply(value: object) -> Response:
    """The value as JSON."""
    return Response(orjson.dumps(value), media_type=_JSON)


def moment(seconds: float | None) -> str | None:
    """Seconds since the epoch in ISO 8601; None for none."""
    if seconds is None:
        return None
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat().replace("+00:00", "Z")


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI entry of a route that reads such a body by itself."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {_JSON: {"schema": schema}}}}
