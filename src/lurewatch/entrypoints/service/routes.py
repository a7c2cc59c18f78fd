"""The routes: ``POST /detect-scam`` and ``GET /health``."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from lurewatch.casework.screening import DEFAULT_TENANT
from lurewatch.engine.pipeline import MOST_CHARACTERS, MOST_MESSAGES
from lurewatch.entrypoints.service import bodies
from lurewatch.entrypoints.service.access import LOCKED, caller
from lurewatch.entrypoints.service.detection import Detection, DetectionInput
from lurewatch.entrypoints.service.problems import documented
from lurewatch.entrypoints.service.replies import TOO_SLOW
from lurewatch.entrypoints.service.shapes import DetectionAnswer, Health
from lurewatch.errors import InputError

MOST_BODY = 1 << 20
_JSON = "application/json"
_EXAMPLE = {
    "conversation_id": "conv_123",
    "scam_probability": 97.1,
    "risk_level": "confirmed",
    "breakdown": {
        "linguistic_score": 0.85,
        "behavioral_score": 0.45,
        "link_infrastructure_score": 0.0,
        "identity_mismatch_score": 0.0,
        "historical_score": 0.0,
    },
    "handoff_triggered": True,
    "timestamp": "2026-01-31T10:30:05Z",
    "metadata": {"sender_id": "user_456", "message_count": 1},
    "is_scam": True,
    "scam_type": "banking_scam",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The verdict with its evidence",
        "model": DetectionAnswer,
        "content": {_JSON: {"example": _EXAMPLE}},
    },
    408: TOO_SLOW,
    413: documented("The body, a message or the conversation is over a limit"),
    422: documented("The body is no JSON, or does not have the published shape"),
}
_BODY = {
    "requestBody": {"required": True, "content": {_JSON: {"schema": {"$ref": "#/components/schemas/DetectionInput"}}}}
}


def router(
    detection: Detection, most_body: int = MOST_BODY, guard: Callable[[Request], Awaitable[None]] | None = None
) -> APIRouter:
    """The published routes over one ``Detection``; ``guard`` lets callers pass."""
    routes = APIRouter()

    @routes.post(
        "/detect-scam",
        summary="Judge a conversation",
        description=f"At most {MOST_MESSAGES} messages of {MOST_CHARACTERS} characters, and {most_body} bytes in all "
        "(configurable). What is larger is refused, never read in part.",
        responses={**_RESPONSES, **(LOCKED if guard else {})},
        openapi_extra=_BODY,
        response_class=Response,
        dependencies=[Depends(guard)] if guard else None,
    )
    async def detect_scam(request: Request) -> Response:
        body = await bodies.read(request, most_body)
        if body is None:
            return bodies.too_large(most_body)
        return await _detect(detection, body, caller(request).tenant if guard else DEFAULT_TENANT)

    @routes.get(
        "/health",
        summary="Say that the service is up",
        responses={
            200: {
                "content": {_JSON: {"example": {"status": "healthy", "timestamp": "2026-01-31T10:30:05Z"}}},
            }
        },
    )
    async def health() -> Health:
        return Health(status="healthy", timestamp=datetime.datetime.now(datetime.UTC))

    return routes


async def _detect(detection: Detection, body: bytes, tenant: str) -> Response:
    large = len(body) > bodies.INLINE_BYTES
    read = DetectionInput.model_validate_json
    try:
        given = await asyncio.to_thread(read, body) if large else read(body)
        answer = await detection.answer(given, tenant=tenant, elsewhere=large)
    except ValidationError as error:
        return bodies.malformed(error)
    except InputError as error:
        return bodies.refused(error)
    return Response(orjson.dumps(answer), media_type=_JSON)
