"""Bodies of requests: read within a bound, and what is wrong with them as problem documents."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from lurewatch.entrypoints.service.detection import pointer
from lurewatch.entrypoints.service.problems import problem
from lurewatch.errors import InputError, StoreError

Model = TypeVar("Model", bound=BaseModel)
INLINE_BYTES = 16_384
"""Larger requests are read and analysed in a thread, so that the others need not wait."""
RETRY_SECONDS = 5
"""What a caller is told to wait while the store is away."""
READ_SECONDS = 30.0
"""So long a body may take to come: whoever sends a byte a minute holds nothing up for good."""
_MOST_ERRORS = 20
_MOST_DIGITS = 18
"""Python refuses to read numbers of thousands of digits."""


async def read(request: Request, most: int, *, patience: float = READ_SECONDS) -> bytes | None:
    """The body, or None as soon as it is larger than ``most`` bytes.

    Raises:
        HTTPException: 408, it has not come within ``patience`` seconds.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > _MOST_DIGITS or int(declared) > most):
        return None
    try:
        async with asyncio.timeout(patience):
            return await _within(request, most)
    except TimeoutError as error:
        detail = f"The body did not come within {patience:g} seconds. Send it at once"
        raise HTTPException(408, detail, headers={"Connection": "close"}) from error


async def _within(request: Request, most: int) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


async def parsed(request: Request, most: int, model: type[Model]) -> Model:
    """The body as a model.

    Raises:
        HTTPException: 413, it is larger than ``most`` bytes; 408, it does not come.
        ValidationError: it does not have the model's shape.
    """
    body = await read(request, most)
    if body is None:
        raise HTTPException(413, f"The body is larger than {most} bytes.")
    return model.model_validate_json(body)


def too_large(most: int) -> Response:
    """413 for a body of more than ``most`` bytes."""
    return problem(413, f"The body is larger than {most} bytes. Send the conversation in parts.")


def malformed(error: ValidationError | RequestValidationError) -> Response:
    """422 with a pointer to everything that is wrong."""
    errors: list[dict[str, Any]] = [
        {"pointer": pointer(found["loc"]), "detail": found["msg"], "code": found["type"]}
        for found in error.errors()[:_MOST_ERRORS]
    ]
    return problem(422, f"The request does not have the published shape: {errors[0]['detail']}.", errors=errors)


def refused(error: InputError) -> Response:
    """413 for what is over a limit, else 422."""
    code = "too_large" if error.limit else "invalid"
    errors = [{"pointer": error.pointer, "detail": str(error), "code": code}]
    return problem(413 if error.limit else 422, str(error), errors=errors)


def unavailable(error: StoreError) -> Response:
    """503: the same may be tried again."""
    return problem(503, str(error), headers={"Retry-After": str(RETRY_SECONDS)})
