"""The risk engine's names: ``detect_scam``, a FastAPI application of one's own, and the event bus of this process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from lurewatch.casework.events import get_event_bus
from lurewatch.contracts.engine import default_engine, default_opinions
from lurewatch.entrypoints.service.detection import Detection, DetectionInput

if TYPE_CHECKING:
    from fastapi import APIRouter


@cache
def _detection() -> Detection:
    return Detection(default_engine, get_event_bus(), default_opinions)


async def detect_scam(detection_input: DetectionInput | Mapping[str, Any]) -> dict[str, Any]:
    """What ``POST /detect-scam`` answers, as a dictionary; a confirmed scam is told on the event bus.

    Raises:
        InputError: the input does not have the published shape, or is over a limit.
    """
    return await _detection().answer(DetectionInput.read(detection_input))


def create_detect_router() -> APIRouter:
    """A router with ``POST /detect-scam`` and ``GET /health`` for a FastAPI application of one's own."""
    from lurewatch.entrypoints.service.routes import router  # noqa: PLC0415 - FastAPI is an extra

    return router(_detection())
