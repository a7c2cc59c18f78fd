"""Telegram's updates, as core.telegram.org/bots/api describes them; the section stands beside each check."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lurewatch.entrypoints.connectors import telegram
from lurewatch.entrypoints.connectors.received import Migration, Received
from lurewatch.entrypoints.connectors.telegram import TelegramConfig
from lurewatch.errors import InputError, SettingsError, SignatureError

CONFIG = TelegramConfig("sesame", bot_id=99, agents=frozenset({7, -100200}))
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": "sesame"}  # bots/api#setwebhook
CHAT = {"id": -100200, "type": "supergroup", "title": "Traders"}
ANN = {"id": 5, "is_bot": False, "first_name": "Ann", "last_name": "Lee", "username": "annlee"}


def update(message: dict[str, Any], kind: str = "message") -> bytes:
    whole = {"message_id": 31, "date": 1767607950, "chat": CHAT, "from": ANN, **message}
    return json.dumps({"update_id": 1000, kind: whole}).encode()


def only(message: dict[str, Any], kind: str = "message") -> Received:
    (received,) = telegram.receive(update(message, kind), HEADERS, CONFIG)
    assert isinstance(received, Received)
    return received


def text(message: dict[str, Any]) -> str:
    return only(message).incoming.message.text


def test_a_message() -> None:
    """bots/api#message: chat and message ids are kept, the update's id is the key, the date is in seconds."""
    received = only({"text": "hello"})
    incoming, message = received.incoming, received.incoming.message
    assert (incoming.channel, incoming.conversation_id, incoming.idempotency_key) == (
        "telegram",
        "-100200",
        "telegram:1000",
    )
    assert (message.text, message.sender, message.message_id, message.timestamp) == ("hello", "5", "31", 1767607950.0)
    assert (message.role, received.sender_name) == ("unknown", "Ann Lee @annlee")


@pytest.mark.parametrize("kind", telegram.UPDATES)
def test_every_kind_of_text_is_read(kind: str) -> None:
    """bots/api#update: messages, edits and posts of channels; an edit keeps the message's id."""
    assert only({"text": "hello"}, kind).incoming.message.message_id == "31"


def test_other_updates_bring_nothing() -> None:
    """bots/api#update: reactions, members, callback queries; messages without any text."""
    for kind in ("message_reaction", "my_chat_member", "callback_query"):
        assert telegram.receive(update({"text": "x"}, kind), HEADERS, CONFIG) == ()
    assert telegram.receive(update({"sticker": {"file_id": "x"}}), HEADERS, CONFIG) == ()
    assert telegram.receive(b'{"update_id": 1}', HEADERS, CONFIG) == ()


def test_the_secret_token() -> None:
    """bots/api#setwebhook: without the token, or with another, nothing is read."""
    for headers in ({}, {telegram.TOKEN: "other"}, {telegram.TOKEN: "sesame "[:-2]}, {telegram.TOKEN: "sésame"}):
        with pytest.raises(SignatureError):
            telegram.receive(b"no json", headers, CONFIG)
    with pytest.raises(SettingsError):
        TelegramConfig("")


def test_hidden_links_stand_behind_their_words() -> None:
    """bots/api#messageentity: offsets count UTF-16 code units, so that an emoji before a link is two."""
    link = {"type": "text_link", "offset": 3, "length": 4, "url": "https://evil.example/x"}
    assert text({"text": "😀 here now", "entities": [link]}) == "😀 here (https://evil.example/x) now"
    shown = {"type": "text_link", "offset": 0, "length": 12, "url": "https://a.example.com/"}
    assert text({"text": "a.example.com now", "entities": [{**shown, "length": 13}]}) == "a.example.com now"
    caption = {"caption": "see 👍🏽 me", "caption_entities": [{**link, "offset": 9, "length": 2}]}
    assert text(caption) == "see 👍🏽 me (https://evil.example/x)"
    two = [{**link, "offset": 5, "length": 1, "url": "http://b.example"}, {**link, "offset": 0, "length": 1}]
    assert text({"text": "a or b", "entities": two}) == "a (https://evil.example/x) or b (http://b.example)"


@pytest.mark.parametrize(
    ("offset", "length"), [(0, 10**9), (10**9, 1), (1, 1), (2, 0), (-1, 2), (0, -3), (True, 1), ("0", 1), (None, None)]
)
def test_odd_entities_lose_no_text(offset: object, length: object) -> None:
    """An entity that points past the text, into the middle of a character, or nowhere leaves all the text."""
    entity = {"type": "text_link", "offset": offset, "length": length, "url": "https://evil.example"}
    read = text({"text": "😀 hi 604-555-1234", "entities": [entity]})
    assert "hi 604-555-1234" in read.replace(" (https://evil.example)", "")


def test_everything_a_reader_sees_is_read() -> None:
    """bots/api#contact, #messageorigin, #poll, #inlinekeyboardbutton, #linkpreviewoptions, #externalreplyinfo, #venue.

    What a message shows beside its text is part of the text.
    """
    contact = {
        "phone_number": "16045551234",
        "first_name": "Bob",
        "vcard": "BEGIN:VCARD\nitem1.EMAIL;TYPE=x:b@example.com",
    }
    assert text({"contact": contact}) == "Bob\n+16045551234\nb@example.com"
    assert text({"contact": {"phone_number": "0161 496 0000", "first_name": "B"}}) == "B\n0161 496 0000"
    channel = {"type": "channel", "chat": {"id": -1, "title": "Pump", "username": "pumpnow"}}
    assert text({"text": "buy", "forward_origin": channel}) == "buy\nForwarded from Pump @pumpnow"
    hidden = {"type": "hidden_user", "sender_user_name": "PayPal Support"}
    assert text({"text": "buy", "forward_origin": hidden}) == "buy\nForwarded from PayPal Support"
    assert text({"poll": {"question": "Join?", "options": [{"text": "t.me/x"}]}}) == "Join?\nt.me/x"
    keys = {"inline_keyboard": [[{"text": "Claim", "url": "https://evil.example"}]]}
    assert text({"text": "a", "reply_markup": keys}) == "a\nClaim (https://evil.example)"
    assert text({"text": "a", "link_preview_options": {"url": "https://e.example"}}) == "a\nhttps://e.example"
    assert text({"text": "a", "quote": {"text": "call me"}, "external_reply": {"origin": hidden}}).endswith("call me")
    assert text({"text": "a", "quote": {"text": "call me"}, "reply_to_message": {}}) == "a"
    assert text({"venue": {"title": "Shop", "address": "1 Main St"}}) == "Shop\n1 Main St"


def test_who_wrote_it() -> None:
    """bots/api#message: what is written in a chat's name is the chat's, though `from` holds a stand-in."""
    stand_in = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    anonymous = only({"text": "x", "from": stand_in, "sender_chat": CHAT})
    assert (anonymous.incoming.message.sender, anonymous.incoming.message.role) == ("-100200", "agent")
    assert anonymous.sender_name == "Traders"
    foreign = only({"text": "x", "from": stand_in, "sender_chat": {"id": -5, "title": "Admin"}})
    assert (foreign.incoming.message.sender, foreign.incoming.message.role) == ("-5", "unknown")
    assert only({"text": "x", "from": {"id": 7, "is_bot": True}}).incoming.message.role == "agent"
    assert only({"text": "x", "from": {"id": 8, "is_bot": True}}).incoming.message.role == "unknown"
    assert telegram.receive(update({"text": "x", "from": {"id": 99, "is_bot": True}}), HEADERS, CONFIG) == ()
    post = only({"text": "x", "from": None, "sender_chat": None}, "channel_post")
    assert post.incoming.message.sender == "-100200"


@pytest.mark.parametrize(
    ("code", "language"),
    [("pt-br", "pt-br"), ("de", "de"), ("pt_BR", "pt-BR"), (None, ""), (5, ""), ("English!", ""), ("x" * 99, "")],
)
def test_the_language_of_the_sender(code: Any, language: str) -> None:
    """bots/api#user: language_code is a language as a tag; whatever else stands there is left out."""
    assert only({"text": "x", "from": {**ANN, "language_code": code}}).incoming.language == language


def test_the_chat_of_the_administrators() -> None:
    """What administrators write where they are told of lures is not screened."""
    config = TelegramConfig("sesame", admin_chat=CHAT["id"])
    assert telegram.receive(update({"text": "x"}), HEADERS, config) == ()
    assert telegram.receive(update({"text": "x", "chat": {"id": -8}}), HEADERS, config) != ()


def test_a_group_becomes_a_supergroup() -> None:
    """bots/api#message: migrate_to_chat_id in the old group, migrate_from_chat_id in the new, say the same."""
    old, new = {"id": -7, "type": "group"}, {"id": -100300, "type": "supergroup"}
    moved = (Migration("default", "telegram", "-7", "-100300"),)
    assert telegram.receive(update({"chat": old, "migrate_to_chat_id": -100300}), HEADERS, CONFIG) == moved
    assert telegram.receive(update({"chat": new, "migrate_from_chat_id": -7}), HEADERS, CONFIG) == moved


def test_polled_updates_are_read_alike() -> None:
    """bots/api#getupdates: the same objects come without a token."""
    assert telegram.read(json.loads(update({"text": "x"})), CONFIG) == telegram.receive(
        update({"text": "x"}), HEADERS, CONFIG
    )


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"{}", "/update_id"),
        (b'{"update_id": 1, "message": {}}', "/message/chat/id"),
        (b'{"update_id": 1, "message": {"chat": {"id": 2}, "text": "x"}}', "/message/message_id"),
    ],
)
def test_what_is_no_update_is_named(body: bytes, pointer: str) -> None:
    """An error points to what an update must have."""
    with pytest.raises(InputError) as error:
        telegram.receive(body, HEADERS, CONFIG)
    assert error.value.pointer == pointer
