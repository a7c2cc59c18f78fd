"""What platforms call: ``POST /webhooks/erpnext``, ``/webhooks/telegram``, and one by the name of any other platform.

They come with a signature of their own and need no API key. A platform is received where its secret is set.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, cast

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from lurewatch.casework.screening import Screened, Screening
from lurewatch.entrypoints import receiving
from lurewatch.entrypoints.connectors import erpnext, generic, telegram
from lurewatch.entrypoints.connectors.erpnext import ErpnextConfig
from lurewatch.entrypoints.connectors.generic import GenericConfig
from lurewatch.entrypoints.connectors.telegram import TelegramConfig
from lurewatch.entrypoints.service import bodies
from lurewatch.entrypoints.service.problems import documented
from lurewatch.entrypoints.service.replies import TOO_SLOW, UNAVAILABLE, reply
from lurewatch.entrypoints.service.screening import told
from lurewatch.entrypoints.service.shapes import ContactResult, ResultsAnswer, TakenAnswer
from lurewatch.entrypoints.settings import Settings

_JSON = "application/json"
_CLEAN: dict[str, Any] = {"flagged": False, "flags": [], "action": "none", "flag_count": 0}
_SHOWN = ("pattern", "matched_text", "category")
Given = TypeVar("Given")


class Bounded(Protocol):
    """How a platform is received, with the most bytes of a body."""

    @property
    def most_body(self) -> int: ...


Config = TypeVar("Config", bound=Bounded)


class Rooms(Protocol):
    """Where messages are screened; raises StoreError while the store is away."""

    def screening(self) -> Screening: ...


def router(rooms: Rooms, settings: Settings) -> APIRouter:
    """A route for every platform whose secret is set.

    Raises:
        SettingsError: a field of a mapping, a time zone or a name is none, or two settings do not go together.
    """
    routes = APIRouter(prefix="/webhooks")
    if settings.erpnext_webhook_secret:
        _erpnext(routes, rooms, receiving.erpnext_config(settings))
    if settings.telegram_webhook_secret:
        _telegram(routes, rooms, receiving.telegram_config(settings))
    if settings.generic_webhook_secret:
        _generic(routes, rooms, receiving.generic_config(settings))
    return routes


def _erpnext(routes: APIRouter, rooms: Rooms, config: ErpnextConfig) -> None:
    @routes.post(
        "/erpnext",
        summary="Take a webhook of ERPNext",
        description="Screens a Communication, a Comment, or the published fields. What is not to be screened, such as "
        "a post of ours, is answered as clean.",
        **_documented(erpnext.SIGNATURE, ContactResult),
    )
    async def receive(request: Request) -> Response:
        given = await _read(request, erpnext.receive, config)
        results = [_result(await receiving.screen(rooms.screening(), received)) for received in given]
        return reply(results[0] if results else _CLEAN)


def _telegram(routes: APIRouter, rooms: Rooms, config: TelegramConfig) -> None:
    @routes.post(
        "/telegram",
        summary="Take an update of Telegram",
        description="Screens messages, edits and posts of channels. A group that became a supergroup goes on under its "
        "new id.",
        **_documented(telegram.TOKEN, TakenAnswer),
    )
    async def receive(request: Request) -> Response:
        for given in await _read(request, telegram.receive, config):
            await receiving.take(rooms.screening(), given)
        return reply({"ok": True})  # Telegram would take anything with a `method` in it for a request


def _generic(routes: APIRouter, rooms: Rooms, config: GenericConfig) -> None:
    @routes.post(
        f"/{config.channel}",
        summary="Take messages of any other platform",
        description="Where the fields are is configured. Each message that was screened is answered as by "
        "`POST /v1/messages`, in the order they were sent.",
        **_documented(config.signature_header, ResultsAnswer),
    )
    async def receive(request: Request) -> Response:
        given = await _read(request, generic.receive, config)
        # Side by side: those of different conversations then share a transaction, those of one keep their order.
        screened = await asyncio.gather(
            *(receiving.screen(rooms.screening(), one) for one in given), return_exceptions=True
        )
        for outcome in screened:
            if isinstance(outcome, BaseException):
                raise outcome
        results = zip(given, cast("list[Screened]", screened), strict=True)
        return reply({"results": [told(received.incoming, outcome) for received, outcome in results]})


async def _read(
    request: Request, receive: Callable[[bytes, Mapping[str, str], Config], tuple[Given, ...]], config: Config
) -> tuple[Given, ...]:
    body = await bodies.read(request, config.most_body)
    if body is None:
        raise HTTPException(413, f"The body is larger than {config.most_body} bytes.")
    if len(body) > bodies.INLINE_BYTES:
        return await asyncio.to_thread(receive, body, request.headers, config)
    return receive(body, request.headers, config)


def _result(screened: Screened) -> dict[str, Any]:
    """The published result of the contact monitor."""
    decision = next((one for one in screened.decisions if one.policy == "off_platform"), None)
    if decision is None:
        return _CLEAN
    return {
        "flagged": True,
        "flags": [{name: getattr(flag, name) for name in _SHOWN} for flag in decision.flags],
        "action": decision.action,
        "flag_count": decision.count,
        "warning_message": decision.text,
    }


def _documented(header: str, answer: type[BaseModel]) -> dict[str, Any]:
    return {
        "response_class": Response,
        "responses": {
            200: {"description": "What was to be screened is recorded", "model": answer},
            408: TOO_SLOW,
            401: documented("The signature or the token is missing or does not fit"),
            413: documented("The body or a message is over a limit"),
            422: documented("The body is no JSON, or a field is of the wrong type"),
            503: UNAVAILABLE,
        },
        "openapi_extra": {
            "parameters": [{"name": header, "in": "header", "required": True, "schema": {"type": "string"}}],
            "requestBody": {"required": True, "content": {_JSON: {"schema": {"type": "object"}}}},
        },
    }
