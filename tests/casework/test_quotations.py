"""What a mail quotes counts for who said it before; what nobody said is its sender's own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.casework.fakes import CONTACT, PLAIN, incoming, rows

from lurewatch import Engine
from lurewatch.casework.replay import Replay
from lurewatch.casework.screening import Incoming, Screening, Terms
from lurewatch.casework.screening.quotations import restored
from lurewatch.casework.store import Store
from lurewatch.engine.model import NOTHING_KNOWN, Conversation, Knowledge

OTHER = "Call me at 416-555-0199 instead"


def quoting(text: str, quoted: str, message_id: str = "", **more: Any) -> Incoming:
    """A message with what it quotes."""
    return incoming(text, message_id=message_id, quoted=quoted, **more)


def test_what_was_never_said_comes_back() -> None:
    """Of a quotation the lines come back that nobody said, however the others were wrapped."""
    said = ["Here is the form. Please send it back\nby Friday, with both pages signed.", "Thanks, I will."]
    quotation = f"Here is the form. Please send\nit back by Friday, with both\n{OTHER}\npages signed."
    assert OTHER in restored(quotation, said)
    assert restored(quotation.replace(f"{OTHER}\n", ""), said) == ""
    assert restored("call\nme\nby\nform", ["call it a day", "tell me", "stand by", "form"]) == "call\nme\nby\nform"


def test_one_number_in_the_place_of_another_comes_back() -> None:
    """A line that was said, with other digits in it, was not said."""
    assert restored(CONTACT.replace("1234", "9876"), [CONTACT])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "call", "604", "\n", "x"]), max_size=40))
def test_what_was_said_does_not_come_back(words: list[str]) -> None:
    """A quotation of an earlier message brings nothing back, and of an unknown one everything."""
    text = " ".join(words)
    assert restored(text, [text]) == ""
    assert restored(text, []).split() == text.split()


async def test_each_number_counts_once(engine: Engine, database: str) -> None:
    """A forged quotation is an incident once, however often it comes; an honest one is none."""
    async with await Store.open(database) as store:
        screening = Screening(lambda: engine, store)
        await screening.screen(incoming(CONTACT, message_id="1"))
        honest = await screening.screen(quoting("Noted.", CONTACT, "2", idempotency_key="two"))
        assert honest.decisions == ()
        forged = quoting("At noon.", f"{CONTACT}\n{OTHER}", "3", idempotency_key="three")
        first = await screening.screen(forged)
        assert [one.count for one in first.decisions] == [2]
        await screening.screen(quoting("Fine.", f"At noon.\n{OTHER}", "4"))
        for again in (forged, quoting("At noon.", f"{CONTACT}\n{OTHER}", "3", idempotency_key="other")):
            repeated = await screening.screen(again)
            assert (repeated.repeated, repeated.verdict_id) == (True, first.verdict_id)
        assert [row["text"] for row in await rows(store, "messages")] == [
            CONTACT,
            "Noted.",
            f"At noon.\n{OTHER}",
            "Fine.",
        ]
        assert (await Replay(store, lambda *_: engine).replay("default", first.verdict_id)).same


async def test_an_edit_of_what_was_quoted_changes_nothing(engine: Engine, database: str) -> None:
    """What was said and then taken back was said all the same: who quoted it is not blamed for it afterwards."""
    async with await Store.open(database) as store:
        screening = Screening(lambda: engine, store)
        await screening.screen(incoming(CONTACT, message_id="1"))
        await screening.screen(quoting("Noted.", CONTACT, "2"))
        await screening.screen(incoming(PLAIN, message_id="1"))
        assert (await screening.screen(quoting("Noted.", CONTACT, "2"))).repeated


async def test_messages_that_come_together_know_each_other(engine: Engine, database: str) -> None:
    """A thread that is delivered at once, each mail quoting those before, counts its number once."""
    async with await Store.open(database) as store:
        screening = Screening(lambda: engine, store)
        thread = [
            incoming(CONTACT, message_id="1"),
            quoting("Noted.", CONTACT, "2"),
            quoting("Good.", f"Noted.\n{CONTACT}", "3"),
        ]
        screened = await asyncio.gather(*map(screening.screen, thread))
        assert [[one.count for one in each.decisions] for each in screened] == [[1], [], []]


@pytest.mark.parametrize("keep", ["masked", "hash"])
async def test_without_texts_a_quotation_is_left_out(keep: Any, engine: Engine, database: str) -> None:
    """Where nobody knows what was said, a quotation blames nobody."""
    async with await Store.open(database) as store:
        screening = Screening(lambda: engine, store, terms=Terms(keep=keep))
        await screening.screen(incoming(CONTACT, message_id="1"))
        assert (await screening.screen(quoting("Noted.", CONTACT, "2"))).decisions == ()


async def test_texts_that_are_gone_are_not_guessed(engine: Engine, database: str) -> None:
    """In a conversation of which a text was not kept a quotation is left out, though texts are kept now."""
    async with await Store.open(database) as store:
        await Screening(lambda: engine, store, terms=Terms(keep="hash")).screen(incoming(CONTACT, message_id="1"))
        assert (await Screening(lambda: engine, store).screen(quoting("Yes.", OTHER, "2"))).decisions == ()


async def test_no_quotation_is_too_long(engine: Engine, database: str) -> None:
    """What is more than a message may have is cut: the sender's own words are screened whatever they quote."""
    most = engine.config.most_characters
    async with await Store.open(database) as store:
        screening = Screening(lambda: engine, store)
        long = "\n".join(f"a line of some words {number}" for number in range(most // 20))
        assert (await screening.screen(quoting(CONTACT, long, "1"))).decisions
        assert len((await rows(store, "messages"))[0]["text"]) == most


async def test_others_are_asked_about_what_is_screened(engine: Engine, database: str) -> None:
    """Who is asked for an opinion reads what nobody said before, and is not asked of it twice."""
    asked: list[str] = []

    async def advise(conversation: Conversation) -> Knowledge:
        asked.append(conversation.messages[-1].text)
        return NOTHING_KNOWN

    async with await Store.open(database) as store:
        screening = Screening(lambda: engine, store, advise=advise)
        for _ in range(2):
            await screening.screen(quoting("At noon.", OTHER, "1"))
        assert asked == [f"At noon.\n{OTHER}"]
