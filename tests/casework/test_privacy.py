"""Erasing and exporting people, and deleting by age, over every kind of store."""

from __future__ import annotations

from typing import Any

import pytest
from tests.casework.fakes import CONTACT, LURE, NOON, PLAIN, Clock, incoming, rows
from tests.casework.test_keep import everything

from lurewatch import Engine, Message
from lurewatch.casework import retention
from lurewatch.casework.archive import Archive
from lurewatch.casework.screening import Incoming, Screening
from lurewatch.casework.store import Store
from lurewatch.casework.subjects import Erased, Subjects
from lurewatch.engine.model import SenderMetadata
from lurewatch.errors import InputError

DAY = 86_400.0
MALLORY = "Mallory@example.org"
WORDS = "Here's my number: 604-555-1234, give me a call about the zeppelin"


def said(sender: str, text: str, message_id: str, conversation: str = "ISS-1", **more: Any) -> Incoming:
    """A message of anybody."""
    pair = {"client": sender, "advisor": "bo@example.org"}
    return Incoming(conversation, Message(text, sender, message_id=message_id), **(pair | more))


async def talk(screening: Screening, tenant: str = "default") -> None:
    """A conversation of two, and one of Mallory alone that is handed off."""
    for number, (sender, text) in enumerate([(MALLORY, WORDS), ("ann@example.org", PLAIN), (MALLORY, LURE[0])]):
        await screening.screen(said(sender, text, f"m{number}", tenant=tenant))
    for number, text in enumerate(LURE):
        await screening.screen(said(MALLORY, text, f"m{number}", "ISS-2", tenant=tenant, idempotency_key=f"k{number}"))


def traces(kept: str) -> list[str]:
    """What is still there of Mallory."""
    return [value for value in ("allory", "555-1234", "6045551234", "zeppelin", "warrant", "innocent") if value in kept]


async def test_nothing_is_left_of_an_erased_person(screening: Screening, store: Store) -> None:
    """No table has their id, texts or evidence, events that wait included; what others said and the scores stay."""
    await talk(screening)
    before = [(row["id"], row["scam_probability"]) for row in await rows(store, "verdicts")]
    assert {row["status"] for row in await rows(store, "outbox")} == {"pending"}
    erased = await Subjects(store).erase("default", MALLORY)
    assert (erased.conversations, erased.messages, erased.pairs) == (2, 5, 1)
    kept = await everything(store)
    assert traces(kept) == []
    assert PLAIN in kept
    assert [(row["id"], row["scam_probability"]) for row in await rows(store, "verdicts")] == before
    assert await rows(store, "idempotency_keys") == []
    again = await Subjects(store).erase("default", MALLORY)
    assert again == Erased(again.receipt)


async def test_erasing_stays_within_the_tenant(screening: Screening, store: Store) -> None:
    """The same person of another tenant is untouched, and is not exported either."""
    await talk(screening, tenant="other")
    kept = await everything(store)
    nothing = await Subjects(store).erase("default", MALLORY)
    assert nothing == Erased(nothing.receipt)
    assert (await Subjects(store).export("default", MALLORY)).items == ()
    assert await everything(store) == kept


async def test_a_conversation_goes_on_after_erasing(screening: Screening, store: Store) -> None:
    """What is said later is screened, stored and read back as ever."""
    await talk(screening)
    await Subjects(store).erase("default", MALLORY)
    screened = await screening.screen(said("ann@example.org", CONTACT, "m9"))
    assert screened.position == 3
    await screening.screen(said("ann@example.org", PLAIN + " Really.", "m1"))
    found = await Archive(store).conversation("default", "api", "ISS-1")
    assert found is not None
    assert [one.text for one in found.messages.items][:4] == [None, PLAIN, None, CONTACT]
    for row in await rows(store, "verdicts"):
        assert await Archive(store).verdict("default", row["id"]) is not None


async def test_a_person_known_as_user_id_alone(screening: Screening, store: Store) -> None:
    """Where only the sender metadata name them, all is theirs but what protected users and agents said."""
    about = SenderMetadata(user_id="u-77-xyz")
    for number, (role, text) in enumerate([("unknown", WORDS), ("agent", PLAIN), ("suspect", LURE[1])]):
        message = Message(text, role, role, message_id=f"m{number}")  # type: ignore[arg-type]
        await screening.screen(Incoming("ISS-3", message, sender_metadata=about))
    exported = await Subjects(store).export("default", "u-77-xyz")
    assert [one["text"] for one in exported.items if one["kind"] == "message"] == [WORDS, LURE[1]]
    erased = await Subjects(store).erase("default", "u-77-xyz")
    assert erased.messages == 2
    kept = await everything(store)
    assert [value for value in ("u-77-xyz", "555-1234", "innocent") if value in kept] == []
    assert PLAIN in kept


async def test_a_copy_of_everything_comes_page_by_page(screening: Screening, store: Store) -> None:
    """The pages of any size together hold every record once, of each kind."""
    await talk(screening)
    whole = (await Subjects(store).export("default", MALLORY, limit=200)).items
    assert {one["kind"] for one in whole} == {"message", "verdict", "flag", "pair", "alert"}
    assert [one["text"] for one in whole if one["kind"] == "message"] == [WORDS, LURE[0], *LURE]
    for limit in (1, 3):
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await Subjects(store).export("default", MALLORY, cursor=cursor, limit=limit)
            assert len(page.items) <= limit
            found += page.items
            cursor = page.cursor
        assert found == list(whole)


@pytest.mark.parametrize("cursor", ["x", "9.1", "1", "-1.2", "0.99999999999999999999"])
async def test_a_cursor_of_somebody_else(store: Store, cursor: str) -> None:
    """What is no cursor of ours is refused."""
    with pytest.raises(InputError, match="cursor"):
        await Subjects(store).export("default", "ann", cursor=cursor)


async def test_what_is_too_old_is_deleted(engine: Engine, store: Store, clock: Clock) -> None:
    """Old conversations go whole, those that go on lose what is old; what is younger, and what waits, stays."""
    screening = Screening(lambda: engine, store, clock=clock)
    await talk(screening)
    clock.now = NOON + 100 * DAY
    await screening.screen(said("ann@example.org", CONTACT, "m9"))
    before = NOON + 50 * DAY
    counted = await retention.count(store, before)
    told: list[int] = []
    deleted = await retention.purge(store, before, lambda done: told.append(sum(done.values())))
    assert (deleted["conversations"], deleted["texts"]) == (counted["conversations"], counted["texts"]) == (1, 3)
    assert told == sorted(told)
    assert told[-1] == sum(deleted.values())
    assert [row["text"] for row in await rows(store, "messages")] == [None, None, None, CONTACT]
    assert [row["position"] for row in await rows(store, "verdicts")] == [3]
    assert [row["created_at"] for row in await rows(store, "conversation_flags")] == [clock.now] * 2
    kept = [await rows(store, table) for table in ("conversations", "verdicts", "conversation_flags", "alerts")]
    assert [value for value in ("zeppelin", "warrant") if value in str(kept)] == []
    assert {row["status"] for row in await rows(store, "outbox")} == {"pending"}
    assert sum((await retention.purge(store, before)).values()) == 0
    assert sum((await retention.count(store, before)).values()) == 0


async def test_many_old_rows_go_in_batches(engine: Engine, store: Store, clock: Clock) -> None:
    """More conversations than one transaction takes are all deleted, and progress is told in between."""
    screening = Screening(lambda: engine, store, clock=clock)
    for number in range(45):
        await screening.screen(incoming(PLAIN, f"ISS-{number}"))
    told: list[int] = []
    deleted = await retention.purge(store, NOON + DAY, lambda done: told.append(done["conversations"]))
    assert deleted["conversations"] == 45
    assert told[:3] == [20, 40, 45]
    assert await rows(store, "messages") == []
