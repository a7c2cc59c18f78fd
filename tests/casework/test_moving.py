"""Conversations that go on under another id."""

from __future__ import annotations

from lurewatch.casework.archive import Archive
from lurewatch.casework.screening import ConversationKey, Incoming, Screening
from lurewatch.casework.store import Store
from lurewatch.engine.model import Message

BEFORE, AFTER = ConversationKey("default", "chat", "a"), ConversationKey("default", "chat", "b")
CONTACT = "Let us talk on WhatsApp, my number is +1 604 555 0134"
BRAND = "Is PayPal down? My PayPal payment failed"


def said(key: ConversationKey, text: str, message_id: str) -> Incoming:
    """A message of Ann."""
    return Incoming(key.id, Message(text, "ann", message_id=message_id), key.tenant, key.channel)


async def test_everything_goes_along(screening: Screening, store: Store) -> None:
    """Messages, counts and cool-downs go on under the new id, and the platform's ids of messages begin anew."""
    await screening.screen(said(BEFORE, CONTACT, "1"))
    first = await screening.screen(said(BEFORE, BRAND, "2"))
    assert await screening.move(BEFORE, AFTER)
    assert not await screening.move(BEFORE, AFTER)
    screened = await screening.screen(said(AFTER, f"{CONTACT}!", "1"))
    assert (screened.position, screened.edition) == (2, 0)
    assert [one.count for one in screened.decisions if one.policy == "off_platform"] == [2]
    again = await screening.screen(said(AFTER, f"{BRAND}!", "3"))
    held_back = [[one.suppressed for one in told.decisions if one.policy == "brand_watch"] for told in (first, again)]
    assert held_back == [[False], [True]]
    archive = Archive(store)
    assert await archive.conversation(*BEFORE, cursor=None, limit=9) is None
    found = await archive.conversation(*AFTER, cursor=None, limit=9)
    assert found is not None
    assert [message.message_id for message in found.messages.items] == ["a/1", "a/2", "1", "3"]


async def test_an_edit_after_the_move_is_read_with_what_was_said(screening: Screening) -> None:
    """The state goes along: an edit of a newer message is judged as one of the moved conversation."""
    await screening.screen(said(BEFORE, CONTACT, "1"))
    await screening.move(BEFORE, AFTER)
    await screening.screen(said(AFTER, "Hello", "2"))
    edited = await screening.screen(said(AFTER, "Hello again", "2"))
    assert (edited.position, edited.edition, edited.verdict.message_count) == (1, 1, 2)
    assert edited.verdict.id == "b"


async def test_what_is_not_there_or_there_already_is_not_moved(screening: Screening) -> None:
    """Nothing happens without a conversation, and two conversations are never made one."""
    assert not await screening.move(BEFORE, AFTER)
    for key in (BEFORE, AFTER):
        await screening.screen(said(key, "Hello", "1"))
    assert not await screening.move(BEFORE, AFTER)
    for key in (BEFORE, AFTER):
        assert (await screening.screen(said(key, "Bye", "2"))).position == 1
