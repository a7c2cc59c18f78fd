"""Any platform that posts JSON."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from lurewatch.entrypoints.connectors import generic
from lurewatch.entrypoints.connectors.generic import GenericConfig
from lurewatch.errors import InputError, SettingsError, SignatureError

PLAIN = GenericConfig("chat")
MAPPED = GenericConfig(
    "market",
    fields={"text": "body.text", "conversation_id": "thread", "sender": "from.id", "timestamp": "at"},
    messages="data.messages",
    own_senders=("bot",),
)


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_our_own_names_need_no_mapping() -> None:
    """Without a mapping each field is looked for under our name."""
    given = {
        "text": "hi",
        "conversation_id": "c1",
        "message_id": 4,
        "sender": "ann",
        "role": "suspect",
        "timestamp": "2026-01-05T10:12:30Z",
        "account_age_days": 3,
        "client": "c@example.com",
        "allowed_emails": "a@example.com, b@example.com",
    }
    (received,) = generic.receive(body(given), {}, PLAIN)
    incoming = received.incoming
    assert (incoming.channel, incoming.conversation_id, incoming.client) == ("chat", "c1", "c@example.com")
    assert (incoming.message.message_id, incoming.message.role, incoming.message.timestamp) == (
        "4",
        "suspect",
        1767607950.0,
    )
    assert incoming.sender_metadata.account_age_days == 3.0
    assert received.allowed_emails == ("a@example.com", "b@example.com")


def test_a_role_that_is_none_of_ours() -> None:
    """What somebody of another role wrote is screened, as that of a sender of whom nothing is known."""
    for role, read in (("boss", "unknown"), (7, "unknown"), ("", "unknown"), ("Agent", "agent")):
        (received,) = generic.receive(body({"text": "hi", "conversation_id": "c", "role": role}), {}, PLAIN)
        assert received.incoming.message.role == read


def test_who_is_neither_client_nor_advisor() -> None:
    """What somebody else wrote is screened as a message of nobody's pair; what pair it names is not counted."""
    given = {"text": "hi", "conversation_id": "c", "client": "c@example.com", "advisor": "a@example.com"}
    for sender_type, pair in (("boss", ("", "")), (7, ("", "")), ("Advisor", ("c@example.com", "a@example.com"))):
        (received,) = generic.receive(body({**given, "sender_type": sender_type}), {}, PLAIN)
        assert (received.incoming.client, received.incoming.advisor) == pair


def test_a_list_of_messages() -> None:
    """Messages of a list come out in order, those of our own senders and those without text left out."""
    said = [("ann", "one"), ("bot", "two"), ("bo", "three"), ("bo", " ")]
    messages = [{"thread": "t", "from": {"id": who}, "body": {"text": text}, "at": 5} for who, text in said]
    received = generic.receive(body({"data": {"messages": messages}}), {}, MAPPED)
    assert [(one.incoming.message.sender, one.incoming.message.text) for one in received] == [
        ("ann", "one"),
        ("bo", "three"),
    ]


def test_mails() -> None:
    """With `mails` a text is read as a mail: what is quoted is left out, and handed over."""
    given = {"text": "<p>new</p><blockquote>604-555-1234</blockquote>", "conversation_id": "c"}
    (mail,) = generic.receive(body(given), {}, GenericConfig("desk", mails=True))
    assert (mail.incoming.message.text, mail.quoted) == ("new", "604-555-1234")


def test_the_signature_is_checked_where_there_is_one() -> None:
    """A configured signature must be the prefix and the HMAC of the raw body; asking for one takes a secret."""
    config = GenericConfig("chat", signature_header="X-Hub-Signature-256", signature_prefix="sha256=", secret="sesame")
    given = body({"text": "hi", "conversation_id": "c"})
    signature = "sha256=" + hmac.new(b"sesame", given, hashlib.sha256).hexdigest()
    assert generic.receive(given, {"x-hub-signature-256": signature}, config)
    for headers in ({}, {"X-Hub-Signature-256": signature[7:]}, {"X-Hub-Signature-256": signature + "0"}):
        with pytest.raises(SignatureError):
            generic.receive(given, headers, config)
    with pytest.raises(SettingsError):
        GenericConfig("chat", signature_header="X-Signature")
    with pytest.raises(SettingsError, match="colour"):
        GenericConfig("chat", fields={"colour": "x"})


@pytest.mark.parametrize(
    ("given", "config", "pointer"),
    [
        ({"text": "x"}, PLAIN, "/conversation_id"),
        ({"text": "x", "conversation_id": "c", "timestamp": "soon"}, PLAIN, "/timestamp"),
        ({"text": "x", "conversation_id": "c", "account_age_days": -1}, PLAIN, "/account_age_days"),
        ({"data": {}}, MAPPED, "/data/messages"),
        ({"data": {"messages": [{}] * 101}}, MAPPED, "/data/messages"),
        ({"data": {"messages": [{"body": {"text": 1.5}}]}}, MAPPED, "/data/messages/0/body/text"),
    ],
)
def test_what_is_wrong_is_named(given: Any, config: GenericConfig, pointer: str) -> None:
    """An error points to the value in the body as it was sent."""
    with pytest.raises(InputError) as error:
        generic.receive(body(given), {}, config)
    assert error.value.pointer == pointer
