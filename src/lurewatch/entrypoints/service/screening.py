"""The recorded API: screen a message or a whole conversation (``/v1/messages``, ``/v1/conversations``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from lurewatch.casework.screening import DEFAULT_CHANNEL, Incoming, Screened, Screening
from lurewatch.engine.model import Message
from lurewatch.entrypoints.answers import answer
from lurewatch.entrypoints.service import bodies
from lurewatch.entrypoints.service.access import LOCKED, Doors, caller
from lurewatch.entrypoints.service.detection import DetectionMessage, DetectionMetadata, message_of, metadata_of
from lurewatch.entrypoints.service.problems import documented
from lurewatch.entrypoints.service.replies import TOO_LARGE, TOO_SLOW, body_of, reply
from lurewatch.entrypoints.service.shapes import ScreenedAnswer
from lurewatch.errors import InputError

_PAIR: JsonDict = {"client_email": "client@example.com", "advisor_email": "advisor@example.com"}
_SAID: JsonDict = {
    "message_id": "m-3",
    "sender": "buyer-9",
    "content": "Let's talk on WhatsApp instead, +1 604 555 0134",
    "timestamp": "2026-01-31T10:30:00Z",
}
_ASKED: JsonDict = {"message_id": "m-2", "sender": "seller-4", "content": "Is the bicycle still wanted?"}


class Pair(BaseModel):
    """Whose incidents are counted together, and which of them sent the message."""

    model_config = ConfigDict(extra="ignore")

    client_email: Annotated[str, Field(max_length=200)] = ""
    advisor_email: Annotated[str, Field(max_length=200)] = ""
    sender_type: Literal["client", "advisor"] = "client"


class _Place(BaseModel):
    """Which conversation, and whose."""

    conversation_id: Annotated[str, Field(min_length=1, max_length=200)]
    channel: Annotated[str, Field(min_length=1, max_length=64)] = DEFAULT_CHANNEL
    pair: Pair = Field(default_factory=Pair)
    language: Annotated[str, Field(max_length=64, description="What its people read, as a BCP 47 tag")] = ""
    sender_metadata: DetectionMetadata = Field(default_factory=DetectionMetadata)

    def said(self, message: DetectionMessage, tenant: str, idempotency_key: str) -> Incoming:
        """A message of it, for screening."""
        return Incoming(
            conversation_id=self.conversation_id,
            message=message_of(message),
            tenant=tenant,
            channel=self.channel,
            client=self.pair.client_email,
            advisor=self.pair.advisor_email,
            sender_type=self.pair.sender_type,
            language=self.language,
            sender_metadata=metadata_of(self.sender_metadata),
            idempotency_key=idempotency_key,
        )


class ScreeningInput(_Place):
    """The newest message of a conversation."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"example": {"conversation_id": "thread-17", "message": _SAID, "pair": _PAIR}},
    )

    message: DetectionMessage


class ConversationInput(_Place):
    """A whole conversation, oldest message first."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"example": {"conversation_id": "thread-17", "messages": [_ASKED, _SAID], "pair": _PAIR}},
    )

    messages: Annotated[list[DetectionMessage], Field(min_length=1)]

    def earlier(self) -> Sequence[Message]:
        """All messages but the last."""
        return [message_of(message) for message in self.messages[:-1]]


BODIES = (ScreeningInput, ConversationInput)
"""Models of bodies that are read without FastAPI's help, within a bound; the OpenAPI document is told of them."""
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The verdict on the conversation so far; it is recorded", "model": ScreenedAnswer},
    408: TOO_SLOW,
    409: documented("The Idempotency-Key came before with another request"),
    413: TOO_LARGE,
    422: documented("The body is no JSON, or does not have the published shape"),
}
_POINTERS = {
    "/client": "/pair/client_email",
    "/advisor": "/pair/advisor_email",
    "/sender_type": "/pair/sender_type",
}
_TEXT = re.compile(r"(/message|/messages/[0-9]+)/text")


class Rooms(Protocol):
    """What works on the store; raises StoreError while it is away."""

    def screening(self) -> Screening: ...


def router(rooms: Rooms, doors: Doors, most_body: int) -> APIRouter:
    """The routes over a store, each tenant by itself."""
    routes = APIRouter(prefix="/v1", dependencies=[Depends(doors.guard("screen"))], responses=LOCKED)

    @routes.post(
        "/messages",
        summary="Screen a message",
        description="Appends one message to a conversation and answers with the verdict on it all. The same message "
        "id, or the same Idempotency-Key, is answered as it was before; the same id with another text is an edit.",
        responses=_RESPONSES,
        response_class=Response,
        openapi_extra=body_of(ScreeningInput),
    )
    async def screen(request: Request, idempotency_key: Annotated[str, Header(max_length=200)] = "") -> Response:
        asked = await bodies.parsed(request, most_body, ScreeningInput)
        given = asked.said(asked.message, caller(request).tenant, idempotency_key)
        try:
            screened = await rooms.screening().screen(given)
        except InputError as error:
            raise _of_body(error) from error
        return reply(told(given, screened))

    @routes.post(
        "/conversations",
        summary="Screen a whole conversation",
        description="Appends the messages that were not screened before, oldest first, and answers with the verdict on "
        "it all. A message without an id is known by its place. The Idempotency-Key stands for the whole request.",
        responses=_RESPONSES,
        response_class=Response,
        openapi_extra=body_of(ConversationInput),
    )
    async def screen_whole(request: Request, idempotency_key: Annotated[str, Header(max_length=200)] = "") -> Response:
        asked = await bodies.parsed(request, most_body, ConversationInput)
        last = asked.said(asked.messages[-1], caller(request).tenant, idempotency_key)
        try:
            screened = await rooms.screening().screen_whole(last, asked.earlier())
        except InputError as error:
            raise _of_body(error) from error
        return reply(told(last, screened))

    return routes


def _of_body(error: InputError) -> InputError:
    """The same, pointing into the body instead of to what screening calls it."""
    pointer = _TEXT.sub(r"\1/content", _POINTERS.get(error.pointer, error.pointer))
    return InputError(str(error), pointer=pointer, limit=error.limit)


def told(given: Incoming, screened: Screened) -> dict[str, Any]:
    """What both routes answer."""
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
