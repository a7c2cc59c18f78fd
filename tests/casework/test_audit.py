# ruff: noqa: S608 - whoever tampers with the log writes SQL
"""What the audit log promises: everything is in it, nothing about persons is, and no change goes unseen."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import text
from tests.casework.fakes import BRAND_FRAUD, CONTACT, LURE, NOON, PLAIN, Clock, incoming, rows
from tests.casework.postgresql import PostgreSQL

from lurewatch.casework.access import Access
from lurewatch.casework.audit import Audit, Break
from lurewatch.casework.review import DISPOSITIONS, Review
from lurewatch.casework.screening import Screening
from lurewatch.casework.sealing import MOST_SEALED, Sealer
from lurewatch.casework.store import Store, journal
from lurewatch.errors import InputError, StoreError


async def put(store: Store, count: int, prefix: str = "v") -> None:
    """So many entries."""
    acts = [journal.Act("decided", "t", f"{prefix}{n}", NOON + n, detail={"number": n}) for n in range(count)]
    async with store.writing() as connection:
        await journal.add(connection, *acts)


async def change(store: Store, *statements: str) -> None:
    """What somebody who may write the database does to it."""
    async with store.writing() as connection:
        for statement in statements:
            await connection.execute(text(statement))


@pytest.fixture
async def sealed(store: Store, clock: Clock) -> Audit:
    """A log of three batches with the entries 1 to 4, 5 to 8 and 9 to 12, and one that is not sealed."""
    for _ in range(3):
        await put(store, 4)
        assert await Sealer(store, clock).seal() == 4
        clock.now += 1 / 3
    await put(store, 1)
    return Audit(store)


async def test_what_is_decided_is_told_once(screening: Screening, store: Store) -> None:
    """Each stored decision is one entry about its alert, by the system; plain and repeated messages bring none."""
    for number, one in enumerate((PLAIN, CONTACT, CONTACT, *LURE)):
        await screening.screen(incoming(one, message_id="m" if one == CONTACT else f"m{number}"))
    for _ in range(2):
        await screening.screen(incoming(BRAND_FRAUD, "ISS-2"))
    alerts = await rows(store, "alerts")
    entries = await rows(store, "audit_log")
    assert [(one["subject"], one["tenant"], one["actor"]) for one in entries] == [
        (alert["id"], alert["tenant"], "system") for alert in alerts
    ]
    names = ("verdict", "policy", "action", "suppressed")
    for alert, entry in zip(alerts, entries, strict=True):
        detail = json.loads(entry["detail"])
        assert {name: detail[name] for name in names} == {name: alert[name] for name in names}
        assert (entry["action"] == "handed_off") == (alert["action"] == "hand_off")
        assert (entry["action"] == "decided") == (alert["suppressed"] or alert["action"] in ("none", "log"))
    assert {one["action"] for one in entries} == {"alert_raised", "handed_off", "decided"}


async def test_what_people_do_is_told(screening: Screening, review: Review, store: Store, clock: Clock) -> None:
    """A closed alert, and each key that is made, rotated or revoked, is an entry that names who did it."""
    await screening.screen(incoming(CONTACT))
    alert = (await rows(store, "alerts"))[0]["id"]
    await review.close("default", alert, "benign", reviewer="Cy Doe", note="call 604-555-9999", key="k1")
    access = Access(store, clock=clock)
    old, _ = await access.create("Ann", ["review"])
    new, _ = await access.rotate(old.id, overlap=60)
    await access.revoke(new.id)
    found, _ = await Audit(store).latest()
    assert [(one["actor"], one["action"], one["subject"]) for one in reversed(found)] == [
        ("system", "alert_raised", alert),
        ("k1", "alert_closed", alert),
        ("system", "key_created", old.id),
        ("system", "key_created", new.id),
        ("system", "key_rotated", old.id),
        ("system", "key_revoked", new.id),
    ]
    assert found[-2]["detail"] | {"verdict": ""} == {"verdict": "", "disposition": "benign", "incidents_changed": -1}
    assert found[1]["detail"] == {"followed_by": new.id, "expires_at": NOON + 60}


async def test_what_did_not_happen_is_not_told(review: Review, store: Store) -> None:
    """Where a transaction fails, its entry is not kept either; what cannot be done is no entry."""
    await review.close("default", "none-such", "benign")
    with pytest.raises(InputError):
        await Access(store).revoke("none-such")

    async def fail() -> None:
        async with store.writing() as connection:
            await journal.add(connection, journal.Act("subject_exported", "t", "x", NOON))
            raise RuntimeError("the act fails")

    with pytest.raises(RuntimeError):
        await fail()
    assert await rows(store, "audit_log") == []


async def test_no_person_is_in_it(screening: Screening, review: Review, store: Store, clock: Clock) -> None:
    """An entry holds ids that were given here, words of fixed lists and numbers: nothing of texts, senders or names."""
    for number, one in enumerate((CONTACT, *LURE, "My mail is kim.fox@example.net, pay at http://pay-pal.example/x")):
        await screening.screen(incoming(one, "ISS-77-KimFox", f"MSG-{number}", idempotency_key=f"KEY-{number}"))
    alert = (await rows(store, "alerts"))[0]["id"]
    await review.close("default", alert, "true_positive", reviewer="Cy Doe", note="Kim Fox called")
    key, _ = await Access(store, clock=clock).create("Dora Poe", ["review"])
    entries = await rows(store, "audit_log")
    alerts, verdicts = await rows(store, "alerts"), await rows(store, "verdicts")
    ids = {key.id, *(one["id"] for one in (*alerts, *verdicts))}
    words = {"default", "system", "review", *DISPOSITIONS, *get_args(journal.Action)}
    words |= {one[name] for one in alerts for name in ("policy", "action", "type")}
    assert len(entries) == len(alerts) + 2
    for entry in entries:
        told = [entry[name] for name in ("tenant", "actor", "action", "subject")]
        detail = json.loads(entry["detail"])
        for value in (*told, *detail.values(), *detail.get("scopes", ())):
            assert value is None or isinstance(value, (int, float, list)) or value in ids | words


async def test_a_whole_log_is_whole(sealed: Audit) -> None:
    """What nobody touched is whole, and what is not sealed yet is counted; the same log is told the same way."""
    report = await sealed.verify()
    assert (report.batches, report.entries, report.unsealed, report.broken) == (3, 12, 1, None)
    assert re.fullmatch(r"3:[0-9a-f]{64}", report.head)
    assert await sealed.verify(report.head) == report


async def test_an_empty_log_is_whole(store: Store) -> None:
    """With nothing written there is nothing to seal, and no head."""
    audit = Audit(store)
    assert await Sealer(store).seal() == 0
    report = await audit.verify()
    assert (report.batches, report.entries, report.unsealed, report.head, report.broken) == (0, 0, 0, "", None)


ENTRY_COLUMNS = "tenant, actor, action, subject, detail, created_at, batch"
COPY = f"INSERT INTO audit_log (seq, {ENTRY_COLUMNS}) SELECT {{}}, {ENTRY_COLUMNS} FROM audit_log WHERE seq = 6"


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        *(
            ([f"UPDATE audit_log SET {column} = '2020-01-01 00:00:00' WHERE seq = 6"], Break(2, 6, "changed"))
            for column in ("tenant", "actor", "action", "subject", "detail", "created_at")
        ),
        (["DELETE FROM audit_log WHERE seq = 6"], Break(2, 6, "removed")),
        (["DELETE FROM audit_log WHERE seq = 8"], Break(2, 8, "removed")),
        (["DELETE FROM audit_log WHERE seq = 12"], Break(3, 12, "removed")),
        (["DELETE FROM audit_log"], Break(1, 1, "removed")),
        (["UPDATE audit_log SET batch = NULL WHERE seq = 6"], Break(2, 6, "removed")),
        (["UPDATE audit_log SET batch = 3 WHERE seq = 6"], Break(2, 6, "removed")),
        (["UPDATE audit_log SET batch = 2 WHERE seq = 3"], Break(1, 3, "removed")),
        (["UPDATE audit_log SET batch = 2 WHERE seq = 13"], Break(2, 13, "inserted")),
        (["UPDATE audit_log SET batch = 3 WHERE seq = 13"], Break(3, 13, "inserted")),
        (["UPDATE audit_log SET batch = 0 WHERE seq = 13"], Break(0, 13, "inserted")),
        (["UPDATE audit_log SET batch = 4 WHERE seq = 13"], Break(4, None, "removed")),
        ([COPY.format(0)], Break(2, 0, "inserted")),
        (
            [f"UPDATE audit_log SET seq = {new} WHERE seq = {old}" for old, new in ((6, 99), (7, 6), (99, 7))],
            Break(2, 6, "reordered"),
        ),
        (["UPDATE audit_batches SET digests = (SELECT digests FROM audit_batches WHERE number = 1) WHERE number = 2"],
         Break(2, None, "changed")),
        (["UPDATE audit_batches SET sealed_at = '2020-01-01 00:00:00' WHERE number = 2"], Break(2, None, "changed")),
        ([f"UPDATE audit_batches SET hash = '{'a' * 64}' WHERE number = 2"], Break(2, None, "changed")),
        (["DELETE FROM audit_batches WHERE number = 1"], Break(1, None, "removed")),
        (["DELETE FROM audit_batches WHERE number = 2"], Break(2, None, "removed")),
        (["DELETE FROM audit_batches WHERE number = 3"], Break(3, None, "removed")),
        (["DELETE FROM audit_batches"], Break(1, None, "removed")),
        (
            [f"UPDATE {table} SET {column} = {new} WHERE {column} = {old}"
             for old, new in ((2, 99), (3, 2), (99, 3))
             for table, column in (("audit_batches", "number"), ("audit_log", "batch"))],
            Break(2, None, "reordered"),
        ),
    ],
)  # fmt: skip
async def test_tampering_is_found(sealed: Audit, store: Store, statements: Sequence[str], broken: Break) -> None:
    """Whatever is changed, removed, inserted or reordered, the first batch and entry where it shows are named."""
    await change(store, *statements)
    report = await sealed.verify()
    assert report.broken == broken
    assert report.batches == max(broken.batch - 1, 0)
    assert report.entries == 4 * report.batches


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_log SET created_at = 'noon' WHERE seq = 6", Break(2, 6, "changed")),
        ("UPDATE audit_log SET created_at = 'noon' WHERE seq = 5", Break(2, None, "changed")),
        ("UPDATE audit_log SET tenant = x'00' WHERE seq = 6", Break(2, 6, "changed")),
        ("UPDATE audit_batches SET digests = 'none' WHERE number = 2", Break(2, None, "changed")),
        ("UPDATE audit_batches SET sealed_at = 'noon' WHERE number = 1", Break(1, None, "changed")),
        ("UPDATE audit_log SET batch = 'two' WHERE seq = 6", Break(1, None, "changed")),
    ],
)
async def test_nonsense_is_found(tmp_path: Path, clock: Clock, statement: str, broken: Break) -> None:
    """SQLite takes words for times and numbers; a log with such is broken, and is not listed."""
    async with await Store.open(f"sqlite:///{tmp_path / 'kept.db'}") as store:
        for _ in range(3):
            await put(store, 4)
            await Sealer(store, clock).seal()
        await change(store, statement)
        assert (await Audit(store).verify()).broken == broken


async def test_an_entry_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Where an entry is nothing that was ever written, the list says who can say more."""
    async with await Store.open(f"sqlite:///{tmp_path / 'kept.db'}") as store:
        await put(store, 2)
        await change(store, "UPDATE audit_log SET detail = 'none' WHERE seq = 1")
        with pytest.raises(StoreError, match="audit verify"):
            await Audit(store).latest()


async def forge(store: Store) -> None:
    """Change entry 6 and seal its batch anew, in its old place."""
    moved = ("audit_batches SET number = {}3 WHERE number = {}3", "audit_log SET batch = {}3 WHERE batch = {}3")
    away, back = [[f"UPDATE {one.format(*signs)}" for one in moved] for signs in (("-", ""), ("", "-"))]
    forged = "UPDATE audit_log SET action = 'forged' WHERE seq = 6"
    again = ("DELETE FROM audit_batches WHERE number = 2", "UPDATE audit_log SET batch = NULL WHERE batch = 2")
    await change(store, *away, forged, *again, "DELETE FROM audit_log WHERE seq = 13")
    assert await Sealer(store).seal() == 4
    await change(store, *back)


async def test_a_forged_batch_breaks_the_chain(sealed: Audit, store: Store) -> None:
    """Who forges a batch with its hash is found by the hash that the next one was sealed with."""
    await forge(store)
    report = await sealed.verify()
    assert report.broken == Break(2, None, "changed")
    assert (report.batches, report.entries) == (1, 4)


async def test_a_kept_head_finds_what_the_chain_cannot(sealed: Audit, store: Store) -> None:
    """An end that was cut off or forged whole looks whole; a head that was noted elsewhere is missed."""
    head = (await sealed.verify()).head
    await change(store, "DELETE FROM audit_batches WHERE number = 3", "DELETE FROM audit_log WHERE seq > 8")
    assert (await sealed.verify()).broken is None
    assert (await sealed.verify(head)).broken == Break(3, None, "removed")
    await put(store, 4, "forged")
    await Sealer(store).seal()
    assert (await sealed.verify()).broken is None
    assert (await sealed.verify(head)).broken == Break(3, None, "changed")


@pytest.mark.parametrize("head", ["3", "0:" + "a" * 64, "3:" + "A" * 64, "3:abc", "x:" + "a" * 64])
async def test_a_head_that_is_none_is_refused(sealed: Audit, head: str) -> None:
    """Whatever no verification could have told is not looked for."""
    with pytest.raises(InputError, match="NUMBER:HASH"):
        await sealed.verify(head)


async def test_many_sealers_seal_each_entry_once(database: str, store: Store) -> None:
    """Several sealers at once, each on its own connections, while entries are written: each entry is in one batch."""
    others = [await Store.open(database) for _ in range(3)]
    left = 30

    async def write() -> None:
        nonlocal left
        for number in range(left):
            await put(store, 3, f"{number}-")
            left -= 1

    async def seal(on: Store) -> int:
        count = 0
        while left:
            count += await Sealer(on).seal()
        return count + await Sealer(on).seal()

    counts = await asyncio.gather(write(), *map(seal, others))
    assert sum(count for count in counts if count) == 90
    report = await Audit(store).verify()
    assert (report.entries, report.unsealed, report.broken) == (90, 0, None)
    for one in others:
        await one.close()


async def test_what_is_committed_late_is_sealed_later(postgresql: PostgreSQL) -> None:
    """An entry whose transaction ends after one with a higher number was sealed is in the next batch."""
    async with await Store.open(postgresql.url(await postgresql.new_database())) as store:
        sealer = Sealer(store)
        async with store.writing() as connection:
            await journal.add(connection, journal.Act("decided", "t", "early", NOON))
            await put(store, 2, "late")
            assert await sealer.seal() == 2
        assert await sealer.seal() == 1
        found = [(row["subject"], row["batch"]) for row in await rows(store, "audit_log")]
        assert found == [("early", 2), ("late0", 1), ("late1", 1)]
        report = await Audit(store).verify()
        assert (report.batches, report.entries, report.unsealed, report.broken) == (2, 3, 0, None)


async def test_all_that_waits_is_sealed_in_batches_of_a_bound(store: Store) -> None:
    """A sealer that is told to stop seals everything first, however much there is; the walk tells how far it is."""
    for number in range(25):
        await put(store, 1, f"{number}-")
        await Sealer(store).seal()
    await put(store, 2 * MOST_SEALED + 1)
    sealer = Sealer(store)
    sealer.stop()
    await sealer.run()
    told: list[tuple[int, int]] = []
    report = await Audit(store).verify(told=lambda done, of: told.append((done, of)))
    assert (report.batches, report.entries, report.unsealed) == (28, 25 + 2 * MOST_SEALED + 1, 0)
    assert report.broken is None
    assert told == [(number, 28) for number in range(1, 29)]


class Away(Store):
    """A store that cannot be used the first times that it is written."""

    away = 0

    def writing(self):
        if self.away:
            self.away -= 1
            raise StoreError("the store is away", unreachable=True)
        return super().writing()


async def test_a_store_that_is_away_is_waited_for(store: Store, database: str) -> None:
    """The sealer says once that the store is away, goes on when it is back, and stops when it is told to."""
    await put(store, 3)
    failures: list[StoreError] = []
    async with await Away.open(database) as away:
        away.away = 3
        sealer = Sealer(away, every=0.001, failed=failures.append)
        async with asyncio.timeout(30):
            running = asyncio.create_task(sealer.run())
            while (await Audit(store).verify()).unsealed:
                await asyncio.sleep(0.001)
            await put(store, 2)
            sealer.stop()
            await running
    assert [str(one) for one in failures] == ["the store is away"]
    report = await Audit(store).verify()
    assert (report.entries, report.unsealed) == (5, 0)


@pytest.mark.parametrize(
    ("equal", "found"),
    [
        ({"tenant": "b"}, ["4", "2"]),
        ({"actor": "k1"}, ["4", "3"]),
        ({"action": "subject_erased", "tenant": "b"}, ["2"]),
        ({"subject": "3"}, ["3"]),
        ({"subject": "3' OR '1' = '1"}, []),
    ],
)
async def test_entries_are_narrowed(store: Store, equal: dict[str, str], found: list[str]) -> None:
    """Only what is equal in all that is asked is listed."""
    async with store.writing() as connection:
        await journal.add(
            connection,
            journal.Act("subject_exported", "a", "1", NOON),
            journal.Act("subject_erased", "b", "2", NOON),
            journal.Act("subject_erased", "a", "3", NOON, "k1"),
            journal.Act("subject_exported", "b", "4", NOON, "k1"),
        )
    assert [one["subject"] for one in (await Audit(store).latest(equal))[0]] == found


async def test_entries_come_in_pages_the_newest_first(sealed: Audit) -> None:
    """A page says before which entry the next begins; the last one does not."""
    first, cursor = await sealed.latest(limit=8)
    assert [one["seq"] for one in first] == list(range(13, 5, -1))
    assert cursor == 6
    rest, end = await sealed.latest(before=cursor, limit=8)
    assert [one["seq"] for one in rest] == list(range(5, 0, -1))
    assert end is None
