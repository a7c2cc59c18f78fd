"""Whatever comes in, a connector answers or raises an error of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.connectors.signing import SECRET, frappe

from lurewatch.entrypoints.connectors import erpnext, generic, mail, telegram
from lurewatch.errors import InputError, SignatureError

NAMES = (
    "chat from id message_id date caption entities caption_entities offset length url type contact phone_number vcard"
)
MORE = (
    "forward_origin poll options reply_markup inline_keyboard migrate_to_chat_id sender_chat messages quote checklist"
)
PATHS = [path for paths in erpnext.FIELDS.values() for path in paths]
KEYS = st.sampled_from([*erpnext.FIELDS, *PATHS, *generic.FIELDS, *telegram.UPDATES, *NAMES.split(), *MORE.split()])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20)
) | st.sampled_from(["text_link", "client", "agent", "<p>x</p><blockquote>y", "https://e.example", "2026-01-05"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=20
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=8)
UPDATES = st.builds(
    lambda kind, message, chat: {"update_id": 1, kind: {"message_id": 2, "chat": {"id": chat}, **message}},
    st.sampled_from(telegram.UPDATES),
    OBJECTS,
    st.integers(),
)
TAGS = "<p> </p> <br> <blockquote> </blockquote> </a> <pre> <td> <b &amp; </div> &nbsp; <hr/> </table> <div hidden>"
TEXTS = [
    "> ",
    ">",
    "\n",
    "--",
    "-- ",
    "On 5 Jan 2026 at 10:12 A wrote:",
    "From: a",
    "Sent: 10:12 2026",
    "To: b",
    "word",
]
OTHERS = [
    "<a href='http://e.example'>",
    "<div class=gmail_signature>",
    "604-555-1234",
    "\u00a0",
    "\x00",
    "-----Original-----",
]
MARKUP = st.lists(st.sampled_from([*TAGS.split(), *TEXTS, *OTHERS]) | st.text(max_size=5), max_size=30)
TELEGRAM = telegram.TelegramConfig(SECRET)


@settings(max_examples=200, deadline=None)
@given(OBJECTS | UPDATES | VALUES)
def test_any_json_gives_a_tuple_or_a_declared_error(document: Any) -> None:
    """Any JSON document is received or refused with an InputError by every connector."""
    body = json.dumps(document).encode()
    configs = (generic.GenericConfig("x", mails=True), generic.GenericConfig("x", messages="messages"))
    calls = [
        lambda: erpnext.receive(*frappe(document), erpnext.ErpnextConfig(SECRET)),
        lambda: telegram.receive(body, {telegram.TOKEN: SECRET}, TELEGRAM),
        *(lambda config=config: generic.receive(body, {}, config) for config in configs),
    ]
    for call in calls:
        try:
            assert isinstance(call(), tuple)
        except InputError:
            continue


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3))
def test_any_bytes_and_headers(body: bytes, headers: dict[str, str]) -> None:
    """Bytes that nobody signed are refused as such; with no signature asked for, as no JSON."""
    for connector, config in ((erpnext, erpnext.ErpnextConfig(SECRET)), (telegram, TELEGRAM)):
        with pytest.raises(SignatureError):
            connector.receive(body, headers, config)  # type: ignore[arg-type]
    try:
        assert isinstance(generic.receive(body, headers, generic.GenericConfig("x")), tuple)
    except InputError:
        return


@settings(max_examples=200, deadline=None)
@given(MARKUP)
def test_any_markup_is_split(pieces: list[str]) -> None:
    """Any mail is split; where there is anything to be read, some of it is its sender's own."""
    read = mail.lines("".join(pieces))
    assert bool(mail.split(read).own) == any(line.text for line in read)
