"""What people can send: kept, or refused with a pointer and advice before anything is written; the same everywhere."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text as sql
from tests.casework.fakes import CONTACT, NOON, PLAIN, incoming, rows

from lurewatch import Conversation, Engine, Message
from lurewatch.casework.archive import Archive
from lurewatch.casework.review import Review
from lurewatch.casework.screening import Incoming, Screening
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import metadata
from lurewatch.engine.model import SenderMetadata
from lurewatch.errors import InputError

WIDE = "\U0001d4b3"
"""A character of four bytes."""
IDS = ("conversation_id", "client", "advisor", "idempotency_key", "tenant", "channel")
UNKEEPABLE = ("a\x00b", "a\ud83db")
INJECTIONS = (
    "'; DROP TABLE messages; --",
    '" OR 1=1 --',
    "$1 %s :name {0} ${jndi:x} {{7*7}} \\x00 \\'",
    "Robert'); DELETE FROM pair_counters WHERE ('1'='1",
)


def with_message(**changes: Any) -> Incoming:
    sent = incoming(PLAIN)
    return replace(sent, message=replace(sent.message, **changes))


def refusals() -> Iterator[tuple[Incoming, str, bool]]:
    """What is refused: where, and whether it is over a limit."""
    for field in IDS:
        longest = 64 if field in {"tenant", "channel"} else 200
        yield replace(incoming(PLAIN), **{field: "x" * (longest + 1)}), f"/{field}", True
        for value in UNKEEPABLE:
            yield replace(incoming(PLAIN), **{field: value}), f"/{field}", False
    yield incoming(CONTACT, client="\u00df" * 150), "/client", True  # it grows when case is folded
    yield incoming(CONTACT, sender_type="x" * 99), "/sender_type", False
    for change, limit in (
        ({"message_id": "m" * 201}, True),
        *(({"message_id": value}, False) for value in UNKEEPABLE),
        ({"sender": "s" * 201}, True),
        ({"role": "victim"}, False),
        ({"role": "r" * 5000}, False),
        *(({"timestamp": value}, False) for value in (math.nan, math.inf, NOON * 1000, -1e18)),
    ):
        yield with_message(**change), f"/message/{next(iter(change))}", limit
    for change, limit in (
        ({"user_id": "u" * 201}, True),
        *(({"user_id": value}, False) for value in UNKEEPABLE),
        *(({"verification_status": value}, False) for value in UNKEEPABLE),
        *(({"account_age_days": value}, False) for value in (math.nan, -math.inf)),
    ):
        pointer = f"/sender_metadata/{next(iter(change))}"
        yield incoming(PLAIN, sender_metadata=SenderMetadata(**change)), pointer, limit


async def test_what_cannot_be_kept_is_refused(screening: Screening, store: Store) -> None:
    """Each is an error of its sender that points at it and says what to do, on every store, and nothing is written."""
    cases = list(refusals())
    outcomes = await asyncio.gather(*(screening.screen(sent) for sent, _, _ in cases), return_exceptions=True)
    assert [(one.pointer, one.limit) for one in outcomes if isinstance(one, InputError)] == [
        (pointer, limit) for _, pointer, limit in cases
    ]
    assert all(len(str(one)) > 40 for one in outcomes)
    for table in metadata.tables:
        assert not await rows(store, table), table


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


async def test_every_time_of_the_calendar_is_kept(screening: Screening, store: Store) -> None:
    """The first and the last second that can be kept, and what is between, come back as they were sent."""
    times = [-62_135_596_800, -0.5, 0.0, NOON + 0.25, 253_402_300_799, None]
    for time in times:
        await screening.screen(with_message(timestamp=time))
    assert [row["sent_at"] for row in await rows(store, "messages")] == times


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


async def test_what_cannot_be_kept_cannot_be_looked_for(screening: Screening, store: Store, review: Review) -> None:
    """Whoever asks for it is told that there is none, or what is wrong with the question; the store is not away."""
    alert = await screening.screen(incoming(CONTACT))
    archive = Archive(store)
    (row,) = await rows(store, "alerts")
    for value in UNKEEPABLE:
        for question in (
            archive.verdict("default", value),
            archive.verdict(value, alert.verdict_id),
            archive.conversation("default", "api", value),
            review.close("default", value, "benign"),
        ):
            assert await answered(question) in ("none", "refused")
        assert await answered(archive.alerts("default", filters={"type": value})) in ("Page", "refused")
        for said in ({"note": value}, {"reviewer": value}):
            assert await answered(review.close("default", row["id"], "benign", **said)) in ("Closed", "refused")


async def answered(question: Awaitable[object]) -> str:
    """What came of it."""
    try:
        found = await question
    except InputError:
        return "refused"
    return "none" if found is None else type(found).__name__
