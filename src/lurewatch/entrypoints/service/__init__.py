"""The HTTP service: an application over an engine that follows its files."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from lurewatch.casework.bus import open_bus
from lurewatch.casework.events import get_event_bus
from lurewatch.casework.screening import Adviser, Terms
from lurewatch.engine.model import Conversation, Knowledge
from lurewatch.entrypoints import garbage, receiving
from lurewatch.entrypoints.acting import doers
from lurewatch.entrypoints.app import LiveEngine, build_opinions
from lurewatch.entrypoints.binding import bindings
from lurewatch.entrypoints.consulting import asked
from lurewatch.entrypoints.discretion import keep_logs_discreet
from lurewatch.entrypoints.recording import Recording, is_local, store_url
from lurewatch.entrypoints.service import asyncapi, bodies, reference, screening, stats, subjects, v1, webhooks
from lurewatch.entrypoints.service.access import Doors
from lurewatch.entrypoints.service.detection import Detection, DetectionInput
from lurewatch.entrypoints.service.problems import problem
from lurewatch.entrypoints.service.routes import router
from lurewatch.entrypoints.settings import Settings, load
from lurewatch.entrypoints.telegram_polling import Polling
from lurewatch.errors import ConflictError, InputError, SettingsError, SignatureError, StoreError
from lurewatch.intel.opinion import Opinions
from lurewatch.version import __version__

_log = logging.getLogger("lurewatch")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_REFERENCE = "#/components/schemas/{model}"


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; ``settings`` default to those of this process. The engine is built here, once.

    Raises:
        LurewatchError: settings or packs were refused.
    """
    settings = settings or load()
    keep_logs_discreet()
    opinions = build_opinions(settings)
    live = LiveEngine(settings)

    url = store_url(settings)
    recording = _recording(settings, url, live, opinions)
    polling = _polling(settings, recording) if settings.telegram_polling else None

    app = FastAPI(
        title="Lurewatch",
        version=__version__,
        summary="Reads conversations and tells, with evidence, when somebody is being lured.",
        lifespan=_lifespan(live, recording, polling, opinions),
        redirect_slashes=False,
        docs_url=None,  # those pages run scripts of another host
        redoc_url=None,
    )
    doors = Doors(
        recording.access if url else None, settings.api_key, settings.rate_limit, local=is_local(settings.host)
    )
    detection = Detection(
        lambda: live.engine, get_event_bus(), lambda: opinions, record=recording.whole if url else None
    )
    app.include_router(router(detection, settings.max_body, doors.guard("screen")))
    app.include_router(asyncapi.router())
    if url:
        app.include_router(screening.router(recording, doors, settings.max_body))
        app.include_router(v1.router(recording, doors, settings.max_body))
        app.include_router(stats.router(recording, doors))
        app.include_router(subjects.router(recording.subjects, doors))
        app.include_router(webhooks.router(recording, settings))
    reference.serve(app)
    _tell_problems(app)
    _document(app)
    return app


def _lifespan(
    live: LiveEngine, recording: Recording, polling: Polling | None, opinions: Opinions | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What runs beside the routes, from the start of the service to its end."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(live.watch(changed=_report))]
        if recording.url and not await recording.open():
            tasks.append(asyncio.create_task(recording.keep_trying()))
        if polling is not None:
            tasks.append(asyncio.create_task(polling.run()))
        garbage.settle()
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await recording.close()
        if opinions is not None:
            await asyncio.to_thread(opinions.close)

    return lifespan


def _recording(settings: Settings, url: str, live: LiveEngine, opinions: Opinions | None) -> Recording:
    return Recording(
        url,
        lambda: live.engine,
        open_bus(settings.bus_url, get_event_bus()),
        terms=Terms(bindings(settings), keep=settings.keep),
        advise=_adviser(live, opinions),
        doers=doers(settings),
        days=settings.retention,
    )


def _polling(settings: Settings, recording: Recording) -> Polling:
    if not store_url(settings):
        raise SettingsError("telegram.polling needs a store, and store.url is none. Write a URL, or switch it off.")
    config, bot = receiving.telegram_config(settings), receiving.telegram_bot(settings)
    assert bot is not None  # noqa: S101 - else it was refused
    return Polling(bot, config, recording.screening)


def _adviser(live: LiveEngine, opinions: Opinions | None) -> Adviser | None:
    if opinions is None:
        return None

    async def advise(conversation: Conversation) -> Knowledge:
        return await asked(live.engine, conversation, opinions)

    return advise


def _report(live: LiveEngine) -> None:
    if live.problem is None:
        _log.info("The rule pack changed and is in use: %s", live.engine.pack.hash[:16])
    else:
        _log.error("The changed rule pack was refused, the old one stays in use:\n%s", live.problem)


_PROBLEMS: dict[type[Exception], Callable[[Any], Response]] = {
    ValidationError: bodies.malformed,
    RequestValidationError: bodies.malformed,
    InputError: bodies.refused,
    SignatureError: lambda error: problem(401, str(error)),
    ConflictError: lambda error: problem(409, str(error)),
    StoreError: bodies.unavailable,
    ClientDisconnect: lambda _: problem(400, "The connection was closed before the body was whole."),
}


def _tell_problems(app: FastAPI) -> None:
    for kind, told in _PROBLEMS.items():
        app.add_exception_handler(kind, _told(told))
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _server_problem)


def _told(told: Callable[[Any], Response]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(_request: Request, error: Exception) -> Response:
        return told(error)

    return handle


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed(request))
    return problem(error.status_code, str(error.detail), headers=headers)


def _allowed(request: Request) -> Iterator[str]:
    """The methods of all routes at the path of a request; of itself it would be told those of the first."""
    for method in _METHODS:
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            yield method


async def _server_problem(_request: Request, error: Exception) -> Response:
    request_id = str(uuid.uuid4())
    _log.error("Request %s failed", request_id, exc_info=error)
    detail = "The service failed on this request. The reason is in its log under the request_id."
    return problem(500, detail, request_id=request_id)


def _document(app: FastAPI) -> None:
    """Bodies are read without FastAPI's help, for speed, so their schemas are added to the OpenAPI document here."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, summary=app.summary, routes=app.routes, openapi_version="3.1.0"
            )
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            for model in (DetectionInput, *screening.BODIES, *v1.BODIES):
                schema = model.model_json_schema(ref_template=_REFERENCE)
                schemas.update(schema.pop("$defs", {}))
                schemas[model.__name__] = schema
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
