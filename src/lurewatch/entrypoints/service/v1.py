"""The recorded API: look up what was said, and close alerts (``/v1``)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lurewatch.casework.archive import ALERT_FILTERS, MOST_ROWS, Archive, StoredVerdict
from lurewatch.casework.review import MOST_NOTE, Disposition, Review
from lurewatch.casework.screening import DEFAULT_CHANNEL
from lurewatch.entrypoints.answers import answer
from lurewatch.entrypoints.service import addresses, bodies
from lurewatch.entrypoints.service.access import LOCKED, Doors, caller
from lurewatch.entrypoints.service.problems import documented, problem
from lurewatch.entrypoints.service.replies import TOO_LARGE, TOO_SLOW, body_of, moment, reply
from lurewatch.entrypoints.service.shapes import (
    AlertsAnswer,
    CasesAnswer,
    ClosedAnswer,
    ConversationAnswer,
    VerdictAnswer,
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
    case_id: Filter = None
    cursor: Annotated[str | None, Field(max_length=20)] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50


class CaseQuery(BaseModel):
    """Which cases; without a filter all of them."""

    model_config = ConfigDict(extra="ignore")

    status: Literal["open", "closed"] | None = None
    cursor: Annotated[str | None, Field(max_length=20)] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50


BODIES = (DispositionInput,)
"""Models of bodies that are read without FastAPI's help, within a bound; the OpenAPI document is told of them."""


class Rooms(Protocol):
    """What works on the store; each raises StoreError while it is away."""

    def archive(self) -> Archive: ...
    def review(self) -> Review: ...


def _listed(told: str, shape: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    wrong = documented("A value in the address, the cursor or the limit is none")
    return {200: {"description": told, "model": shape}, 422: wrong}


def _found(told: str, shape: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    return {**_listed(told, shape), 404: documented("There is none")}


def router(rooms: Rooms, doors: Doors, most_body: int) -> APIRouter:
    """The routes over a store, each tenant by itself."""
    addresses.register()
    routes = APIRouter(prefix="/v1", dependencies=[Depends(doors.guard("review"))], responses=LOCKED)
    _look_up(routes, rooms)
    _alerts(routes, rooms, most_body)
    return routes


def _look_up(routes: APIRouter, rooms: Rooms) -> None:
    @routes.get(
        "/verdicts/{verdict_id}",
        summary="A verdict as it was given",
        responses=_found("The verdict", VerdictAnswer),
        response_class=Response,
    )
    async def verdict(request: Request, verdict_id: str) -> Response:
        found = await rooms.archive().verdict(caller(request).tenant, verdict_id)
        return problem(404, "There is no such verdict.") if found is None else reply(_stored(found))

    @routes.get(
        "/conversations/{conversation_id:id}",
        summary="A conversation and what is believed of it",
        responses=_found("The conversation", ConversationAnswer),
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
        return reply(
            {
                "channel": found.channel,
                "conversation_id": found.id,
                "message_count": found.message_count,
                "created_at": moment(found.created_at),
                "updated_at": moment(found.updated_at),
                "handed_off_at": moment(found.handed_off_at),
                "messages": [_timed(asdict(one)) for one in found.messages.items],
                "cursor": found.messages.cursor,
                "newest": None if found.newest is None else _stored(found.newest),
            }
        )


def _alerts(routes: APIRouter, rooms: Rooms, most_body: int) -> None:
    @routes.get(
        "/alerts",
        summary="Alerts, the newest first",
        responses=_listed("A page of alerts", AlertsAnswer),
        response_class=Response,
    )
    async def alerts(request: Request, asked: Annotated[AlertQuery, Query()]) -> Response:
        equal = asked.model_dump(include=set(ALERT_FILTERS), exclude_none=True)
        found = await rooms.archive().alerts(
            caller(request).tenant, filters=equal, cursor=asked.cursor, limit=asked.limit
        )
        return reply({"alerts": [_timed(asdict(one)) for one in found.items], "cursor": found.cursor})

    @routes.get(
        "/cases",
        summary="Cases, the newest first",
        responses=_listed("A page of cases", CasesAnswer),
        response_class=Response,
    )
    async def cases(request: Request, asked: Annotated[CaseQuery, Query()]) -> Response:
        found = await rooms.archive().cases(
            caller(request).tenant, status=asked.status, cursor=asked.cursor, limit=asked.limit
        )
        return reply({"cases": [_timed(asdict(one)) for one in found.items], "cursor": found.cursor})

    @routes.post(
        "/alerts/{alert_id}/disposition",
        summary="Close an alert",
        description="A false positive, and what was benign, no longer counts for its pair.",
        responses={**_found("The alert is closed", ClosedAnswer), 408: TOO_SLOW, 413: TOO_LARGE},
        response_class=Response,
        openapi_extra=body_of(DispositionInput),
    )
    async def close(request: Request, alert_id: str) -> Response:
        given = await bodies.parsed(request, most_body, DispositionInput)
        closed = await rooms.review().close(
            caller(request).tenant,
            alert_id,
            given.disposition,
            reviewer=given.reviewer or caller(request).key,
            note=given.note,
            key=caller(request).key,
        )
        return problem(404, "There is no such alert.") if closed is None else reply(asdict(closed))


def _stored(found: StoredVerdict) -> dict[str, Any]:
    return {
        "verdict_id": found.id,
        "channel": found.channel,
        "conversation_id": found.conversation_id,
        "position": found.position,
        "edition": found.edition,
        "created_at": moment(found.created_at),
        **answer(found.verdict, found.decisions),
    }


def _timed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: moment(value) if name.endswith("_at") else _inside(value) for name, value in values.items()}


def _inside(value: Any) -> Any:
    return [_timed(one) if isinstance(one, dict) else one for one in value] if isinstance(value, tuple) else value
