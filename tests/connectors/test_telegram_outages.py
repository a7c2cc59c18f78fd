"""What the bot posts when Telegram does not answer: everything, and nothing twice that nobody may read twice.

The sections of https://core.telegram.org/bots that the server is written from are named beside the checks.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tests.casework.fakes import rows
from tests.casework.outbox import Hours, until
from tests.connectors.bot_api import BotApi
from tests.connectors.posting import ADMINS, GROUP, REPEATED, act, do, passing, posting, put, relayed, settled

from lurewatch.casework.relay import retry
from lurewatch.casework.store import Store
from lurewatch.entrypoints.connectors.telegram_pace import Pace
from lurewatch.entrypoints.connectors.telegram_posts import NOTICE, AdminAlerts, GroupNotices

BAD_GATEWAY = (502, b"<html>Bad Gateway</html>")
SERVER_ERROR = (500, {"ok": False, "error_code": 500, "description": "Internal Server Error"})


@pytest.mark.parametrize("fault", ["drop after", "drop", SERVER_ERROR, BAD_GATEWAY, "slow after"], ids=str)
@pytest.mark.parametrize("action", ["notice", "warning", "alert", "escalation"])
async def test_unknown_fate(api: BotApi, store: Store, clock: Hours, fault: Any, action: str) -> None:
    """Without an answer a notice is never posted again, and its row says why; an alert is, and says so itself."""
    api.faults = [fault]
    async with posting(api, clock, timeout=0.5 if fault == "slow after" else 5.0) as posts:
        done = await do(store, clock, GroupNotices(posts, "default"), act(action=action))
    first = ["Take care."] if fault in ("drop after", "slow after") else []
    texts = [post["text"] for post in api.posts]
    if action in ("notice", "warning"):
        assert texts == first
        assert done["A-1"]["status"] == "dead"
        assert "may stand in the group" in done["A-1"]["last_error"]
    else:
        again = texts[len(first) :]
        assert texts[: len(first)] == first
        assert again
        assert all(text.startswith("Take care.\n") and REPEATED in text for text in again)
        assert done["A-1"]["status"] == "delivered"


async def test_a_retry_does_not_repeat_what_may_stand_there(api: BotApi, store: Store, clock: Hours) -> None:
    """A notice of unknown fate is not posted when it is retried; one that was surely refused is."""
    notice = act(alert="A-1", action="notice")
    api.faults = ["drop after"]
    async with posting(api, clock) as posts:
        doer = GroupNotices(posts, "default")
        await do(store, clock, doer, notice)
        api.kicked = {GROUP}
        await do(store, clock, doer, act(alert="A-2", action="notice"))
        api.kicked = set()
        assert await retry(store, now=clock()) == 2
        async with relayed(store, clock, doer):
            await until(passing(clock, lambda: settled(store, NOTICE)))
    assert {row["alert"]: row["status"] for row in await rows(store, "outbox")} == {"A-1": "dead", "A-2": "delivered"}
    assert [post["text"] for post in api.posts] == ["Take care."] * 2


async def test_an_alert_of_unknown_fate_comes_again(api: BotApi, store: Store, clock: Hours) -> None:
    """Administrators rather read twice than never, and see that it may be the second time."""
    api.faults = ["drop after"]
    async with posting(api, clock) as posts:
        await do(store, clock, AdminAlerts(posts, "default", ADMINS), act(action="log"))
    assert [REPEATED in post["text"] for post in api.posts] == [False, True]


@pytest.mark.parametrize("outage", ["refuse", "drop", BAD_GATEWAY, SERVER_ERROR], ids=str)
async def test_an_hour_without_telegram(api: BotApi, store: Store, clock: Hours, outage: Any) -> None:
    """Afterwards everything is posted, once and in order in each group; but for notices that were under way."""
    groups = [-100 - number for number in range(12)]
    api.members = set(groups)
    acts = [
        act(alert=f"A-{group}-{number}", conversation_id=str(group), action=action, text=f"Text {number}")
        for number, action in enumerate(["notice", "alert", "warning", "notice"])
        for group in groups
    ]
    await put(store, clock, *acts)
    if outage == "refuse":
        api.stop()
    else:
        api.away = outage
    over = clock() + 3600
    async with posting(api, clock) as posts, relayed(store, clock, GroupNotices(posts, "default")):
        await until(passing(clock, lambda: clock() >= over, 10.0))
        assert api.posts == []
        asked_for_posts = api.called.count("sendmessage")
        api.away = ""
        if outage == "refuse":
            api.start()
        await until(passing(clock, lambda: settled(store, NOTICE)))
    found = {row["alert"]: row["status"] for row in await rows(store, "outbox")}
    lost = {alert for alert, status in found.items() if status != "delivered"}
    assert asked_for_posts <= 8
    assert len(lost) <= asked_for_posts
    for group in groups:
        texts = [post["text"] for post in api.posts if post["chat_id"] == group]
        assert texts == [one.text for one in acts if one.conversation_id == str(group) and one.alert not in lost]


@pytest.mark.parametrize(("chat", "in_a_minute"), [(-7, 20), (7, 60)])
def test_the_pace_of_one_chat(chat: int, in_a_minute: int) -> None:
    """bots/faq: one message a second in a chat, 20 a minute in a group; who does not want to wait takes no turn."""
    clock = Hours()
    pace = Pace(clock)
    turns = []
    while clock() < Hours().now + 300:
        wait = pace.turn(chat, 1.0)
        if wait <= 1.0:
            turns.append(clock() + wait)
        clock.forward(0.25)
    assert all(later - earlier >= 1.0 for earlier, later in itertools.pairwise(turns))
    assert max(sum(one <= other < one + 60 for other in turns) for one in turns) == in_a_minute


def test_the_pace_of_all_chats() -> None:
    """bots/faq: 30 messages a second to all chats together, whatever the order of the turns; then others may go on."""
    clock = Hours()
    pace = Pace(clock)
    turns = [clock() + wait for chat in range(200) if (wait := pace.turn(chat % 150, 1.0)) <= 1.0]
    clock.forward(2.5)
    turns += [clock() + wait for chat in range(200, 230) if (wait := pace.turn(chat, 1.0)) <= 1.0]
    assert len(turns) >= 60
    assert max(sum(one <= other < one + 1.0 for other in turns) for one in turns) == 30
    pace.hold(-7, 40.0)
    clock.forward(10.0)
    assert pace.turn(-7, 1.0) == 30.0
    assert pace.turn(-8, 1.0) == 0.0
