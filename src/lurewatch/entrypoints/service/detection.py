"""``POST /detect-scam`` without the web: the published input, the published answer, and the hand-off."""

from __future__ import annotations

import asyncio
import datetime
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal, Protocol, Self, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lurewatch.casework import announcements
from lurewatch.casework.events import Event, EventBus, EventType
from lurewatch.casework.screening.nouns import DEFAULT_TENANT, Incoming, Screened
from lurewatch.engine.model import (
    NOTHING_KNOWN,
    Conversation,
    Decision,
    Memory,
    Message,
    SenderMetadata,
    Verdict,
)
from lurewatch.engine.pipeline import Engine
from lurewatch.entrypoints.answers import evidence
from lurewatch.entrypoints.consulting import asked
from lurewatch.errors import InputError, StoreError
from lurewatch.intel.opinion import Opinions

T = TypeVar("T")
_log = logging.getLogger("lurewatch")
_MOST_REMEMBERED = 10_000
"""So many conversations are remembered as handed off while there is no store."""


class DetectionMessage(BaseModel):
    """One message. ``content`` may also be called ``text``; a time without a zone is UTC."""

    model_config = ConfigDict(extra="ignore")

    message_id: Annotated[str, Field(max_length=200)] = ""
    sender: Annotated[str, Field(max_length=200)] = ""
    role: Literal["suspect", "protected", "agent", "unknown"] = "unknown"
    content: str = Field(validation_alias=AliasChoices("content", "text"))
    timestamp: datetime.datetime | None = None


class DetectionMetadata(BaseModel):
    """What the platform knows of the sender's account."""

    model_config = ConfigDict(extra="ignore")

    user_id: Annotated[str, Field(max_length=200)] | None = None
    account_age_days: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    verification_status: Annotated[str, Field(max_length=100)] | None = None


class DetectionInput(BaseModel):
    """A conversation to judge, oldest message first."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "example": {
                "conversation_id": "conv_123",
                "messages": [
                    {
                        "message_id": "msg1",
                        "sender": "attacker",
                        "content": "Urgent! Your account is compromised. Share the OTP to keep it.",
                        "timestamp": "2026-01-31T10:30:00Z",
                    }
                ],
                "sender_metadata": {
                    "user_id": "user_456",
                    "account_age_days": 5,
                    "verification_status": "unverified",
                },
            }
        },
    )

    conversation_id: Annotated[
        str, Field(max_length=200), BeforeValidator(lambda given: "" if given is None else given)
    ] = ""
    messages: list[DetectionMessage]
    sender_metadata: Annotated[DetectionMetadata, BeforeValidator(lambda given: {} if given is None else given)] = (
        Field(default_factory=DetectionMetadata)
    )

    @classmethod
    def read(cls, value: Self | Mapping[str, Any] | bytes) -> Self:
        """The input from a model, a mapping or JSON.

        Raises:
            InputError: with a pointer to the first thing that is wrong.
        """
        if isinstance(value, cls):
            return value
        try:
            return cls.model_validate_json(value) if isinstance(value, bytes) else cls.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise InputError(first["msg"], pointer=pointer(first["loc"])) from error

    def conversation(self) -> Conversation:
        """The same for the engine."""
        return Conversation(
            messages=tuple(map(message_of, self.messages)),
            id=self.conversation_id,
            sender_metadata=metadata_of(self.sender_metadata),
        )


def message_of(given: DetectionMessage) -> Message:
    """A message for the engine."""
    return Message(given.content, given.sender, given.role, seconds_of(given.timestamp), given.message_id)


def metadata_of(given: DetectionMetadata) -> SenderMetadata:
    """An account for the engine."""
    return SenderMetadata(given.user_id, given.account_age_days, given.verification_status)


def pointer(location: tuple[int | str, ...]) -> str:
    """An RFC 6901 pointer to a place inside a JSON document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


def seconds_of(time: datetime.datetime | None) -> float | None:
    """Seconds since the epoch; a time without a zone is UTC."""
    if time is None:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=datetime.UTC)).timestamp()


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _whole(detection: DetectionInput, tenant: str) -> tuple[Incoming, tuple[Message, ...]]:
    conversation = detection.conversation()
    last = Incoming(
        conversation_id=conversation.id,
        message=conversation.messages[-1],
        tenant=tenant,
        sender_metadata=conversation.sender_metadata,
    )
    return last, conversation.messages[:-1]


async def _here(call: Callable[..., T], *arguments: Any) -> T:
    return call(*arguments)


class Record(Protocol):
    """Records a whole conversation: its last message, those before it. Raises StoreError while the store is away."""

    async def __call__(self, last: Incoming, earlier: Sequence[Message]) -> Screened: ...


class Detection:
    """Answers detections with whatever engine is current, and hands a confirmed conversation off once.

    ``opinions`` gives whom to ask for a second opinion, None for nobody. With ``record`` a conversation that has an id
    is recorded (and asked about) by that, and handed off by what was recorded; while the store is away it is judged
    all the same, and not handed off. Without, hand-offs are told on the ``bus``.
    """

    def __init__(
        self,
        engine: Callable[[], Engine],
        bus: EventBus,
        opinions: Callable[[], Opinions | None] = lambda: None,
        clock: Callable[[], datetime.datetime] = _utc_now,
        record: Record | None = None,
    ) -> None:
        self._engine = engine
        self._bus = bus
        self._opinions = opinions
        self._clock = clock
        self._record = record
        self._handed_off: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    async def answer(
        self, detection: DetectionInput, *, tenant: str = DEFAULT_TENANT, elsewhere: bool = False
    ) -> dict[str, Any]:
        """The published answer, with the evidence beside it. Raises InputError when it is over a limit.

        ``elsewhere`` has the engine read in a thread; for a second opinion the loop never waits.
        """
        run = asyncio.to_thread if elsewhere else _here
        engine = self._engine()
        if self._record is None or not detection.conversation_id or not detection.messages:
            return self._decided(engine, detection, await self._assessed(engine, detection, run))
        try:
            screened = await self._record(*_whole(detection, tenant))
        except StoreError as error:
            _log.error("A detection was not recorded: %s", error)
            verdict = await self._assessed(engine, detection, run)
            decisions = engine.decide(verdict, Memory(now=self._clock().timestamp(), handed_off=True))
            return self._published(detection, verdict, decisions)
        return self._published(detection, screened.verdict, screened.decisions, recorded=True)

    async def _assessed(self, engine: Engine, detection: DetectionInput, run: Callable[..., Any]) -> Verdict:
        """What the engine believes where nothing is recorded, with a second opinion."""
        conversation, opinions = detection.conversation(), self._opinions()
        knowledge = NOTHING_KNOWN if opinions is None else await asked(engine, conversation, opinions)
        verdict: Verdict = await run(engine.assess, conversation, knowledge)
        return verdict

    def _decided(self, engine: Engine, detection: DetectionInput, verdict: Verdict) -> dict[str, Any]:
        """The answer where nothing is recorded: this process remembers what it handed off."""
        with self._lock:
            known = detection.conversation_id in self._handed_off
            decisions = engine.decide(verdict, Memory(now=self._clock().timestamp(), handed_off=known))
            handed_off = any(decision.action == "hand_off" for decision in decisions)
            if handed_off and detection.conversation_id:
                self._remember(detection.conversation_id)
        answer = self._published(detection, verdict, decisions)
        if handed_off:
            self._hand_off(engine, detection, verdict, answer["metadata"])
        return answer

    def _published(
        self, detection: DetectionInput, verdict: Verdict, decisions: Sequence[Decision], *, recorded: bool = False
    ) -> dict[str, Any]:
        metadata: dict[str, Any] = {
            "sender_id": detection.sender_metadata.user_id,
            "message_count": verdict.message_count,
        }
        if verdict.failed_detectors:
            metadata["failed_detectors"] = list(verdict.failed_detectors)
        return {
            "conversation_id": detection.conversation_id,
            "scam_probability": verdict.scam_probability,
            "risk_level": verdict.risk_level,
            "breakdown": verdict.breakdown,
            "handoff_triggered": any(decision.action == "hand_off" for decision in decisions),
            "recorded": recorded,
            "timestamp": self._clock().isoformat().replace("+00:00", "Z"),
            "metadata": metadata,
            **evidence(verdict, decisions),
        }

    def _remember(self, conversation_id: str) -> None:
        self._handed_off[conversation_id] = None
        if len(self._handed_off) > _MOST_REMEMBERED:
            self._handed_off.popitem(last=False)

    def _hand_off(
        self, engine: Engine, detection: DetectionInput, verdict: Verdict, metadata: Mapping[str, Any]
    ) -> None:
        said = [message.model_dump(mode="json") for message in detection.messages]
        told = announcements.scam_confirmed(detection.conversation_id, verdict, engine.pack, metadata, said)
        self._bus.emit(EventType.SCAM_CONFIRMED, Event(EventType.SCAM_CONFIRMED, asdict(told)))
