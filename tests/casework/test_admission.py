"""What people can send: kept, or refused with a pointer and advice before anything is written; the same everywhere."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text as sql
from tests.casework.fakes import CONTACT, NOON, PLAIN, incoming, rows

from lurewatch import Conversation, Engine, Message
from lurewatch.casework.screening import Incoming, Screening
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import metadata
from lurewatch.engine.model import SenderMetadata
from lurewatch.errors import InputError

WIDE = "\U0001d4b3"
"""A character of four bytes."""
IDS = ("conversation_id", "client", "advisor", "idempotency_key", "tenant", "channel")
UNKEEPABLE = {"nul": "a\x00b", "surrogate": "a\ud83db"}
INJECTIONS = (
    "'; DROP TABLE messages; --",
    '" OR 1=1 --',
    "$1 %s :name {0} ${jndi:x} {{7*7}} \\x00 \\'",
    "Robert'); DELETE FROM pair_counters WHERE ('1'='1",
)


def with_message(**changes: Any) -> Incoming:
    sent = incoming(PLAIN)
    return replace(sent, message=replace(sent.message, **changes))


async def refused(screening: Screening, store: Store, sent: Incoming) -> InputError:
    """The error, once it is sure that nothing was written."""
    with pytest.raises(InputError) as caught:
        await screening.screen(sent)
    for table in metadata.tables:
        assert not await rows(store, table), table
    assert len(str(caught.value)) > 40
    return caught.value


@pytest.mark.parametrize("field", IDS)
@pytest.mark.parametrize("value", UNKEEPABLE.values(), ids=UNKEEPABLE)
async def test_ids_have_no_characters_that_cannot_be_kept(
    screening: Screening, store: Store, field: str, value: str
) -> None:
    """NUL and halves of surrogate pairs in what rows are found by are refused on every store alike."""
    error = await refused(screening, store, replace(incoming(PLAIN), **{field: value}))
    assert (error.pointer, error.limit) == (f"/{field}", False)


@pytest.mark.parametrize("field", IDS)
async def test_ids_are_not_too_long(screening: Screening, store: Store, field: str) -> None:
    """One character more than is kept is refused as over a limit."""
    longest = 64 if field in {"tenant", "channel"} else 200
    error = await refused(screening, store, replace(incoming(PLAIN), **{field: "x" * (longest + 1)}))
    assert (error.pointer, error.limit) == (f"/{field}", True)


async def test_the_folded_address_counts(screening: Screening, store: Store) -> None:
    """An address that grows when case is folded is measured as it is kept."""
    error = await refused(screening, store, incoming(CONTACT, client="ß" * 150))
    assert error.pointer == "/client"


async def test_the_longest_of_everything_is_kept(screening: Screening, store: Store) -> None:
    """As many characters as are allowed, four bytes each, in every field at once, are recorded."""
    sent = Incoming(
        WIDE * 200,
        Message(CONTACT, WIDE * 200, "suspect", NOON, WIDE * 200),
        tenant=WIDE * 64,
        channel=WIDE * 64,
        client=WIDE * 200,
        advisor=WIDE * 200,
        sender_metadata=SenderMetadata(WIDE * 200, 3.5, WIDE * 200),
        idempotency_key=WIDE * 200,
    )
    for one in (sent, replace(sent, client="", advisor="", idempotency_key="k", conversation_id=WIDE * 199)):
        assert (await screening.screen(one)).decisions[0].count == 1
        assert (await screening.screen(one)).repeated
    assert [row["subject"] for row in await rows(store, "outbox")] == [WIDE * 200, WIDE * 199]


@pytest.mark.parametrize(
    ("changes", "pointer", "limit"),
    [
        ({"message_id": "m" * 201}, "/message/message_id", True),
        ({"message_id": "m\x00"}, "/message/message_id", False),
        ({"message_id": "m\udc00"}, "/message/message_id", False),
        ({"sender": "s" * 201}, "/message/sender", True),
        ({"role": "victim"}, "/message/role", False),
        ({"role": "r" * 5000}, "/message/role", False),
        ({"timestamp": math.nan}, "/message/timestamp", False),
        ({"timestamp": math.inf}, "/message/timestamp", False),
        ({"timestamp": NOON * 1000}, "/message/timestamp", False),
        ({"timestamp": -1e18}, "/message/timestamp", False),
    ],
)
async def test_messages_are_checked(
    screening: Screening, store: Store, changes: dict[str, Any], pointer: str, limit: bool
) -> None:
    """What cannot be kept of a message is named."""
    error = await refused(screening, store, with_message(**changes))
    assert (error.pointer, error.limit) == (pointer, limit)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"user_id": "u" * 201}, "user_id"),
        ({"user_id": "u\x00"}, "user_id"),
        ({"verification_status": "\ud800"}, "verification_status"),
        ({"account_age_days": math.nan}, "account_age_days"),
        ({"account_age_days": -math.inf}, "account_age_days"),
    ],
)
async def test_sender_metadata_is_checked(
    screening: Screening, store: Store, changes: dict[str, Any], pointer: str
) -> None:
    """What the platform says of an account is kept as it is, or refused: a number that is none would be forgotten."""
    error = await refused(screening, store, incoming(PLAIN, sender_metadata=SenderMetadata(**changes)))
    assert error.pointer == f"/sender_metadata/{pointer}"


async def test_the_sender_is_client_or_advisor(screening: Screening, store: Store) -> None:
    """Another word for what the sender is in the pair is refused, however long it is."""
    assert (await refused(screening, store, incoming(CONTACT, sender_type="x" * 99))).pointer == "/sender_type"


@pytest.mark.parametrize("timestamp", [-62_135_596_800, -0.5, 0.0, NOON + 0.25, 253_402_300_799])
async def test_every_time_of_the_calendar_is_kept(screening: Screening, store: Store, timestamp: float) -> None:
    """The first and the last second that can be kept, and what is between, come back as they were sent."""
    await screening.screen(with_message(timestamp=timestamp))
    assert [row["sent_at"] for row in await rows(store, "messages")] == [timestamp]


async def test_nul_in_a_text_hides_nothing(screening: Screening, store: Store, engine: Engine) -> None:
    """A text with NUL in it is screened as if nothing stood there, with spans of the text as sent, and kept."""
    hidden = "my number: 604-555-1234, or bob\x00@gmail.com, or What\x00sApp"
    screened = await screening.screen(incoming(hidden, message_id="m1"))
    found = {flag.pattern: flag for flag in screened.decisions[0].flags}
    assert {"phone_number", "email_address", "messaging_platform"} <= found.keys()
    assert hidden[found["email_address"].start : found["email_address"].end] == "bob\x00@gmail.com"
    assert (await screening.screen(incoming(hidden, message_id="m1"))).repeated
    (row,) = await rows(store, "messages")
    assert len(row["text"]) == len(hidden)
    assert screened.verdict == engine.assess(Conversation((replace(screened_as(hidden), message_id="m1"),), "ISS-1"))


def screened_as(text: str) -> Message:
    """A message with NUL as it is read."""
    return replace(incoming(PLAIN).message, text=text.replace("\x00", "\u200b"))


async def test_half_a_surrogate_pair_in_a_text_is_kept_as_unreadable(screening: Screening, store: Store) -> None:
    """A cut emoji does not keep a message from being screened, edited, repeated, or handed on."""
    for number, text in enumerate((f"\ud83d {CONTACT} \ude00", f"{CONTACT} \ud83d", f"{CONTACT} \ud83d")):
        screened = await screening.screen(incoming(text, message_id="m1"))
        assert (screened.edition, screened.repeated) == (min(number, 1), number == 2)
        assert screened.decisions[0].count == 1
    assert [row["text"] for row in await rows(store, "messages")] == [f"\ufffd {CONTACT} \ufffd", f"{CONTACT} \ufffd"]


@pytest.mark.parametrize("sender", ["\x00crowd", "a\ud83d"])
async def test_a_senders_name_can_be_anything(screening: Screening, store: Store, sender: str) -> None:
    """Names that people give themselves cannot keep their messages from being screened."""
    sent = with_message(text=CONTACT, sender=sender)
    assert (await screening.screen(replace(sent, client="", advisor=""))).decisions[0].count == 1
    (flag, *_) = await rows(store, "conversation_flags")
    assert "\x00" not in flag["flagged_user"]


@pytest.mark.parametrize("injection", INJECTIONS)
async def test_sql_in_any_field_is_only_text(screening: Screening, store: Store, injection: str) -> None:
    """What looks like SQL or a template is kept as it came, and nothing else happens."""
    text = f"{CONTACT} {injection}"
    sent = Incoming(
        injection,
        Message(text, injection, message_id=injection),
        tenant=injection,
        channel=injection,
        client=injection,
        advisor=injection,
        sender_metadata=SenderMetadata(injection, 1.0, injection),
        idempotency_key=injection,
    )
    assert (await screening.screen(sent)).decisions[0].count == 1
    assert (await screening.screen(sent)).repeated
    assert (await screening.screen(incoming(CONTACT))).decisions[0].count == 1
    assert [row["text"] for row in await rows(store, "messages")] == [text, CONTACT]
    assert [row["id"] for row in await rows(store, "conversations")] == [injection, "ISS-1"]
    async with store.reading() as connection:
        assert (await connection.execute(sql("SELECT count(*) FROM pair_counters"))).scalar() == 2


async def test_what_is_refused_leaves_the_others_alone(screening: Screening, store: Store) -> None:
    """Of many messages at once those that cannot be kept are refused, each with its own error."""
    sent = [incoming(PLAIN, f"ISS-{number}" if number % 2 else f"ISS-{number}\x00") for number in range(20)]
    outcomes = await asyncio.gather(*map(screening.screen, sent), return_exceptions=True)
    assert [isinstance(one, InputError) for one in outcomes] == [number % 2 == 0 for number in range(20)]
    assert len(await rows(store, "messages")) == 10
