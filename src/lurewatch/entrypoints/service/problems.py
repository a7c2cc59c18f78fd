"""Errors as RFC 9457 problem details: what was wrong, where (a JSON pointer), and what to do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import Response

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    detail: str,
    *,
    errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
    request_id: str = "",
) -> Response:
    """A problem document; ``errors`` are ``{"pointer", "detail", "code"}``. Without a ``request_id`` it gets one."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id or str(uuid.uuid4()),
    }
    if errors:
        body["errors"] = list(errors)
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


SCHEMA = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string", "format": "uuid"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901 JSON pointer into the request body"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}


def documented(description: str, **headers: Mapping[str, Any]) -> dict[str, Any]:
    """The OpenAPI entry of a response that is a problem; ``headers`` are schemas of those it always has."""
    entry: dict[str, Any] = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": SCHEMA}},
    }
    if headers:
        entry["headers"] = {
            name.replace("_", "-"): {"required": True, "schema": schema} for name, schema in headers.items()
        }
    return entry


RETRY_AFTER = {"type": "integer", "minimum": 1, "description": "seconds"}
"""The schema of the header Retry-After as it is written here."""
