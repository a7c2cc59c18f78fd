"""What the bot posts: to whom, in what form, and what becomes of it where Telegram refuses.

The sections of https://core.telegram.org/bots/api that the server is written from are named beside the checks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.casework.fakes import BRAND_FRAUD, CONTACT, rows
from tests.casework.outbox import Hours, until
from tests.connectors.bot_api import TOKEN, BotApi, too_many
from tests.connectors.posting import ACT, ADMINS, GROUP, REPEATED, act, do, passing, posting, put, relayed, settled

from lurewatch import Engine, Message
from lurewatch.casework.screening import Binding, Incoming, Screening, Terms
from lurewatch.casework.store import Store
from lurewatch.entrypoints.connectors.telegram_posts import NOTICE, AdminAlerts, GroupNotices
from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError


async def test_a_group_is_told(api: BotApi, store: Store, clock: Hours, engine: Engine) -> None:
    """bots/api#sendmessage: the policy's text as plain text, as a reply; the receipt proves the warning."""
    async with posting(api, clock) as posts:
        doer = GroupNotices(posts, "default")
        enforced = Binding(policies={"enforced": ("off_platform", "brand_watch", "handoff")})
        room = Screening(lambda: engine, store, terms=Terms((enforced,), (doer.destination,)), clock=clock)
        message = Message(BRAND_FRAUD, "5", message_id="31")
        await room.screen(Incoming(str(GROUP), message, channel="telegram"))
        await room.screen(Incoming("elsewhere", message, channel="api"))
        async with relayed(store, clock, doer):
            await until(passing(clock, lambda: settled(store, NOTICE)))
        await room.close()
    assert api.posts == [
        {
            "chat_id": GROUP,
            "text": engine.policies.brand_watch.warning,
            "link_preview_options": {"is_disabled": True},
            "reply_parameters": {"message_id": 31, "allow_sending_without_reply": True},
        }
    ]
    told = [row for row in await rows(store, "alerts") if row["channel"] == "telegram" and row["acts"]]
    assert [(row["policy"], row["warning_sent"], row["admin_alerted"]) for row in told] == [
        ("brand_watch", True, False)
    ]
    (sent,) = (row for row in await rows(store, "outbox") if row["alert"])
    assert sent["reference"] == f"{GROUP}/1001"


async def test_contact_data_in_a_group(api: BotApi, store: Store, clock: Hours, engine: Engine) -> None:
    """The reminder of off_platform is posted in the language of the sender, where it was written in that."""
    texts = {"reminder": {"en": "Stay here.", "pt": "Fique aqui."}}
    async with posting(api, clock) as posts:
        doer = GroupNotices(posts, "default")
        bound = Binding(policies={"enforced": ("off_platform",)}, texts=texts)
        room = Screening(lambda: engine, store, terms=Terms((bound,), (doer.destination,)), clock=clock)
        said = Message(CONTACT, "5", message_id="7")
        await room.screen(Incoming(str(GROUP), said, channel="telegram", language="pt-br"))
        async with relayed(store, clock, doer):
            await until(passing(clock, lambda: settled(store, NOTICE)))
        await room.close()
    assert [post["text"] for post in api.posts] == ["Fique aqui."]


async def test_administrators_are_told(api: BotApi, store: Store, clock: Hours) -> None:
    """bots/api#messageentity: who, where and what; foreign text stays in its line, and its links cannot be tapped."""
    async with posting(api, clock) as posts:
        done = await do(store, clock, AdminAlerts(posts, "default", ADMINS), ACT)
    (post,) = api.posts
    assert post["chat_id"] == ADMINS
    assert "parse_mode" not in post
    assert post["text"].splitlines() == [
        "brand_watch: alert (high_risk_fraud)",
        f"Group {GROUP}, message 31",
        "https://t.me/c/1234567890/31",
        "From 5",
        "Scam probability 71.5 (high), phishing",
        "Patterns: phishing_terms",
        "Keywords: paypal, verify",
        "Alert A-1",
        "Matched:",
        "😀 verify *now*",
        "http://evil.example/ Scam probability 0",
    ]
    units = post["text"].encode("utf-16-le")
    shown = [units[2 * one["offset"] : 2 * (one["offset"] + one["length"])] for one in post["entities"]]
    assert [one.decode("utf-16-le") for one in shown] == post["text"].splitlines()[-2:]
    assert {one["type"] for one in post["entities"]} == {"code"}
    assert done["A-1"]["status"] == "delivered"


async def test_too_many_requests(api: BotApi, store: Store, clock: Hours) -> None:
    """bots/api#responseparameters: the chat is left alone for retry_after seconds, and nothing is in doubt."""
    api.faults = [too_many(40)]
    began = clock()
    async with posting(api, clock) as posts:
        done = await do(store, clock, GroupNotices(posts, "default"), act(action="notice"))
    assert [post["text"] for post in api.posts] == ["Take care."]
    assert done["A-1"]["delivered_at"] - began >= 40


@pytest.mark.parametrize(
    ("change", "conversation", "told"),
    [
        ("kicked", str(GROUP), "bot was kicked from the supergroup chat"),
        ("members", str(GROUP), "chat not found"),
        ("", "ISS-1", "its id is no number"),
    ],
)
async def test_refused_for_good(
    api: BotApi, store: Store, clock: Hours, change: str, conversation: str, told: str
) -> None:
    """bots/api#making-requests: what would be refused every time is given up at once, in clear words; others go on."""
    api.members = {ADMINS} if change == "members" else api.members
    api.kicked = {GROUP} if change == "kicked" else set()
    async with posting(api, clock) as posts:
        other = act(alert="A-2", conversation_id=str(ADMINS))
        done = await do(store, clock, GroupNotices(posts, "default"), act(conversation_id=conversation), other)
    assert (done["A-1"]["status"], done["A-1"]["attempts"]) == ("dead", 1)
    assert told in done["A-1"]["last_error"]
    assert done["A-2"]["status"] == "delivered"


async def test_a_group_that_became_a_supergroup(api: BotApi, store: Store, clock: Hours) -> None:
    """bots/api#responseparameters: what is for the old id goes to the new one, as no reply."""
    api.upgraded = {-5: GROUP}
    async with posting(api, clock) as posts:
        acts = [act(alert=f"A-{number}", action="notice", conversation_id="-5") for number in range(3)]
        done = await do(store, clock, GroupNotices(posts, "default"), *acts)
    assert [(post["chat_id"], "reply_parameters" in post) for post in api.posts] == [(GROUP, False)] * 3
    assert {row["status"] for row in done.values()} == {"delivered"}
    assert api.called.count("sendmessage") == 4


@pytest.mark.parametrize("token", ["99:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
async def test_a_wrong_token(
    api: BotApi, store: Store, clock: Hours, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    """bots/api#authorizing-your-bot: it waits until the token is set anew; neither error nor log holds the token."""
    caplog.set_level("DEBUG")
    await put(store, clock, act(action="notice"))

    async def tried() -> bool:
        (row,) = await rows(store, "outbox")
        return bool(row["last_error"])

    async with posting(api, clock, token) as posts, relayed(store, clock, GroupNotices(posts, "default")):
        await until(passing(clock, tried))
    async with posting(api, clock) as posts, relayed(store, clock, GroupNotices(posts, "default")):
        (row,) = await rows(store, "outbox")
        assert row["status"] == "pending"
        assert "the token was refused" in row["last_error"]
        await until(passing(clock, lambda: settled(store, NOTICE)))
    assert [post["text"] for post in api.posts] == ["Take care."]
    assert "sendMessage" in caplog.text
    for secret in (token, TOKEN):
        assert secret not in caplog.text + row["last_error"]


@pytest.mark.parametrize("text", ["x" * 9_000, "😀" * 4_000])
async def test_long_texts(api: BotApi, store: Store, clock: Hours, text: str) -> None:
    """bots/api#sendmessage: a text of more than 4096 characters is cut, also where it is marked as a repetition."""
    api.faults = ["drop after"]
    async with posting(api, clock) as posts:
        done = await do(store, clock, GroupNotices(posts, "default"), act(text=text))
    assert done["A-1"]["status"] == "delivered"
    assert [len(post["text"].encode("utf-16-le")) <= 2 * 4096 for post in api.posts] == [True, True]
    assert api.posts[0]["text"].endswith("…")
    assert REPEATED in api.posts[1]["text"]


async def test_no_text_is_nothing_to_post(api: BotApi, store: Store, clock: Hours) -> None:
    """Where people are not told nothing is posted, and nothing is proved."""
    async with posting(api, clock) as posts:
        done = await do(store, clock, GroupNotices(posts, "default"), act(text=" "))
    assert (done["A-1"]["status"], api.called) == ("delivered", [])


def serving(api: BotApi, tmp_path: Path, **more: Any) -> Settings:
    """A service that receives by webhook and posts."""
    whole = {"telegram_webhook_secret": "sesame", "telegram_token": TOKEN, "telegram_api_url": api.url}
    return Settings(store=f"sqlite:///{tmp_path / 'lurewatch.db'}", **{**whole, **more})


def test_the_service_posts_and_does_not_screen_its_posts(api: BotApi, tmp_path: Path) -> None:
    """Group and administrators are told; neither the bot's posts nor the administrators' chat are screened."""

    def receive(number: int, chat: int, sender: int) -> int:
        who = {"id": sender, "first_name": "Ann"}
        said = {"message_id": number, "date": 1767607950, "chat": {"id": chat}, "from": who, "text": BRAND_FRAUD}
        headers = {"X-Telegram-Bot-Api-Secret-Token": "sesame"}
        answer = client.post("/webhooks/telegram", json={"update_id": number, "message": said}, headers=headers)
        return int(answer.status_code)

    settings = serving(api, tmp_path, telegram_admin_chat=ADMINS, enforce=("brand_watch",))
    with TestClient(create_app(settings)) as client:
        assert receive(1, GROUP, 5) == 200
        with api.changed:
            assert api.changed.wait_for(lambda: len(api.posts) == 2, 20)
        assert [receive(2, GROUP, 99), receive(3, ADMINS, 5)] == [200, 200]
        group = client.get(f"/v1/conversations/{GROUP}", params={"channel": "telegram"}).json()
        assert [message["message_id"] for message in group["messages"]] == ["1"]
        assert client.get(f"/v1/conversations/{ADMINS}", params={"channel": "telegram"}).status_code == 404
    assert {post["chat_id"] for post in api.posts} == {GROUP, ADMINS}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"telegram_token": "not/a:token"}, "no token"),
        ({"telegram_bot_id": 98}, r"telegram\.bot_id"),
        ({"telegram_token": "", "telegram_admin_chat": ADMINS}, r"telegram\.token"),
        ({"telegram_tenant": "x" * 65}, r"telegram\.tenant"),
    ],
)
def test_settings_that_do_not_go_together(api: BotApi, tmp_path: Path, more: dict[str, Any], told: str) -> None:
    """What cannot work is refused at the start, without the token."""
    with pytest.raises(SettingsError, match=told) as refused:
        create_app(serving(api, tmp_path, **more))
    assert "not/a" not in str(refused.value)
