"""What must be true of the books however often everything broke. Each promise gives what breaks it, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import orjson
from tests.durability.books import Books, Consumed, Row
from tests.durability.clients import Witness
from tests.durability.talks import INCIDENTS, incidents, recorded_as

COOLDOWN = 600.0
"""Seconds by default until the next alert of a type in a conversation (spec: brand monitor)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken promise: which, and what to look for."""

    promise: str
    found: str


def faults(witness: Witness, books: Books) -> list[Fault]:
    """Everything that is wrong."""
    return [Fault(name, found) for name, promise in PROMISES.items() for found in promise(witness, books)]


def _no_strange_answer(witness: Witness, _: Books) -> Iterator[str]:
    yield from witness.strange


def _acknowledged_is_recorded(witness: Witness, books: Books) -> Iterator[str]:
    verdicts = {row["id"]: row for row in books.rows["verdicts"]}
    conversations = {row["seq"]: row["id"] for row in books.rows["conversations"]}
    messages = _by_place(books.rows["messages"])
    for told in witness.acknowledged:
        name = f"{told.talk.conversation} {told.turn.message_id or told.turn.key}, verdict {told.verdict_id}"
        verdict = verdicts.get(told.verdict_id)
        if verdict is None:
            yield f"{name}: there is no such verdict"
            continue
        place = (verdict["conversation"], verdict["position"], verdict["edition"])
        if (conversations[place[0]], *place[1:]) != (told.talk.conversation, told.position, told.edition):
            yield f"{name}: the verdict is on {conversations[place[0]]} {place[1:]}"
        said = messages.get(place)
        if said is None or (said["message_id"], said["text"]) != (told.turn.message_id, told.turn.text):
            yield f"{name}: the message is not in the place of its verdict"


def _recorded_once_and_in_order(witness: Witness, books: Books) -> Iterator[str]:
    names = {row["seq"]: row for row in books.rows["conversations"]}
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in books.rows["messages"]:
        said[names[row["conversation"]]["id"]].append((row["message_id"], row["text"]))
    counts = {row["id"]: row["message_count"] for row in names.values()}
    acknowledged = {told.talk.conversation for told in witness.acknowledged}
    for talk in witness.talks:
        wanted, found = recorded_as(talk), said[talk.conversation]
        if not found and talk.conversation not in acknowledged and not talk.turns[0].may_be_repeated:
            continue  # its fate was not told: it is recorded once, or not at all
        if found != wanted:
            yield f"{talk.conversation}: was told {wanted} and recorded {found}"
        elif counts[talk.conversation] != len({name or place for place, (name, _) in enumerate(wanted)}):
            yield f"{talk.conversation}: has {counts[talk.conversation]} messages by its own count"
    for strange in counts.keys() - {talk.conversation for talk in witness.talks}:
        yield f"{strange}: nobody has said anything there"


def _every_message_has_one_verdict(_: Witness, books: Books) -> Iterator[str]:
    verdicts = Counter(map(_place, books.rows["verdicts"]))
    messages = Counter(map(_place, books.rows["messages"]))
    for place in verdicts.keys() | messages.keys():
        if (messages[place], verdicts[place]) != (1, 1):
            yield f"conversation {place}: {messages[place]} messages, {verdicts[place]} verdicts"


def _one_key_one_verdict(witness: Witness, _: Books) -> Iterator[str]:
    told: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one in witness.acknowledged:
        if one.turn.may_be_repeated:
            told[one.talk.conversation, one.turn.message_id + one.turn.key, one.turn.text].add(one.verdict_id)
    edited = _texts_that_come_again(witness)
    for name, verdicts in told.items():
        if len(verdicts) > 1 and name[:2] not in edited:
            yield f"{name}: was answered with the verdicts {sorted(verdicts)}"


def _texts_that_come_again(witness: Witness) -> set[tuple[str, str]]:
    """Messages that were edited back to an earlier text: the same words get another verdict then."""
    said = Counter((talk.conversation, turn.message_id, turn.text) for talk in witness.talks for turn in talk.turns)
    return {(name, message) for (name, message, _), times in said.items() if times > 1}


def _every_verdict_has_its_event(_: Witness, books: Books) -> Iterator[str]:
    told = Counter(
        orjson.loads(row["payload"])["verdict_id"]
        for row in books.rows["outbox"]
        if row["kind"] == "SCAM_DETECTION_RESULT"
    )
    verdicts = {row["id"] for row in books.rows["verdicts"]}
    for name in verdicts | told.keys():
        if (name in verdicts, told[name]) != (True, 1):
            yield f"verdict {name}: {'is there' if name in verdicts else 'is not there'}, {told[name]} events"


def _every_hand_off_has_its_event(witness: Witness, books: Books) -> Iterator[str]:
    told = Counter(row["subject"] for row in books.rows["outbox"] if row["kind"] == "SCAM_CONFIRMED")
    for row in books.rows["conversations"]:
        if told[row["id"]] != (row["handed_off_at"] is not None):
            yield f"{row['id']}: handed off at {row['handed_off_at']}, {told[row['id']]} events"
    lures = {talk.conversation for talk in witness.talks if talk.conversation.startswith("lure-")}
    yield from (f"{name}: a scam, and not handed off" for name in sorted(lures - told.keys()))


def _everything_is_delivered(_: Witness, books: Books) -> Iterator[str]:
    arrived = {event.id for event in books.events}
    for row in books.rows["outbox"]:
        if row["status"] != "delivered":
            tries = f"{row['attempts']} tries, {row['last_error']}"
            yield f"event {row['id']} of {row['subject']}: {row['status']}, {tries}"
        elif row["id"] not in arrived:
            yield f"event {row['id']} of {row['subject']}: is said to be delivered and did not arrive"
    for name in arrived - {row["id"] for row in books.rows["outbox"]}:
        yield f"event {name}: arrived and is not in the outbox"


def _comes_again_as_it_was(_: Witness, books: Books) -> Iterator[str]:
    bodies: dict[str, bytes] = {}
    contents: dict[bytes, str] = {}
    for event in books.events:
        if bodies.setdefault(event.id, event.body) != event.body:
            yield f"event {event.id}: arrived again with another content"
        if contents.setdefault(_content(event), event.id) != event.id:
            yield f"event {event.id}: arrived before as {contents[_content(event)]}"


def _content(event: Consumed) -> bytes:
    """What an event says, without its id."""
    said = orjson.loads(event.body)
    return orjson.dumps((said["type"], said["subject"], said["data"]))


def _delivered_in_order(_: Witness, books: Books) -> Iterator[str]:
    written: dict[str, list[str]] = defaultdict(list)
    for row in books.rows["outbox"]:
        written[row["ordered_by"]].append(row["id"])
    first: dict[str, dict[str, None]] = defaultdict(dict)
    for event in books.events:
        first[event.order][event.id] = None
    for order, ids in written.items():
        if list(first[order]) != ids:
            yield f"{order}: was written as {ids} and arrived as {list(first[order])}"


def _pairs_are_counted_exactly(witness: Witness, books: Books) -> Iterator[str]:
    counted = {(row["client_email"], row["advisor_email"]): row["incidents"] for row in books.rows["pair_counters"]}
    new: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in books.rows["alerts"]:
        if row["incidents"]:
            new[row["client_email"], row["advisor_email"]].append(row["count"])
    recorded = {row["id"] for row in books.rows["conversations"]}
    wanted = incidents([talk for talk in witness.talks if talk.conversation in recorded])
    for pair in sorted(counted.keys() | new.keys() | wanted.keys()):
        if wanted.get(pair, 0) != counted.get(pair, 0):
            yield f"{pair}: has {wanted.get(pair, 0)} incidents and counts {counted.get(pair, 0)}"
        if sorted(new[pair]) != list(range(1, counted.get(pair, 0) + 1)):
            yield f"{pair}: counts {counted.get(pair, 0)}, its incidents are numbered {sorted(new[pair])}"


def _flags_have_the_count_of_their_incident(_: Witness, books: Books) -> Iterator[str]:
    counts = {row["id"]: row["count"] for row in books.rows["alerts"] if row["policy"] == "off_platform"}
    flagged: dict[str, set[int]] = defaultdict(set)
    for row in books.rows["conversation_flags"]:
        flagged[row["alert"]].add(row["flag_count_for_pair"])
    for name in counts.keys() | flagged.keys():
        if flagged[name] != {counts.get(name)}:
            yield f"alert {name}: counts {counts.get(name)}, its flags {sorted(flagged[name])}"


def _incidents_are_alerts(_: Witness, books: Books) -> Iterator[str]:
    places = {row["id"]: _place(row) for row in books.rows["verdicts"]}
    flagged = Counter(places.get(row["verdict"]) for row in books.rows["alerts"] if row["policy"] == "off_platform")
    for row in books.rows["messages"]:
        if flagged[_place(row)] != (row["text"] in INCIDENTS):
            yield f"conversation {_place(row)}: {flagged[_place(row)]} alerts of {row['text']!r}"


def _cool_downs_hold(_: Witness, books: Books) -> Iterator[str]:
    last: dict[tuple[str, str], float] = {}
    for row in books.rows["alerts"]:
        if row["policy"] != "brand_watch" or row["suppressed"] or row["type"] == "":
            continue
        key = (row["conversation"], row["type"])
        if key in last and row["created_at"] - last[key] < COOLDOWN:
            yield f"conversation {key}: alerted again after {row['created_at'] - last[key]:g} seconds"
        last[key] = row["created_at"]


def _place(row: Row) -> tuple[int, int, int]:
    return row["conversation"], row["position"], row["edition"]


def _by_place(rows: list[Row]) -> dict[tuple[int, int, int], Row]:
    return {_place(row): row for row in rows}


PROMISES: dict[str, Callable[[Witness, Books], Iterator[str]]] = {
    "every answer is 200 or 503": _no_strange_answer,
    "what was acknowledged has the verdict it was answered with": _acknowledged_is_recorded,
    "every message is recorded once, and in order": _recorded_once_and_in_order,
    "every message has one verdict": _every_message_has_one_verdict,
    "the same message is answered with the same verdict": _one_key_one_verdict,
    "every verdict has its event": _every_verdict_has_its_event,
    "every hand-off has its event": _every_hand_off_has_its_event,
    "every event is delivered": _everything_is_delivered,
    "an event that comes again is the same": _comes_again_as_it_was,
    "events of a conversation arrive in order": _delivered_in_order,
    "incidents of pairs are counted exactly": _pairs_are_counted_exactly,
    "flags have the count of their incident": _flags_have_the_count_of_their_incident,
    "every incident has one alert, nothing else has": _incidents_are_alerts,
    "cool-downs hold": _cool_downs_hold,
}
