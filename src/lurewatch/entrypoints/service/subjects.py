"""What is recorded of a person over HTTP: a copy, and that it is erased (``/v1/subjects``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from lurewatch.casework.archive import MOST_ROWS
from lurewatch.casework.subjects import Subjects
from lurewatch.entrypoints.service.access import Doors, caller
from lurewatch.entrypoints.service.problems import documented

_JSON = "application/json"
_RESPONSES: dict[int | str, dict[str, Any]] = {
    422: documented("The id, the cursor or the limit is none"),
    503: documented("The store is away. Try again after Retry-After seconds"),
}


def router(subjects: Callable[[], Subjects], doors: Doors) -> APIRouter:
    """The routes; ``subjects`` raises StoreError while the store is away."""
    routes = APIRouter(prefix="/v1/subjects", dependencies=[Depends(doors.guard("admin"))])

    @routes.get(
        "/{subject:path}",
        summary="What is recorded of a person",
        description="Messages, verdicts on them, flags, alerts and pairs, page by page.",
        responses=_RESPONSES,
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
        return _json({"subject": subject, "records": records, "cursor": page.cursor, "receipt": page.receipt})

    @routes.delete(
        "/{subject:path}",
        summary="Erase a person",
        description="Their texts, ids and evidence; the answer counts what was changed. May be asked again.",
        responses=_RESPONSES,
        response_class=Response,
    )
    async def erase(request: Request, subject: str) -> Response:
        who = caller(request)
        counts = asdict(await subjects().erase(who.tenant, subject, key=who.key))
        receipt = counts.pop("receipt")
        return _json({"erased": counts, "receipt": receipt})

    return routes


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), media_type=_JSON)
