"""The recorded API: screen a message, and look up what was said (``/v1``)."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Annotated, Any, Literal, Protocol

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lurewatch.casework.archive import ALERT_FILTERS, MOST_ROWS, Archive, StoredVerdict
from lurewatch.casework.review import MOST_NOTE, Disposition, Review
from lurewatch.casework.screening import DEFAULT_CHANNEL, Incoming, Screened, Screening
from lurewatch.entrypoints.answers import answer
from lurewatch.entrypoints.service import bodies
from lurewatch.entrypoints.service.access import Doors, caller
from lurewatch.entrypoints.service.detection import DetectionMessage, DetectionMetadata, message_of, metadata_of
from lurewatch.entrypoints.service.problems import documented, problem
from lurewatch.errors import InputError

_JSON = "application/json"
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Pair(BaseModel):
    """Whose incidents are counted together, and which of them sent the message."""

    model_config = ConfigDict(extra="ignore")

    client_email: Annotated[str, Field(max_length=200)] = ""
    advisor_email: Annotated[str, Field(max_length=200)] = ""
    sender_type: Literal["client", "advisor"] = "client"


class ScreeningInput(BaseModel):
    """The newest message of a conversation."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "example": {
                "conversation_id": "thread-17",
                "message": {
                    "message_id": "m-3",
                    "sender": "buyer-9",
                    "content": "Let's talk on WhatsApp instead, +1 604 555 0134",
                    "timestamp": "2026-01-31T10:30:00Z",
                },
                "pair": {"client_email": "client@example.com", "advisor_email": "advisor@example.com"},
            }
        },
    )

    conversation_id: Name
    message: DetectionMessage
    channel: Annotated[str, Field(min_length=1, max_length=64)] = DEFAULT_CHANNEL
    pair: Pair = Field(default_factory=Pair)
    sender_metadata: DetectionMetadata = Field(default_factory=DetectionMetadata)

    def incoming(self, tenant: str, idempotency_key: str) -> Incoming:
        """The same for screening."""
        return Incoming(
            conversation_id=self.conversation_id,
            message=message_of(self.message),
            tenant=tenant,
            channel=self.channel,
            client=self.pair.client_email,
            advisor=self.pair.advisor_email,
            sender_type=self.pair.sender_type,
            sender_metadata=metadata_of(self.sender_metadata),
            idempotency_key=idempotency_key,
        )


Filter = Annotated[str | None, Field(max_length=64)]


class DispositionInput(BaseModel):
    """How a reviewer closes an alert."""

    model_config = ConfigDict(extra="ignore")

    disposition: Disposition
    reviewer: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=MOST_NOTE)] = ""


class AlertQuery(BaseModel):
    """Which alerts; without a filter all of them."""

    model_config = ConfigDict(extra="ignore")

    status: Filter = None
    policy: Filter = None
    action: Filter = None
    type: Filter = None
    channel: Filter = None
    cursor: Annotated[str | None, Field(max_length=20)] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50


_UNAVAILABLE = documented(
    "The store is away. Try again after Retry-After seconds: what has an id or an Idempotency-Key is not recorded twice"
)
_TOO_LARGE = documented("The body or the message is over a limit")
_MESSAGE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The verdict on the conversation so far; it is recorded"},
    409: documented("The Idempotency-Key came before with another message"),
    413: _TOO_LARGE,
    422: documented("The body is no JSON, or does not have the published shape"),
    503: _UNAVAILABLE,
}
_LOOK_UP: dict[int | str, dict[str, Any]] = {
    404: documented("There is none"),
    422: documented("The cursor or the limit is none"),
    503: _UNAVAILABLE,
}


BODIES = (ScreeningInput, DispositionInput)
"""Models of bodies that are read without FastAPI's help, within a bound; the OpenAPI document is told of them."""


def _body(model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {_JSON: {"schema": schema}}}}


_POINTERS = {
    "/message/text": "/message/content",
    "/client": "/pair/client_email",
    "/advisor": "/pair/advisor_email",
    "/sender_type": "/pair/sender_type",
}


class Rooms(Protocol):
    """What works on the store; each raises StoreError while it is away."""

    def screening(self) -> Screening: ...
    def archive(self) -> Archive: ...
    def review(self) -> Review: ...


def router(rooms: Rooms, doors: Doors, most_body: int) -> APIRouter:
    """The routes over a store, each tenant by itself."""
    routes = APIRouter(prefix="/v1")
    screens = APIRouter(dependencies=[Depends(doors.guard("screen"))])
    reviews = APIRouter(dependencies=[Depends(doors.guard("review"))])
    _screen(screens, rooms, most_body)
    _look_up(reviews, rooms)
    _alerts(reviews, rooms, most_body)
    routes.include_router(screens)
    routes.include_router(reviews)
    return routes


def _screen(routes: APIRouter, rooms: Rooms, most_body: int) -> None:
    @routes.post(
        "/messages",
        summary="Screen a message",
        description="Appends one message to a conversation and answers with the verdict on it all. The same message "
        "id, or the same Idempotency-Key, is answered as it was before; the same id with another text is an edit.",
        responses=_MESSAGE_RESPONSES,
        response_class=Response,
        openapi_extra=_body(ScreeningInput),
    )
    async def screen(
        request: Request,
        idempotency_key: Annotated[str, Header(max_length=200)] = "",
    ) -> Response:
        asked = await bodies.parsed(request, most_body, ScreeningInput)
        given = asked.incoming(caller(request).tenant, idempotency_key)
        try:
            screened = await rooms.screening().screen(given)
        except InputError as error:
            raise InputError(str(error), pointer=_pointer(error.pointer), limit=error.limit) from error
        return _json(_screened(given, screened))


def _look_up(routes: APIRouter, rooms: Rooms) -> None:
    @routes.get(
        "/verdicts/{verdict_id}", summary="A verdict as it was given", responses=_LOOK_UP, response_class=Response
    )
    async def verdict(request: Request, verdict_id: str) -> Response:
        found = await rooms.archive().verdict(caller(request).tenant, verdict_id)
        return problem(404, "There is no such verdict.") if found is None else _json(_stored(found))

    @routes.get(
        "/conversations/{conversation_id:path}",
        summary="A conversation and what is believed of it",
        responses=_LOOK_UP,
        response_class=Response,
    )
    async def conversation(
        request: Request,
        conversation_id: str,
        channel: Annotated[str, Query(max_length=64)] = DEFAULT_CHANNEL,
        cursor: Annotated[str | None, Query(max_length=20)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
    ) -> Response:
        found = await rooms.archive().conversation(
            caller(request).tenant, channel, conversation_id, cursor=cursor, limit=limit
        )
        if found is None:
            return problem(404, "There is no such conversation in this channel.")
        return _json(
            {
                "channel": found.channel,
                "conversation_id": found.id,
                "message_count": found.message_count,
                "created_at": _time(found.created_at),
                "updated_at": _time(found.updated_at),
                "handed_off_at": _time(found.handed_off_at),
                "messages": [_timed(asdict(one)) for one in found.messages.items],
                "cursor": found.messages.cursor,
                "newest": None if found.newest is None else _stored(found.newest),
            }
        )


def _alerts(routes: APIRouter, rooms: Rooms, most_body: int) -> None:
    @routes.get("/alerts", summary="Alerts, the newest first", responses=_LOOK_UP, response_class=Response)
    async def alerts(request: Request, asked: Annotated[AlertQuery, Query()]) -> Response:
        equal = asked.model_dump(include=set(ALERT_FILTERS), exclude_none=True)
        found = await rooms.archive().alerts(
            caller(request).tenant, filters=equal, cursor=asked.cursor, limit=asked.limit
        )
        return _json({"alerts": [_timed(asdict(one)) for one in found.items], "cursor": found.cursor})

    @routes.post(
        "/alerts/{alert_id}/disposition",
        summary="Close an alert",
        description="A false positive, and what was benign, no longer counts for its pair.",
        responses={**_LOOK_UP, 200: {"description": "The alert is closed"}, 413: _TOO_LARGE},
        response_class=Response,
        openapi_extra=_body(DispositionInput),
    )
    async def close(request: Request, alert_id: str) -> Response:
        given = await bodies.parsed(request, most_body, DispositionInput)
        closed = await rooms.review().close(
            caller(request).tenant,
            alert_id,
            given.disposition,
            reviewer=given.reviewer or caller(request).key,
            note=given.note,
        )
        return problem(404, "There is no such alert.") if closed is None else _json(asdict(closed))


def _pointer(inside: str) -> str:
    """Where in the body it is that screening names by its own fields."""
    return _POINTERS.get(inside, inside)


def _screened(given: Incoming, screened: Screened) -> dict[str, Any]:
    return {
        "verdict_id": screened.verdict_id,
        "channel": given.channel,
        "conversation_id": given.conversation_id,
        "position": screened.position,
        "edition": screened.edition,
        "recorded": screened.recorded,
        "repeated": screened.repeated,
        **answer(screened.verdict, screened.decisions),
    }


def _stored(found: StoredVerdict) -> dict[str, Any]:
    return {
        "verdict_id": found.id,
        "channel": found.channel,
        "conversation_id": found.conversation_id,
        "position": found.position,
        "edition": found.edition,
        "created_at": _time(found.created_at),
        **answer(found.verdict, found.decisions),
    }


def _timed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _time(value) if name.endswith("_at") else value for name, value in values.items()}


def _time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat().replace("+00:00", "Z")


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), media_type=_JSON)
