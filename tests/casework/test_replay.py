"""What replaying promises: a stored verdict comes out of what is kept, bit for bit, or it is said why it does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, update
from tests.casework.fakes import CONTACT, LURE, PLAIN, Clock, Workshop, incoming, rows
from typer.testing import CliRunner, Result
from zstandard import FRAME_HEADER

from lurewatch import Engine
from lurewatch.casework.replay import Replay
from lurewatch.casework.screening import ConversationKey, Screening
from lurewatch.casework.screening.resuming import EARLIER
from lurewatch.casework.store import Store
from lurewatch.casework.store.origins import packs
from lurewatch.casework.store.schema import conversations, messages, verdicts
from lurewatch.engine.model import Knowledge, KnownIndicator, SenderMetadata
from lurewatch.engine.packs.pack import content_hash
from lurewatch.entrypoints.cli import app
from lurewatch.errors import InputError, ReplayError

KNOWN = Knowledge(indicators=(KnownIndicator("phone", "+16045551234", "a confirmed scam", 0.8),))


async def test_every_verdict_comes_out_the_same(screening: Screening, store: Store, workshop: Workshop) -> None:
    """Verdicts in the middle of a conversation, of messages edited later, and of edits, are all what they were."""
    sender = SenderMetadata("u-1", 2.0, "unverified")
    sent = [incoming(text, message_id=f"m{at}", sender_metadata=sender) for at, text in enumerate((CONTACT, *LURE))]
    sent.append(incoming(f"{CONTACT} or 604-555-9876", message_id="m0"))
    sent.append(replace(incoming(PLAIN, message_id="m9"), knowledge=KNOWN))
    sent.append(incoming("Take 604-555-0000 instead", message_id="m9"))
    given = [await screening.screen(one) for one in sent]
    replay = Replay(store, workshop)
    for one in given:
        done = await replay.replay("default", one.verdict_id)
        assert (done.differences, done.notes, done.same) == ((), (), True)
    assert [one.edition for one in given] == [0, 0, 0, 0, 1, 0, 1]
    assert len(workshop.asked) == 1


async def test_the_pack_that_made_it_is_used(
    engine: Engine, other: Engine, store: Store, clock: Clock, workshop: Workshop
) -> None:
    """When the pack changed in the middle of a conversation each verdict is replayed by its own, kept once each."""
    before, after = Screening(lambda: engine, store, clock=clock), Screening(lambda: other, store, clock=clock)
    texts = [CONTACT, PLAIN, *LURE]
    given = [await (before if at < 2 else after).screen(incoming(text)) for at, text in enumerate(texts)]
    assert "phone_number" in {flag.rule for flag in given[1].verdict.flags}
    assert "phone_number" not in {flag.rule for flag in given[2].verdict.flags}
    replay = Replay(store, workshop)
    for one in given:
        assert (await replay.replay("default", one.verdict_id)).same
    assert len(await rows_of(store, packs)) == 2
    assert len({row["layers"][0] for row in await rows_of(store, packs)}) == 1


async def rows_of(store: Store, table: Any) -> list[Any]:
    async with store.reading() as connection:
        return list((await connection.execute(table.select())).mappings())


async def test_what_made_verdicts_is_kept_once(screening: Screening, store: Store, engine: Engine) -> None:
    """However many messages come, the pack is kept once, under the name that verdicts give it, with all its files."""
    for _ in range(3):
        await screening.screen(incoming(PLAIN))
    (pack,) = await rows_of(store, packs)
    assert pack["name"] == engine.versions.pack
    assert pack["layers"] == [content_hash(layer) for layer in engine.pack.layers]
    assert len(await rows_of(store, packs)) == 1


async def test_what_differs_is_named(screening: Screening, store: Store, workshop: Workshop) -> None:
    """A stored verdict that was tampered with comes out otherwise, and each value that does is named."""
    given = await screening.screen(incoming(CONTACT))
    (row,) = await rows(store, "verdicts")
    forged = {**row["verdict"], "scam_probability": 1.5}
    async with store.writing() as connection:
        await connection.execute(update(verdicts).values(verdict=msgspec.json.encode(forged)))
    done = await Replay(store, workshop).replay("default", given.verdict_id)
    (one,) = done.differences
    assert (one.pointer, one.stored, one.replayed) == (
        "/verdict/scam_probability",
        1.5,
        given.verdict.scam_probability,
    )


async def test_another_configuration_is_kept_too(
    engine_with: Callable[..., Engine], store: Store, workshop: Workshop
) -> None:
    """The configuration that made a verdict is used again, whatever is set now."""
    low = engine_with(scam_threshold=0.5)
    given = await Screening(lambda: low, store).screen(incoming(CONTACT))
    done = await Replay(store, workshop).replay("default", given.verdict_id)
    assert (done.same, done.stored.config) == (True, low.versions.config)


@pytest.mark.parametrize(
    ("values", "said"),
    [({"text": None}, "only its hash is"), ({"text": "Here's my number: ***"}, "it is masked")],
    ids=["hash", "masked"],
)
async def test_a_text_that_is_not_kept(
    screening: Screening, store: Store, workshop: Workshop, values: dict[str, Any], said: str
) -> None:
    """Where a text is gone or masked, it is said which, and nothing is made up."""
    await screening.screen(incoming(CONTACT))
    given = await screening.screen(incoming(PLAIN))
    async with store.writing() as connection:
        await connection.execute(update(messages).where(messages.c.position == 0).values(values))
    with pytest.raises(ReplayError, match=rf"message 0 .*{said}"):
        await Replay(store, workshop).replay("default", given.verdict_id)


async def test_what_follows_a_secret_cannot_be_replayed(screening: Screening, store: Store, workshop: Workshop) -> None:
    """What came before a secret is replayed; from it on it is said that its message is masked."""
    texts = (CONTACT, "Your OTP is 482913", PLAIN)
    before, *after = [await screening.screen(incoming(text)) for text in texts]
    replay = Replay(store, workshop)
    assert (await replay.replay("default", before.verdict_id)).same
    for one in after:
        with pytest.raises(ReplayError, match=r"message 1 .*masked, as secrets always are"):
            await replay.replay("default", one.verdict_id)


async def test_a_message_that_was_purged(screening: Screening, store: Store, workshop: Workshop) -> None:
    """Where a message is gone, it is said that it is."""
    given = [await screening.screen(incoming(PLAIN)) for _ in range(2)]
    async with store.writing() as connection:
        await connection.execute(delete(messages).where(messages.c.position == 0))
    with pytest.raises(ReplayError, match=r"message 0 .*not kept any more"):
        await Replay(store, workshop).replay("default", given[1].verdict_id)


async def test_a_pack_that_is_not_kept(other: Engine, store: Store, workshop: Workshop, engine: Engine) -> None:
    """Without the pack that made it, and with another in use, a verdict is not replayed; both are named."""
    given = await Screening(lambda: other, store).screen(incoming(CONTACT))
    async with store.writing() as connection:
        await connection.execute(delete(packs))
    with pytest.raises(ReplayError, match=rf"{other.versions.pack}.*not kept.*{engine.versions.pack}"):
        await Replay(store, workshop).replay("default", given.verdict_id)


async def test_a_verdict_of_somebody_else(screening: Screening, store: Store, workshop: Workshop) -> None:
    """A verdict is not found under another tenant."""
    given = await screening.screen(incoming(CONTACT))
    with pytest.raises(InputError, match="no verdict of the tenant other"):
        await Replay(store, workshop).replay("other", given.verdict_id)


# ---------------------------------------------------------------- a state that is of no use any more

BROKEN = [
    b"",
    b"{}",
    FRAME_HEADER + b"broken off",
    FRAME_HEADER + b"\xe0" + bytes(6) + b"\x40\0",  # says that it is of more bytes than there are anywhere
    b'{"sender_metadata": {"user_id": "u-1"}, "dossiers": 5}',
    b"[",
    b'{"message_count": 1}',
]


@pytest.mark.parametrize("state", BROKEN)
async def test_a_broken_state_is_read_anew(
    screening: Screening, store: Store, workshop: Workshop, engine: Engine, state: bytes
) -> None:
    """A conversation whose state is none any more is read from its texts, as if nothing had happened; and replays."""
    for text in LURE[:2]:
        await screening.screen(incoming(text))
    async with store.writing() as connection:
        await connection.execute(update(conversations).values(state=state))
    given = await screening.screen(incoming(LURE[2]))
    whole = engine.start("ISS-1")
    for text in LURE:
        whole, _ = engine.observe(whole, incoming(text).message)
    found = replace(given.verdict, id="ISS-1")
    assert (given.position, found.scam_probability) == (2, engine.judge(whole).scam_probability)
    assert found.flags == engine.judge(whole).flags
    assert (await Replay(store, workshop).replay("default", given.verdict_id)).same
    assert (await screening.screen(incoming(PLAIN))).position == 3


async def test_a_broken_state_without_texts(screening: Screening, store: Store) -> None:
    """Where texts are gone the conversation goes on from what there is, at the right place, and says so."""
    for text in (*LURE, CONTACT):
        await screening.screen(incoming(text))
    async with store.writing() as connection:
        await connection.execute(update(conversations).values(state=b"{}"))
        await connection.execute(update(messages).where(messages.c.position < 3).values(text=None))
    given = await screening.screen(incoming(PLAIN))
    assert (given.position, given.verdict.message_count) == (4, 5)
    assert {flag.message_index for flag in given.verdict.flags} == {3}
    assert EARLIER in given.verdict.incomplete
    again = await screening.screen(incoming(PLAIN))
    assert (again.position, again.verdict.incomplete) == (5, (EARLIER,))


async def test_a_pack_without_a_rule_reads_on_where_texts_are_gone(
    engine: Engine, other: Engine, store: Store, clock: Clock
) -> None:
    """A state with evidence of a rule that the pack of now lacks is read on, without that rule."""
    await Screening(lambda: engine, store, clock=clock).screen(incoming(CONTACT))
    async with store.writing() as connection:
        await connection.execute(update(messages).values(text=None))
    given = await Screening(lambda: other, store, clock=clock).screen(incoming(PLAIN))
    assert (given.position, given.verdict.versions) == (1, other.versions)
    assert not any("phone_number" in name for name in given.verdict.contributions)


async def test_too_many_messages_to_read_anew(
    engine_with: Callable[..., Engine], store: Store, clock: Clock, workshop: Workshop
) -> None:
    """Of a conversation over the limit with a broken state the newest are read, and that replays, too."""
    few = engine_with(most_messages=2)
    screening = Screening(lambda: few, store, clock=clock)
    for text in (*LURE, CONTACT):
        await screening.screen(incoming(text))
    async with store.writing() as connection:
        await connection.execute(update(conversations).values(state=b"{}"))
    given = await screening.screen(incoming(PLAIN))
    assert (given.position, given.verdict.incomplete) == (4, (EARLIER,))
    assert {flag.message_index for flag in given.verdict.flags} <= {2, 3}
    assert (await Replay(store, workshop).replay("default", given.verdict_id)).same


# ---------------------------------------------------------------- the command


async def told(database: str, *arguments: str) -> Result:
    """What the command says, beside the loop of the test."""
    environment = {"LUREWATCH_STORE": database, "DATABASE_URL": ""}
    run = CliRunner().invoke
    return await asyncio.to_thread(run, app, ["replay", *arguments], env=environment, prog_name="lurewatch")


async def test_the_command(screening: Screening, store: Store, database: str) -> None:
    """The command builds the engine of the files that were kept: 0 the same, 1 another, 2 what cannot be replayed."""
    given = await screening.screen(incoming(CONTACT))
    assert ((same := await told(database, given.verdict_id)).exit_code, same.stdout) == (
        0,
        f"{given.verdict_id}: the same\n",
    )
    async with store.writing() as connection:
        await connection.execute(update(verdicts).values(decisions=b"[]"))
    differs = await told(database, given.verdict_id, "--json")
    assert (differs.exit_code, json.loads(differs.stdout)["outcome"]) == (1, "different")
    async with store.writing() as connection:
        await connection.execute(update(messages).values(text=None))
    gone = await told(database, given.verdict_id, "--json")
    assert (gone.exit_code, json.loads(gone.stdout)["outcome"]) == (2, "impossible")
    assert (await told(database, "no-such-id")).exit_code == 2


async def test_what_was_said_before_a_move_comes_out_the_same(
    screening: Screening, store: Store, workshop: Workshop
) -> None:
    """A verdict names the conversation as it was called then, whatever it is called now."""
    before = ConversationKey("default", "api", "ISS-1")
    given = [await screening.screen(incoming(CONTACT))]
    await screening.move(before, before._replace(id="ISS-2"))
    given.append(await screening.screen(incoming(PLAIN, "ISS-2")))
    for one in given:
        assert (await Replay(store, workshop).replay("default", one.verdict_id)).differences == ()
