"""``GET /stats``: what was found, in figures."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Annotated, Any, Generic, Protocol, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lurewatch.casework.statistics import MOST_LISTED, Bucket, Figures, Statistics, Top
from lurewatch.casework.store.statistics import BINS, Selection
from lurewatch.entrypoints.service.access import LOCKED, Doors, caller
from lurewatch.entrypoints.service.detection import seconds_of
from lurewatch.entrypoints.service.problems import documented
from lurewatch.entrypoints.service.replies import moment, reply
from lurewatch.entrypoints.service.shapes import Count, Share

Filter = Annotated[str | None, Field(max_length=64)]
Item = TypeVar("Item")


class StatsQuery(BaseModel):
    """Which alerts are counted; without a filter all of them. A time without a zone is UTC."""

    model_config = ConfigDict(extra="ignore")

    since: datetime.datetime | None = None
    until: datetime.datetime | None = None
    channel: Filter = None
    conversation_id: Annotated[str | None, Field(max_length=200)] = None
    policy: Filter = None
    type: Filter = None
    bucket: Bucket = "day"
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 20

    def selection(self, tenant: str) -> Selection:
        """The same for the store."""
        return Selection(
            tenant,
            since=seconds_of(self.since),
            until=seconds_of(self.until),
            channel=self.channel,
            conversation=self.conversation_id,
            policy=self.policy,
            type=self.type,
        )


class _Counted(BaseModel):
    count: Count
    suppressed: Count


class KindAnswer(_Counted):
    """Alerts of one type of a policy."""

    policy: str
    type: str


class MarkAnswer(_Counted):
    """Alerts with one brand or pattern."""

    value: str


class GroupAnswer(_Counted):
    """Alerts of one conversation."""

    channel: str
    conversation_id: str


class StretchAnswer(_Counted):
    """Alerts of an hour, a day or a week that begins at ``start``."""

    start: datetime.datetime


class BinAnswer(BaseModel):
    """Scores from a bound up to, not including, the next."""

    from_: Annotated[Share, Field(alias="from")]
    to: Share
    count: Count


class TopAnswer(BaseModel, Generic[Item]):
    """The most frequent, and the sum of the counts that are not listed."""

    items: list[Item]
    others: Count


class FiguresAnswer(BaseModel):
    """Alerts counted; what is suppressed is also in ``count``."""

    alerts: Count
    suppressed: Count
    types: list[KindAnswer]
    brands: TopAnswer[MarkAnswer]
    patterns: TopAnswer[MarkAnswer]
    groups: TopAnswer[GroupAnswer]
    bucket: Bucket
    times: TopAnswer[StretchAnswer]
    scores: list[BinAnswer]


_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The figures", "model": FiguresAnswer},
    422: documented("A filter, a time or the limit is none"),
}


class Rooms(Protocol):
    """What works on the store; raises StoreError while it is away."""

    def statistics(self) -> Statistics: ...


def router(rooms: Rooms, doors: Doors) -> APIRouter:
    """The route over a store, each tenant by itself."""
    routes = APIRouter(dependencies=[Depends(doors.guard("review"))], responses=LOCKED)

    @routes.get(
        "/stats",
        summary="Alerts in figures",
        description="Alerts by type, brand, pattern, conversation, time (in UTC; weeks begin on Monday) and score. "
        "Lists have the most frequent; others is the sum of the counts that are not in them.",
        responses=_RESPONSES,
        response_class=Response,
    )
    async def stats(request: Request, asked: Annotated[StatsQuery, Query()]) -> Response:
        selection = asked.selection(caller(request).tenant)
        found = await rooms.statistics().figures(selection, bucket=asked.bucket, most=asked.limit)
        return reply(_published(found, asked.bucket))

    return routes


def _published(found: Figures, bucket: str) -> dict[str, Any]:
    times = [{**asdict(one), "start": moment(one.start)} for one in found.times.items]
    return {
        "alerts": found.alerts,
        "suppressed": found.suppressed,
        "types": [asdict(kind) for kind in found.types],
        "brands": _top(found.brands),
        "patterns": _top(found.patterns),
        "groups": _top(found.groups),
        "bucket": bucket,
        "times": {"items": times, "others": found.times.others},
        "scores": [
            {"from": number / BINS, "to": (number + 1) / BINS, "count": count}
            for number, count in enumerate(found.scores)
        ],
    }


def _top(top: Top[Any]) -> dict[str, Any]:
    return {"items": [asdict(one) for one in top.items], "others": top.others}
