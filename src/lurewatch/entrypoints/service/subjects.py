"""What is recorded of a person over HTTP: a copy, and that it is erased (``/v1/subjects``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lurewatch.casework.archive import MOST_ROWS
from lurewatch.casework.subjects import Subjects
from lurewatch.entrypoints.service import addresses
from lurewatch.entrypoints.service.access import LOCKED, Doors, caller
from lurewatch.entrypoints.service.problems import documented
from lurewatch.entrypoints.service.replies import reply
from lurewatch.entrypoints.service.shapes import Count, Cursor

_RESPONSES: dict[int | str, dict[str, Any]] = {422: documented("The id, the cursor or the limit is none")}
Receipt = Annotated[str, Field(description="What the audit log calls it by")]


class RecordAnswer(BaseModel):
    """Something that is recorded of a person: its kind, and columns as they are named in the store."""

    model_config = ConfigDict(extra="allow")

    kind: Literal["message", "verdict", "flag", "alert", "pair"]


class SubjectAnswer(BaseModel):
    """A page of what is recorded of a person."""

    subject: str
    records: list[RecordAnswer]
    cursor: Cursor
    receipt: Receipt


class ErasedAnswer(BaseModel):
    """What was erased or rewritten, counted by kind."""

    erased: dict[str, Count]
    receipt: Receipt


def router(subjects: Callable[[], Subjects], doors: Doors) -> APIRouter:
    """The routes; ``subjects`` raises StoreError while the store is away."""
    addresses.register()
    routes = APIRouter(prefix="/v1/subjects", dependencies=[Depends(doors.guard("admin"))], responses=LOCKED)

    @routes.get(
        "/{subject:id}",
        summary="What is recorded of a person",
        description="Messages, verdicts on them, flags, alerts and pairs, page by page.",
        responses={**_RESPONSES, 200: {"description": "A page of it", "model": SubjectAnswer}},
        response_class=Response,
    )
    async def export(
        request: Request,
        subject: str,
        cursor: Annotated[str | None, Query(max_length=20)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
    ) -> Response:
        who = caller(request)
        page = await subjects().export(who.tenant, subject, cursor=cursor, limit=limit, key=who.key)
        records = list(page.items)
        return reply({"subject": subject, "records": records, "cursor": page.cursor, "receipt": page.receipt})

    @routes.delete(
        "/{subject:id}",
        summary="Erase a person",
        description="Their texts, ids and evidence; the answer counts what was changed. May be asked again.",
        responses={**_RESPONSES, 200: {"description": "It is erased", "model": ErasedAnswer}},
        response_class=Response,
    )
    async def erase(request: Request, subject: str) -> Response:
        who = caller(request)
        counts = asdict(await subjects().erase(who.tenant, subject, key=who.key))
        receipt = counts.pop("receipt")
        return reply({"erased": counts, "receipt": receipt})

    return routes
