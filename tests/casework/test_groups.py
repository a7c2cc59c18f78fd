"""Large groups: everybody answers for their own words, and a message costs the same however many there are."""

from __future__ import annotations

import pytest
from tests.casework.fakes import CONTACT, LURE, PLAIN, Clock, Workshop, rows

from lurewatch import Conversation, Engine, EngineConfig, Message
from lurewatch.casework.replay import Replay
from lurewatch.casework.screening import Incoming, Screened, Screening, Terms
from lurewatch.casework.screening.members import AT_HAND
from lurewatch.casework.store import Store
from lurewatch.casework.subjects import Subjects
from lurewatch.engine.speakers import ANSWERING

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


async def test_whoever_is_erased_takes_nobody_elses_dossier_along(screening: Screening, store: Store) -> None:
    """Others go on where they were when they speak again, also while few dossiers are at hand."""
    await screened(screening, talk(members=10, rounds=1))
    await Subjects(store).erase("default", "member 9")
    await screened(screening, [Message("Me neither.", "member 2")])
    (conversation,) = await rows(store, "conversations")
    assert conversation["state"]["dossiers"]["member 2"]["messages"] == 2


async def test_those_whom_only_texts_name_are_taken_up_too(screening: Screening, store: Store) -> None:
    """A label at the beginning of a text that has no sender is as good as one."""
    await screened(screening, [Message("Caller: is anybody there?"), *talk(rounds=1), Message("Caller: hello?")])
    (conversation,) = await rows(store, "conversations")
    assert conversation["state"]["dossiers"]["caller"]["messages"] == 2


async def test_whoever_answers_unnamed_stays_at_hand(screening: Screening, store: Store) -> None:
    """What the engine calls them by is no name that a database can hold; nor do the others' messages suffer from it."""
    asked = Message("Please read me the one-time code your bank has just sent you.")
    lures = [Message(text, f"stranger {number}") for number in range(3) for text in LURE]
    said = [asked, Message("The code is 482913, I have sent you the money."), *lures, *talk(rounds=1)]
    assert len(await screened(screening, said)) == len(said)
    (conversation,) = await rows(store, "conversations")
    assert ANSWERING in conversation["state"]["dossiers"]


async def test_verdicts_on_groups_replay_while_packs_change(
    engine: Engine, other: Engine, store: Store, workshop: Workshop
) -> None:
    """What another pack does not know stays in the dossiers of those who are silent while that one reads."""
    config = EngineConfig(most_messages=4)  # longer conversations are read on, and not read anew
    one, two = (Engine(made.pack, config, compiler=lambda _, made=made: made.reader.dump()) for made in (engine, other))
    using = [one]
    screening = Screening(lambda: using[0], store, clock=Clock())
    lures = [Message(LURE[1], f"stranger {number}") for number in range(3)]
    others = [Message(PLAIN, f"member {number}") for number in range(1, 4)]
    await screened(screening, [*lures, Message(CONTACT, "member 0"), *others])  # with the last of them 0 is put away
    using[0] = two
    await screened(screening, [Message("Nobody did.", "member 3")])
    using[0] = one
    found = await screened(screening, [Message(text, "member 0") for text in LURE])
    assert (await Replay(store, workshop).replay("default", found[-1].verdict_id)).differences == ()
