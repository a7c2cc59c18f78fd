"""What screening promises, over every kind of store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, update
from tests.casework.fakes import BRAND_FRAUD, CONTACT, LURE, NOON, PLAIN, Clock, Fragile, incoming, rows

from lurewatch import Conversation, Engine, Verdict
from lurewatch.casework.review import Review
from lurewatch.casework.screening import Incoming, Screening
from lurewatch.casework.screening.resuming import MOST_EVIDENCE
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import conversations, messages
from lurewatch.errors import ConflictError, InputError

THREAD = ("Good morning, is this Mrs Hill?", *LURE)


async def test_the_verdict_is_that_of_the_whole_conversation(
    screening: Screening, store: Store, engine: Engine
) -> None:
    """Message by message, what is answered and what is stored is what the engine says of all of it at once."""
    for number in range(len(THREAD)):
        sent = incoming(THREAD[number], message_id=f"m{number}")
        screened = await screening.screen(sent)
        said = tuple(incoming(text, message_id=f"m{at}").message for at, text in enumerate(THREAD[: number + 1]))
        whole = engine.assess(Conversation(said, sent.conversation_id))
        assert screened.verdict == whole
        assert (screened.position, screened.edition, screened.recorded, screened.repeated) == (number, 0, True, False)
        stored = (await rows(store, "verdicts"))[-1]
        assert stored["id"] == screened.verdict_id
        assert msgspec.convert(stored["verdict"], Verdict) == whole
    (conversation,) = await rows(store, "conversations")
    assert conversation["message_count"] == len(THREAD)
    assert (conversation["risk_level"], conversation["scam_type"]) == (whole.risk_level, whole.scam_type)
    assert [row["text"] for row in await rows(store, "messages")] == list(THREAD)


async def test_a_hundred_incidents_at_once_count_one_to_a_hundred(screening: Screening, store: Store) -> None:
    """Parallel incidents of one pair are each counted once, whatever conversation they are in."""
    sent = [incoming(CONTACT, conversation=f"ISS-{number % 20}") for number in range(100)]
    screened = await asyncio.gather(*map(screening.screen, sent))
    assert sorted(one.decisions[0].count for one in screened) == list(range(1, 101))
    (counter,) = await rows(store, "pair_counters")
    assert counter["incidents"] == 100


async def test_two_services_count_together(engine: Engine, database: str, clock: Clock) -> None:
    """Two screenings on two stores of one database count the incidents of a pair as one would."""
    async with await Store.open(database) as left, await Store.open(database) as right:
        services = [Screening(lambda: engine, store, clock=clock) for store in (left, right)]
        sent = [incoming(CONTACT, conversation=f"ISS-{number % 15}") for number in range(100)]
        screened = await asyncio.gather(*(services[number % 2].screen(one) for number, one in enumerate(sent)))
        assert sorted(one.decisions[0].count for one in screened) == list(range(1, 101))
        assert [row["incidents"] for row in await rows(left, "pair_counters")] == [100]
        positions = [(row["conversation"], row["position"]) for row in await rows(left, "messages")]
        assert len(set(positions)) == 100


async def test_a_pair_is_the_same_in_any_case(screening: Screening, store: Store) -> None:
    """Addresses that differ in case are one pair; other people, or another tenant, are another."""
    await screening.screen(incoming(CONTACT))
    again = await screening.screen(incoming(CONTACT, client="ANN@Example.org ", advisor="Bo@example.org"))
    other = await screening.screen(incoming(CONTACT, advisor="cy@example.org"))
    abroad = await screening.screen(incoming(CONTACT, tenant="other"))
    assert [one.decisions[0].count for one in (again, other, abroad)] == [2, 1, 1]


async def test_without_a_pair_each_conversation_counts_for_itself(screening: Screening) -> None:
    """Conversations with long ids that begin alike do not share a count."""
    for last in "ab":
        sent = incoming(CONTACT, conversation="x" * 199 + last, channel="c" * 64, client="", advisor="")
        assert (await screening.screen(sent)).decisions[0].count == 1


async def test_a_repeated_message_is_answered_as_before(screening: Screening, store: Store) -> None:
    """The same id with the same text gives the same verdict and decisions, and nothing is recorded again."""
    first = await screening.screen(incoming(CONTACT, message_id="m1"))
    await screening.screen(incoming(PLAIN, message_id="m2"))
    before = [len(await rows(store, table)) for table in ("messages", "verdicts", "alerts", "outbox")]
    again = await screening.screen(incoming(CONTACT, message_id="m1"))
    assert again == replace(first, repeated=True)
    assert [len(await rows(store, table)) for table in ("messages", "verdicts", "alerts", "outbox")] == before
    elsewhere = await screening.screen(incoming(CONTACT, "ISS-2", message_id="m1"))
    assert not elsewhere.repeated


async def test_a_repeated_key_is_answered_as_before(screening: Screening, store: Store) -> None:
    """The same Idempotency-Key with the same message is screened once, also when it comes many times at once."""
    sent = incoming(CONTACT, idempotency_key="k1")
    screened = await asyncio.gather(*(screening.screen(sent) for _ in range(5)))
    assert {one.verdict_id for one in screened} == {screened[0].verdict_id}
    assert sorted(one.repeated for one in screened) == [False, True, True, True, True]
    assert len(await rows(store, "verdicts")) == 1


async def test_a_key_that_came_to_two_services_is_screened_once(engine: Engine, database: str) -> None:
    """Two services that get the same key at the same time record one message."""
    async with await Store.open(database) as left, await Store.open(database) as right:
        services = [Screening(lambda: engine, store) for store in (left, right)]
        sent = [incoming(PLAIN, f"ISS-{at}", idempotency_key=f"k{at}") for at in range(20)]
        screened = await asyncio.gather(*(one.screen(each) for each in sent for one in services))
        assert len({one.verdict_id for one in screened}) == 20
        assert len(await rows(left, "verdicts")) == 20


@pytest.mark.parametrize(
    "other",
    [incoming(PLAIN), incoming(CONTACT, "ISS-2"), incoming(CONTACT, advisor="cy@example.org")],
    ids=["another text", "another conversation", "another pair"],
)
async def test_a_key_with_something_else_is_a_conflict(screening: Screening, store: Store, other: Incoming) -> None:
    """A key stands for one request of its tenant; nothing of another that comes with it is recorded."""
    await screening.screen(incoming(CONTACT, idempotency_key="k1"))
    with pytest.raises(ConflictError, match="Send a new key"):
        await screening.screen(replace(other, idempotency_key="k1"))
    assert len(await rows(store, "conversations")) == 1
    assert not (await screening.screen(replace(other, idempotency_key="k1", tenant="other"))).repeated


async def test_a_key_of_a_repeated_message_stands_for_it(screening: Screening) -> None:
    """A key that came with a known message is taken from then on."""
    await screening.screen(incoming(CONTACT, message_id="m1"))
    assert (await screening.screen(incoming(CONTACT, message_id="m1", idempotency_key="k2"))).repeated
    with pytest.raises(ConflictError):
        await screening.screen(incoming(PLAIN, message_id="m2", idempotency_key="k2"))


async def test_a_key_whose_verdict_was_erased_is_a_conflict(screening: Screening, store: Store) -> None:
    """The sender is told to take a new key, and the others of the group are answered."""
    sent = incoming(CONTACT, idempotency_key="k1")
    await screening.screen(sent)
    async with store.writing() as connection:
        await connection.execute(delete(conversations))
    outcomes = await asyncio.gather(
        screening.screen(sent), screening.screen(incoming(PLAIN, "ISS-2")), return_exceptions=True
    )
    assert isinstance(outcomes[0], ConflictError)
    assert "erased" in str(outcomes[0])
    assert not isinstance(outcomes[1], BaseException)


async def test_an_edited_message_is_read_in_its_place(screening: Screening, engine: Engine, store: Store) -> None:
    """An edit is screened again: the conversation is read anew with the other text, and both texts are kept."""
    for number, text in enumerate(("Good morning, is this Mrs Hill?", PLAIN, "Until tomorrow.")):
        await screening.screen(incoming(text, message_id=f"m{number}"))
    edited = await screening.screen(incoming(LURE[1], message_id="m1"))
    said = ("Good morning, is this Mrs Hill?", LURE[1], "Until tomorrow.")
    whole = Conversation(tuple(incoming(text, message_id=f"m{at}").message for at, text in enumerate(said)), "ISS-1")
    assert edited.verdict == engine.assess(whole)
    assert (edited.position, edited.edition, edited.repeated) == (1, 1, False)
    texts = [(row["position"], row["edition"], row["text"]) for row in await rows(store, "messages")]
    assert texts[1:] == [(1, 0, PLAIN), (2, 0, "Until tomorrow."), (1, 1, LURE[1])]
    after = await screening.screen(incoming(PLAIN, message_id="m3"))
    assert after.verdict.message_count == 4


async def test_an_edited_message_is_one_incident(screening: Screening, store: Store) -> None:
    """However often it is edited, a message counts once for its pair, and its first incident counts when it comes."""
    counts = []
    for number, text in enumerate((CONTACT, CONTACT + " today", PLAIN, CONTACT + " tomorrow")):
        screened = await screening.screen(incoming(text, message_id="m1"))
        counts.append([one.count for one in screened.decisions if one.policy == "off_platform"])
        assert screened.edition == number
    assert counts == [[1], [1], [], [1]]
    await screening.screen(incoming(PLAIN, message_id="m2"))
    assert (await screening.screen(incoming(CONTACT, message_id="m2"))).decisions[0].count == 2
    assert [row["incidents"] for row in await rows(store, "pair_counters")] == [2]


async def test_an_edit_of_what_was_found_honest_is_an_incident(
    screening: Screening, store: Store, review: Review
) -> None:
    """A false positive gives its incident back; the edit of that message is a new one, and can be given back too."""
    for number in range(2):
        edited = await screening.screen(incoming(f"{CONTACT} {number}", message_id="m1"))
        assert edited.decisions[0].count == 1
        closed = await review.close("default", (await rows(store, "alerts"))[-1]["id"], "false_positive")
        assert closed is not None
        assert closed.incidents_changed == -1
        assert [row["incidents"] for row in await rows(store, "pair_counters")] == [0]


async def test_an_edit_is_one_incident_where_texts_are_gone(screening: Screening, store: Store) -> None:
    """Without the other texts an edit is read as one more message, which still counts no second incident."""
    await screening.screen(incoming(PLAIN, message_id="m0"))
    await screening.screen(incoming(CONTACT, message_id="m1"))
    async with store.writing() as connection:
        await connection.execute(update(messages).values(text=None))
    for number in range(3):
        edited = await screening.screen(incoming(f"{CONTACT} {number}", message_id="m1"))
        assert (edited.position, edited.decisions[0].count) == (number + 2, 1)
    again = await screening.screen(incoming(f"{CONTACT} 2", message_id="m1"))
    assert (again.position, again.repeated) == (4, True)


async def test_an_edit_of_another_pair_counts_for_that_pair(screening: Screening, store: Store) -> None:
    """What was counted for one pair is not taken from another."""
    await screening.screen(incoming(CONTACT, message_id="m1"))
    edited = await screening.screen(incoming(CONTACT + "!", message_id="m1", advisor="cy@example.org"))
    assert edited.decisions[0].count == 1
    assert [row["incidents"] for row in await rows(store, "pair_counters")] == [1, 1]


async def test_a_cool_down_holds_in_a_new_process_and_ends(engine: Engine, database: str, clock: Clock) -> None:
    """Within five minutes a second alert of a type is stored and held back, also by a service that started since."""
    suppressed = []
    for seconds in (0, 299, 300, 599, 601):
        clock.now = NOON + seconds
        async with await Store.open(database) as store:
            screened = await Screening(lambda: engine, store, clock=clock).screen(incoming(BRAND_FRAUD, channel="tg"))
            suppressed.append(screened.decisions[0].suppressed)
            alerts = await rows(store, "alerts")
    assert suppressed == [False, True, False, True, False]
    assert [row["suppressed"] for row in alerts] == suppressed
    assert {(row["type"], row["score"], tuple(row["keywords"])) for row in alerts} == {
        ("high_risk_fraud", 0.6, ("paypal", "verify"))
    }


async def test_another_group_has_its_own_cool_down(screening: Screening) -> None:
    """An alert in one group holds back none in another, nor one of another type."""
    await screening.screen(incoming(BRAND_FRAUD, "group-1"))
    assert not (await screening.screen(incoming(BRAND_FRAUD, "group-2"))).decisions[0].suppressed
    mention = await screening.screen(incoming("I paid with my Visa yesterday", "group-1"))
    assert [(one.type, one.suppressed) for one in mention.decisions] == [("brand_mention_info", False)]


async def test_a_conversation_is_handed_off_once(screening: Screening, store: Store) -> None:
    """The event comes once, with everything that was said so far in order, and never again."""
    for number, text in enumerate(THREAD):
        await screening.screen(incoming(text, message_id=f"m{number}"))
    await screening.screen(incoming(LURE[0] + " Now!", message_id="m1"))
    handed = [row for row in await rows(store, "outbox") if row["kind"] == "SCAM_CONFIRMED"]
    assert len(handed) == 1
    payload = handed[0]["payload"]
    assert payload["conversation_id"] == "ISS-1"
    assert payload["recommended_action"] == "honeypot_engagement"
    said = payload["metadata"]["conversation"]
    assert [one["content"] for one in said] == list(THREAD[: len(said)])
    assert said[0] == {"message_id": "m0", "sender": "ann@example.org", "role": "unknown", "content": THREAD[0]}
    (conversation,) = await rows(store, "conversations")
    assert conversation["handed_off_at"] == NOON


async def test_an_edit_that_confirms_hands_off_what_came_after_it(screening: Screening, store: Store) -> None:
    """The event has every message once, as last edited, in the order of the conversation."""
    for number, text in enumerate((THREAD[0], PLAIN, "Until tomorrow.")):
        await screening.screen(incoming(text, message_id=f"m{number}"))
    await screening.screen(incoming(LURE[1], message_id="m1"))
    (handed,) = [row for row in await rows(store, "outbox") if row["kind"] == "SCAM_CONFIRMED"]
    said = [one["content"] for one in handed["payload"]["metadata"]["conversation"]]
    assert said == [THREAD[0], LURE[1], "Until tomorrow."]


async def test_every_screened_message_is_announced_in_order(screening: Screening, store: Store) -> None:
    """The outbox has a result for each message of a conversation in the order they were screened."""
    sent = [incoming(PLAIN, f"ISS-{number % 3}", message_id=f"m{number}") for number in range(30)]
    screened = await asyncio.gather(*map(screening.screen, sent))
    events = await rows(store, "outbox")
    assert len(events) == 30
    for group in range(3):
        told = [row["payload"] for row in events if row["subject"] == f"ISS-{group}"]
        assert [one["verdict_id"] for one in told] == [one.verdict_id for one in screened[group::3]]
        assert [one["metadata"]["message_count"] for one in told] == list(range(1, 11))
    assert {(row["kind"], row["status"], row["attempts"], row["next_at"]) for row in events} == {
        ("SCAM_DETECTION_RESULT", "pending", 0, NOON)
    }


async def test_flags_are_recorded_one_a_row(screening: Screening, store: Store) -> None:
    """``conversation_flags`` has the columns of the contract; each flag of an incident carries the pair's count."""
    await screening.screen(incoming(CONTACT))
    await screening.screen(incoming("Call me on 604-555-9876", sender_type="advisor"))
    flags = await rows(store, "conversation_flags")
    published = {
        "issue_reference": "ISS-1",
        "flagged_user": "ann@example.org",
        "user_type": "client",
        "client_email": "ann@example.org",
        "advisor_email": "bo@example.org",
        "flagged_pattern": "phone_number",
        "flagged_text": "604-555-1234",
        "flag_count_for_pair": 1,
        "warning_sent": False,
        "admin_alerted": False,
        "created_at": NOON,
    }
    assert published.items() <= flags[1].items()
    assert [row["flagged_pattern"] for row in flags[:2]] == ["bypass_language", "phone_number"]
    assert {(row["user_type"], row["flag_count_for_pair"]) for row in flags} == {("client", 1), ("advisor", 2)}


async def test_what_is_kept_of_a_flagged_text_is_bounded(screening: Screening, store: Store) -> None:
    """At most 200 characters of a match are kept."""
    await screening.screen(incoming(f"my email is {'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.com"))
    assert all(len(row["flagged_text"]) <= 200 for row in await rows(store, "conversation_flags"))


async def test_one_bad_message_fails_alone(screening: Screening, store: Store, engine: Engine) -> None:
    """In a group of many the message over the engine's limit is refused, and all others are recorded."""
    sent = [incoming(PLAIN, f"ISS-{number}") for number in range(10)]
    sent.insert(5, incoming("x" * (engine.config.most_characters + 1), "ISS-bad"))
    outcomes = await asyncio.gather(*map(screening.screen, sent), return_exceptions=True)
    (refused,) = [one for one in outcomes if isinstance(one, BaseException)]
    assert refused is outcomes[5]
    assert isinstance(refused, InputError)
    assert (refused.pointer, refused.limit) == ("/message/text", True)
    assert len(await rows(store, "conversations")) == 10


async def test_a_message_that_breaks_the_engine_fails_alone(engine: Engine, store: Store) -> None:
    """Whatever one message makes the engine raise, the others of its group are recorded, and nothing of it is."""
    fragile: Any = Fragile(engine, "break")
    screening = Screening(lambda: fragile, store)
    sent = [incoming(text, f"ISS-{text}") for text in ("one", "break", "two")]
    outcomes = await asyncio.gather(*map(screening.screen, sent), return_exceptions=True)
    assert [type(one).__name__ for one in outcomes] == ["Screened", "RuntimeError", "Screened"]
    assert [row["id"] for row in await rows(store, "conversations")] == ["ISS-one", "ISS-two"]


async def test_a_message_of_a_long_conversation_names_the_newest_evidence(screening: Screening, store: Store) -> None:
    """What is kept for the next message does not grow with the conversation, and each verdict has its own evidence."""
    sizes = []
    for number in range(60):
        found = await screening.screen(incoming(f"Call me at 604-555-{1000 + number}", message_id=str(number)))
        assert found.verdict.message_count == number + 1
        assert any(flag.message_index == number for flag in found.verdict.flags)
        (conversation,) = await rows(store, "conversations")
        sizes.append(len(conversation["state"]["flags"]))
    assert max(sizes) <= MOST_EVIDENCE + 5
    assert len(found.verdict.flags) < 60
    assert await rows(store, "conversation_flags")


async def test_a_hand_off_fits_a_bus(screening: Screening, store: Store) -> None:
    """The event of a confirmed scam has the newest messages, says how many it left out, and stays small."""
    for number in range(12):
        await screening.screen(incoming("filler " * 2_500, message_id=f"f-{number}"))
    for number, text in enumerate(LURE):
        await screening.screen(incoming(text, message_id=f"l-{number}"))
    (event,) = (row["payload"] for row in await rows(store, "outbox") if row["kind"] == "SCAM_CONFIRMED")
    told = event["metadata"]["conversation"]
    assert told[-1]["content"] in LURE
    assert sum(len(one["content"]) for one in told) <= 100_000
    assert len(told) + event["metadata"]["left_out"] == event["metadata"]["message_count"]
    assert event["metadata"]["left_out"] > 0
