"""Large groups: everybody answers for their own words, and a message costs the same however many there are."""

from __future__ import annotations

import pytest
from tests.casework.fakes import LURE, Clock, Workshop, rows

from lurewatch import Conversation, Engine, Message
from lurewatch.casework.replay import Replay
from lurewatch.casework.screening import Incoming, Screened, Screening, Terms
from lurewatch.casework.screening.members import AT_HAND
from lurewatch.casework.store import Store
from lurewatch.casework.subjects import Subjects

GROUP = 20


def talk(members: int = GROUP, rounds: int = 3) -> list[Message]:
    """A group in which one member lures in three steps, far from each other."""
    said = []
    for turn in range(rounds):
        for number in range(members):
            text = LURE[turn] if number == 5 else f"Did anybody see the match number {turn * members + number} on TV?"
            said.append(Message(text, f"member {number}", message_id=f"{turn}-{number}"))
    return said


def sent(message: Message) -> Incoming:
    """A message of the group."""
    return Incoming("group", message)


async def screened(screening: Screening, said: list[Message]) -> list[Screened]:
    """All of it, message by message."""
    return [await screening.screen(sent(message)) for message in said]


async def test_nobody_is_forgotten_in_a_group(engine: Engine, screening: Screening) -> None:
    """Message by message the verdict is that on the whole, also where the lure waits for its turn among many others."""
    said = talk()
    for number, one in enumerate(await screened(screening, said)):
        whole = engine.assess(Conversation(tuple(said[: number + 1]), "group"))
        assert one.verdict.scam_probability == pytest.approx(whole.scam_probability, abs=0.01), said[number]
    assert one.verdict.scam_probability > 80


async def test_in_a_group_of_hundreds_newcomers_are_not_taken_for_one(screening: Screening) -> None:
    """What many people say once does not add up as if one person had said it all."""
    words = "verify", "urgent", "click here", "claim", "account", "offer", "prize", "limited"
    said = [
        Message(
            f"I read about {words[number % len(words)]} and {words[number % 7]} today, part {number}", f"m {number}"
        )
        for number in range(200)
    ]
    alone = max(
        [(await screening.screen(Incoming(f"alone {m.sender}", m))).verdict.scam_probability for m in said[:56]]
    )
    group = await screened(screening, said)
    assert group[-1].verdict.scam_probability <= alone + 15


async def test_what_a_message_carries_does_not_grow_with_the_group(screening: Screening, store: Store) -> None:
    """Of hundreds of members the state has few; each of the others waits in a row of its own, once."""
    await screened(screening, talk(members=100, rounds=2))
    (conversation,) = await rows(store, "conversations")
    assert len(conversation["state"]["dossiers"]) == AT_HAND
    assert "member 5" in conversation["state"]["dossiers"]  # leads, and spoke long ago
    away = await rows(store, "dossiers")
    assert len(away) == len({row["sender"] for row in away}) >= 100 - AT_HAND
    assert {row["dossier"]["messages"] for row in away if row["sender"] != "member 5"} <= {1, 2}


async def test_verdicts_on_groups_replay(
    engine: Engine, screening: Screening, store: Store, workshop: Workshop
) -> None:
    """Verdicts come out the same, also once an edit had everything read anew."""
    said = talk()
    await screened(screening, said[:50])
    await screening.screen(sent(Message("Did nobody see it?", "member 3", message_id="0-3")))
    found = await screened(screening, said[50:])
    replay = Replay(store, workshop)
    for one in (*found[::4], found[-1]):
        assert (await replay.replay("default", one.verdict_id)).differences == ()


async def test_whoever_is_erased_leaves_no_dossier(screening: Screening, store: Store) -> None:
    """Neither what the engine knew of a person is left, nor what it kept of their words."""
    await screened(screening, talk(rounds=2))
    await Subjects(store).erase("default", "member 2")
    senders = {row["sender"] for row in await rows(store, "dossiers")}
    (conversation,) = await rows(store, "conversations")
    assert "member 2" not in senders | conversation["state"]["dossiers"].keys()
    assert "member 7" in senders | conversation["state"]["dossiers"].keys()


@pytest.mark.parametrize("keep", ["masked", "hash"])
async def test_what_is_put_away_is_masked_too(engine: Engine, store: Store, keep: str) -> None:
    """Secrets of those who are silent are kept nowhere."""
    screening = Screening(lambda: engine, store, clock=Clock(), terms=Terms(keep=keep))  # type: ignore[arg-type]
    secret = Message("my bank password is Hunter2!x and my card is 4111 1111 1111 1111", "member 1", message_id="s")
    await screened(screening, [secret, *talk(rounds=1)])
    away = str(await rows(store, "dossiers")) + str(await rows(store, "conversations"))
    assert [value for value in ("Hunter2", "hunter2", "4111") if value in away] == []
