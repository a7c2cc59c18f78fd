"""What erasing, ageing and keeping less do to what is drawn from conversations, over every kind of store."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from tests.casework.fakes import CONTACT, LURE, NOON, PLAIN, Clock, incoming, rows
from tests.casework.test_acts import DESK, ENFORCED
from tests.casework.test_indicators import HELLO, NUMBER, SPOKEN, historical

from lurewatch import Engine, Message
from lurewatch.casework import importing, retention
from lurewatch.casework.forgetting import Values
from lurewatch.casework.importing import FlagRow
from lurewatch.casework.indicators import digest
from lurewatch.casework.keep import Keep
from lurewatch.casework.origins import Origins
from lurewatch.casework.privacy import MASK, masked
from lurewatch.casework.review import Review
from lurewatch.casework.screening import Incoming, Screening, Terms
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import outbox, pair_counters
from lurewatch.casework.subjects import Subjects

DAY = 86_400.0
MALLORY = "Mallory@example.org"


def said(text: str, message_id: str = "", conversation: str = "ISS-1", **more: Any) -> Incoming:
    """A message of Mallory to Bo."""
    pair = {"client": MALLORY, "advisor": "bo@example.org"}
    return Incoming(conversation, Message(text, MALLORY, message_id=message_id), **(pair | more))


def acting(engine: Engine, store: Store, clock: Clock, keep: Keep = "full") -> Screening:
    """Screening whose decisions are acted on by the desk."""
    return Screening(lambda: engine, store, terms=Terms((ENFORCED,), (DESK,), keep=keep), clock=clock)


async def acts(store: Store) -> list[dict[str, Any]]:
    """What the acts in the outbox say."""
    return [row["payload"] for row in await rows(store, "outbox") if row["alert"]]


@pytest.mark.parametrize("status", ["pending", "delivered"])
async def test_acts_tell_nothing_of_an_erased_person(engine: Engine, store: Store, clock: Clock, status: str) -> None:
    """Delivered or not, an act keeps what is to be done and loses who said what; those about others lose the name."""
    screening = acting(engine, store, clock)
    await screening.screen(said(CONTACT, "m1"))
    answer = Message(CONTACT + ", or ask Bo", "bo@example.org", message_id="m2")
    await screening.screen(Incoming("ISS-1", answer, client=MALLORY, advisor="bo@example.org"))
    async with store.writing() as connection:
        await connection.execute(outbox.update().values(status=status))
    before = await acts(store)
    await Subjects(store).erase("default", MALLORY)
    after = await acts(store)
    assert "allory" in str(before)
    assert [one for one in ("allory", "555-1234") if one in str(after)] == []
    assert {one["sender"] for one in after} == {"", "bo@example.org"}
    assert {one["message_id"] for one in after} == {"", "m2"}
    assert [(one["alert"], one["text"]) for one in after] == [(one["alert"], one["text"]) for one in before]


async def test_two_are_erased_at_once(screening: Screening, store: Store) -> None:
    """Of a long conversation of two people nothing is left of either, though both are erased at the same time."""
    people = ("ann@example.org", "cara@example.org")
    numbers = ("604-555-12", "778-444-98")
    talk = [
        Incoming("G-1", Message(f"{LURE[at % 3]} Call {numbers[at % 2]}{at % 100:02}", people[at % 2]))
        for at in range(220)
    ]
    await asyncio.gather(*map(screening.screen, talk))
    await asyncio.gather(*(Subjects(store).erase("default", person) for person in people))
    kept = str([await rows(store, table) for table in ("conversations", "messages", "verdicts", "outbox", "alerts")])
    assert [value for value in (*people, *numbers, "60455512", "77844498") if value in kept] == []


async def test_a_case_is_no_way_to_an_erased_person(engine: Engine, store: Store, clock: Clock) -> None:
    """Their cases stay open under their own ids, other people's are as they were, and what comes later has another."""
    screening = Screening(lambda: engine, store, clock=clock)
    for number in range(2):
        await screening.screen(said(CONTACT, f"m{number}", f"ISS-{number}"))
    await screening.screen(said(CONTACT, "m", "ISS-7", advisor="eve@example.org"))
    await screening.screen(incoming(CONTACT, "ISS-9"))
    before = {row["id"]: row["actors"] for row in await rows(store, "cases")}
    await Subjects(store).erase("default", MALLORY)
    after = await rows(store, "cases")
    theirs = {row["id"] for row in after if row["actors"] == row["id"]}
    assert (len(theirs), {row["status"] for row in after}) == (2, {"open"})
    assert {row["id"]: row["actors"] for row in after if row["id"] not in theirs}.items() <= before.items()
    for alert in await rows(store, "alerts"):
        assert (alert["actors"] == "") is (alert["case_id"] in theirs)
        assert alert["keywords"] is not None
    await screening.screen(said(CONTACT, "m5"))
    assert len(await rows(store, "cases")) == len(after) + 1


@pytest.mark.parametrize(("role", "left"), [("unknown", 0), ("protected", 1)])
async def test_values_of_an_erased_person_are_known_no_more(
    screening: Screening, store: Store, role: Any, left: int
) -> None:
    """Where their messages were evidence what was used is forgotten; a victim takes nothing of others along."""
    await screening.screen(Incoming("scam", Message("My number is +1 604 555 0177", "victim", role=role)))
    for text in (*LURE, SPOKEN):
        await screening.screen(incoming(text, "scam"))
    assert await rows(store, "indicators")
    await Subjects(store).erase("default", "victim")
    assert len(await rows(store, "indicators")) == left
    await Subjects(store).erase("default", "ann@example.org")
    assert await rows(store, "indicators") == []
    assert historical(await screening.screen(incoming(HELLO, "later"))) == 0


FLAG = FlagRow("ISS-1", MALLORY, "client", MALLORY, "bo@example.org", "phone", "604-555-1234", 3, True, True, NOON)


async def test_imported_flags_are_erased(store: Store) -> None:
    """An imported flag loses its names and the hash of them, and counts for nobody afterwards."""
    await importing.take_over(store, "default", [FLAG])
    await importing.count(store, "default", NOON)
    await Subjects(store).erase("default", MALLORY)
    (kept,) = await rows(store, "conversation_flags")
    assert (kept["origin"], kept["client_email"], kept["flagged_user"], kept["flagged_text"]) == (None, "", "", "")
    await importing.count(store, "default", NOON)
    assert await rows(store, "pair_counters") == []


@pytest.mark.parametrize(
    ("keep", "left"), [("full", FLAG.flagged_text), ("masked", masked(FLAG.flagged_text)), ("hash", "")]
)
async def test_imported_texts_are_kept_as_others(engine: Engine, store: Store, keep: Keep, left: str) -> None:
    """What is kept of an imported text is what the setting says, and the row is still known when it comes again."""
    reduce = importing.reduced(lambda: engine, keep)
    await importing.take_over(store, "default", [FLAG], reduce=reduce)
    assert [row["flagged_text"] for row in await rows(store, "conversation_flags")] == [left]
    assert (await importing.take_over(store, "default", [FLAG], reduce=reduce)).imported == 0


async def test_erasing_and_exporting_are_in_the_audit_log(screening: Screening, store: Store) -> None:
    """Each has an entry that says who asked and how much there was, and names nobody but by the receipt."""
    await screening.screen(said(CONTACT, "m1"))
    subjects = Subjects(store)
    copy = await subjects.export("default", MALLORY, key="k1")
    erased = await subjects.erase("default", MALLORY, key="k1")
    log = {row["action"]: row for row in await rows(store, "audit_log")}
    exported, gone = log["subject_exported"], log["subject_erased"]
    assert (exported["subject"], exported["actor"]) == (copy.receipt, "k1")
    assert msgspec.json.decode(exported["detail"]) == {"records": len(copy.items)}
    assert (gone["subject"], gone["actor"]) == (erased.receipt, "k1")
    assert msgspec.json.decode(gone["detail"])["messages"] == erased.messages == 1
    assert "allory" not in str(log).lower()


async def test_a_long_conversation_is_erased_in_short_transactions(screening: Screening, store: Store) -> None:
    """Of hundreds of verdicts and events nothing is left, and whoever is interrupted finishes by asking again."""
    for number in range(130):
        await screening.screen(said(f"{CONTACT} number {number:03} of the zeppelins", f"m{number}"))
    cut = _Cut(store, after=3)
    with pytest.raises(ConnectionError):
        await Subjects(cut).erase("default", MALLORY)  # type: ignore[arg-type]
    assert "zeppelin" in str(await rows(store, "messages"))
    told: list[int] = []
    erased = await Subjects(store).erase("default", MALLORY, progress=told.append)
    assert (erased.messages, told) == (130, [1])
    tables = [await rows(store, table) for table in ("messages", "verdicts", "outbox", "conversations", "alerts")]
    assert [one for one in ("zeppelin", "allory", "555-1234") if one in str(tables)] == []


class _Cut:
    """A store that can be written to only so many times."""

    def __init__(self, store: Store, after: int) -> None:
        self._store = store
        self._left = after

    def reading(self) -> Any:
        return self._store.reading()

    def writing(self) -> Any:
        self._left -= 1
        if self._left < 0:
            raise ConnectionError
        return self._store.writing()

    async def changed(self, change: Any) -> Any:
        async with self.writing() as connection:
            return await change(connection)


async def test_what_stays_when_the_rest_is_old(engine: Engine, store: Store, clock: Clock, review: Review) -> None:
    """Closed cases, old indicators and unused packs go; the audit log and acts that wait stay."""
    screening = acting(engine, store, clock)
    await screening.screen(said(CONTACT, "m1"))
    await screening.screen(incoming(CONTACT, "ISS-2"))
    for text in (*LURE, SPOKEN):
        await screening.screen(incoming(text, "scam"))
    first = (await rows(store, "alerts"))[0]
    await review.close("default", first["id"], "true_positive")
    log = await rows(store, "audit_log")
    waiting = len(await acts(store))
    clock.now += 100 * DAY
    deleted = await retention.purge(store, clock.now - DAY, clock=clock)
    assert (deleted["cases"], deleted["origins"]) == (1, 3)
    assert first["case_id"] not in {row["id"] for row in await rows(store, "cases")}
    assert await rows(store, "indicators") == []
    assert len(await acts(store)) == waiting > 0
    *before, entry = await rows(store, "audit_log")
    assert before == log
    assert (entry["action"], entry["subject"] != "") == ("records_purged", True)
    assert msgspec.json.decode(entry["detail"])["conversations"] == 3
    await retention.purge(store, clock.now - DAY, clock=clock)
    assert len(await rows(store, "audit_log")) == len(log) + 1
    await screening.screen(said(PLAIN, "m9"))
    assert await Origins(store).pack(engine.versions.pack) is not None


@pytest.mark.parametrize("keep", ["masked", "hash"])
@pytest.mark.parametrize("later", ["full", "masked"])
async def test_known_values_without_being_kept(
    engine: Engine, store: Store, clock: Clock, keep: Keep, later: Keep
) -> None:
    """Only digests are stored; by them values are known whatever is kept later, and named as the message has them."""
    screening = acting(engine, store, clock, keep)
    for text in (*LURE, SPOKEN):
        await screening.screen(incoming(text, "scam"))
    stored = {(row["type"], row["value"]) for row in await rows(store, "indicators")}
    assert ("phone", digest("phone", NUMBER)) in stored
    assert all(value.startswith("sha256:") for _, value in stored)
    after = await acting(engine, store, clock, later).screen(incoming(HELLO, "later"))
    assert historical(after) > 0.5
    assert "604" in str([one.value for one in after.verdict.indicators])
    assert MASK not in str(after.verdict.reasoning)


async def test_values_kept_before_are_known_when_less_is_kept(engine: Engine, store: Store, clock: Clock) -> None:
    """What was stored in the clear is found by who stores digests."""
    for text in (*LURE, SPOKEN):
        await acting(engine, store, clock).screen(incoming(text, "scam"))
    assert historical(await acting(engine, store, clock, "hash").screen(incoming(HELLO, "later"))) > 0.5


async def test_what_is_masked_is_no_indicator(engine: Engine, store: Store, clock: Clock) -> None:
    """A value of which only the mask is left when the scam is confirmed is not stored, nor is its digest."""
    screening = acting(engine, store, clock, "masked")
    for text in (SPOKEN, *LURE):
        await screening.screen(incoming(text, "scam"))
    assert {row["type"] for row in await rows(store, "indicators")} <= {"domain"}


def test_values_are_masked_wherever_they_stand() -> None:
    """Values that overlap or lie in one another are masked whole; short ones, and what is no value, stay."""
    values = Values(["call 604", "6045551234", "5551", "abc", "zeppelin", "w" * 2000])
    assert values.masked_in("call 6045551234 abc") == f"{masked('call 6045551234')} abc"
    assert values.masked_in("two zeppelins") == f"two {MASK * 8}s"
    assert values.masked_in("w" * 2000) == MASK * 2000
    assert Values().masked_in("whatever") == "whatever"


async def test_whose_address_might_be_shared_is_erased(screening: Screening, store: Store) -> None:
    """What was allowed in a message of a person names them no more."""
    await screening.screen(said(CONTACT, allowed=(MALLORY,)))
    await Subjects(store).erase("default", MALLORY)
    (verdict,) = await rows(store, "verdicts")
    assert "allory" not in str(verdict["memory"])
    assert len(verdict["memory"]["allowed"]) == 1


async def test_whose_address_might_be_shared_is_masked(engine: Engine, store: Store, clock: Clock) -> None:
    """Where personal values are not kept, those that might be shared are not either."""
    screening = Screening(lambda: engine, store, terms=Terms(keep="masked"), clock=clock)
    await screening.screen(said(CONTACT, allowed=("carol@example.org", "+1 604 555 0000")))
    (verdict,) = await rows(store, "verdicts")
    assert [one.strip("\u2588 ") for one in verdict["memory"]["allowed"]] == ["", ""]


async def test_an_edit_counts_from_nothing_where_the_counter_is_gone(
    engine: Engine, store: Store, clock: Clock
) -> None:
    """An incident whose counter was deleted is the first when it is edited: a pair never has fewer than none."""
    screening = Screening(lambda: engine, store, clock=clock)
    await screening.screen(said(CONTACT, "m1"))
    async with store.writing() as connection:
        await connection.execute(pair_counters.delete())
    edited = await screening.screen(said(CONTACT + " now", "m1"))
    assert [one.count for one in edited.decisions if one.policy == "off_platform"] == [1]
    assert [row["incidents"] for row in await rows(store, "pair_counters")] == [1]
