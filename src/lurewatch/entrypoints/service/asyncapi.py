"""What is published, for people and machines: an AsyncAPI 3.0 document (``/asyncapi.json``) and a page of it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import orjson
from fastapi import APIRouter, Response

from lurewatch.casework.bus.envelope import CHANNEL, CONTENT_TYPE
from lurewatch.casework.bus.messages import PUBLISHED, schemas
from lurewatch.entrypoints.service import pages
from lurewatch.version import __version__

_PROMISE = (
    "Every event is a CloudEvent (1.0, structured mode). An event is written in the same transaction as the verdict it "
    "is about and handed on at least once: it may come twice, with the same id, so take what has an id you have seen "
    "as done. Events with the same partitionkey (a conversation) come in order among those that are delivered; one "
    "that was given up does not hold up the rest."
)
_BUSES = {
    "nats": ("nats", "4222", "NATS JetStream: stream LUREWATCH, the subject is the type of the event."),
    "redis": ("redis", "6379", "Redis Streams: one stream for all events. Entries are as FastStream writes them."),
    "rabbitmq": ("amqp", "5672", "RabbitMQ: a durable topic exchange, the routing key is the type of the event."),
    "kafka": ("kafka", "9092", "Kafka: one topic for all events, the key is the partitionkey."),
}
"""The protocol, the port and what is where, for each kind of bus; ``bus.url`` says which one is in use."""
_ONE_FOR_ALL = ("redis", "kafka")
_EXCHANGE = {"name": CHANNEL, "type": "topic", "durable": True, "autoDelete": False}


@cache
def document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document. It says nothing of this installation: not where its bus is."""
    channels = _channels()
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Lurewatch events", "version": __version__, "description": _PROMISE},
        "defaultContentType": CONTENT_TYPE,
        "servers": {name: _server(*facts) for name, facts in _BUSES.items()},
        "channels": channels,
        "operations": {
            f"publish_{name}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{name}"},
                "summary": f"Lurewatch publishes: {channel['summary']}",
            }
            for name, channel in channels.items()
        },
        "components": {
            "messages": {one.message.__name__: _message(one.message, one.type) for one in PUBLISHED},
            "schemas": {"CloudEvent": _envelope(), **schemas()},
        },
    }


def _server(protocol: str, port: str, told: str) -> dict[str, Any]:
    return {
        "host": f"{{host}}:{port}",
        "protocol": protocol,
        "description": told,
        "variables": {"host": {"description": "Where your broker is.", "default": "127.0.0.1"}},
    }


def _channels() -> dict[str, Any]:
    """One for each type where a bus has a subject or a routing key for it, and one for all where it has none."""
    messages = {one.message.__name__: {"$ref": f"#/components/messages/{one.message.__name__}"} for one in PUBLISHED}
    channels = {}
    for bus in _BUSES:
        servers = [{"$ref": f"#/servers/{bus}"}]
        if bus in _ONE_FOR_ALL:
            channels[bus] = {"address": CHANNEL, "summary": "all events", "servers": servers, "messages": messages}
            continue
        for one in PUBLISHED:
            name = one.message.__name__
            channels[f"{bus}_{name}"] = channel = {
                "address": one.type,
                "summary": name,
                "servers": servers,
                "messages": {name: messages[name]},
            }
            if bus == "rabbitmq":
                channel["bindings"] = {"amqp": {"is": "routingKey", "exchange": _EXCHANGE}}
    return channels


def _message(message: type[object], kind: str) -> dict[str, Any]:
    name = message.__name__
    of_kind = {"properties": {"type": {"const": kind}, "data": {"$ref": f"#/components/schemas/{name}"}}}
    return {
        "name": kind,
        "title": name,
        "summary": (message.__doc__ or "").strip(),
        "contentType": CONTENT_TYPE,
        "payload": {"allOf": [{"$ref": "#/components/schemas/CloudEvent"}, {"type": "object", **of_kind}]},
        "bindings": {"kafka": {"key": {"type": "string", "description": "The partitionkey."}}},
    }


def _envelope() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    fields = {
        "specversion": {"const": "1.0"},
        "id": text | {"description": "The same however often the event comes."},
        "source": text | {"description": "/lurewatch/ and the tenant."},
        "type": text,
        "subject": text | {"description": "What the platform calls the conversation."},
        "time": {"type": "string", "format": "date-time"},
        "partitionkey": text | {"description": "Events with the same one come in order."},
        "datacontenttype": {"const": "application/json"},
        "data": {"type": "object"},
    }
    return {"type": "object", "required": list(fields), "properties": fields}


def page(told: dict[str, Any]) -> str:
    """An AsyncAPI document of ours as HTML: nothing is loaded for it, and what it says is escaped."""
    say = pages.escaped
    parts = [f"<h1>{say(told['info']['title'])}</h1><p>{say(told['info']['description'])}</p>"]
    parts.append("<p>For machines: <a href='asyncapi.json'>asyncapi.json</a> (AsyncAPI 3.0).</p><h2>Where</h2>")
    for name, server in told["servers"].items():
        parts.append(f"<h3>{say(name)}</h3><p>{say(server['description'])}</p><table><tr><th>address<th>events</tr>")
        parts += [
            f"<tr><td><code>{say(channel['address'])}</code><td>{say(', '.join(channel['messages']))}</tr>"
            for channel in told["channels"].values()
            if {"$ref": f"#/servers/{name}"} in channel["servers"]
        ]
        parts.append("</table>")
    parts.append("<h2>Events</h2>")
    for name, message in told["components"]["messages"].items():
        parts.append(f"<h3 id='{say(name)}'>{say(name)}</h3><p>{say(message['summary'])}</p>")
        parts.append(f"<p>type <code>{say(message['name'])}</code>, in <code>data</code>:</p>")
        parts.append(f"<pre>{say(json.dumps(told['components']['schemas'][name], indent=2))}</pre>")
    parts.append(
        f"<h2>Envelope</h2><pre>{say(json.dumps(told['components']['schemas']['CloudEvent'], indent=2))}</pre>"
    )
    return pages.page(told["info"]["title"], "".join(parts))


def router() -> APIRouter:
    """``GET /asyncapi.json`` and ``GET /asyncapi``; like the OpenAPI document they need no key."""
    routes = APIRouter()

    @routes.get(
        "/asyncapi.json",
        summary="The AsyncAPI 3.0 document of the events",
        response_class=Response,
        responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
    )
    async def asyncapi_json() -> Response:
        return Response(orjson.dumps(document()), media_type="application/json")

    @routes.get(
        "/asyncapi",
        summary="The events, for people",
        response_class=Response,
        responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
    )
    async def asyncapi_page() -> Response:
        return pages.shown(page(document()))

    return routes
