"""Webhooks of platforms over HTTP: who sent it, what is answered, and what is counted."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from tests.connectors.signing import SECRET, frappe, frappe_headers

from lurewatch.casework.access import Access
from lurewatch.casework.store import Store
from lurewatch.entrypoints.connectors import own_posts
from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

CONTACT = "Here's my number: 604-555-1234, give me a call"
CLEAN = {"flagged": False, "flags": [], "action": "none", "flag_count": 0}
TOKEN = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
LURE = "Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension. Share the OTP"


def settings(store: str, **more: Any) -> Settings:
    """A service that receives all three platforms."""
    return Settings(
        store=store,
        erpnext_webhook_secret=SECRET,
        erpnext_own_senders=("guard@portal.example",),
        telegram_webhook_secret=SECRET,
        telegram_bot_id=99,
        telegram_agents=("7",),
        generic_webhook_secret=SECRET,
        generic_channel="market",
        generic_fields=(("text", "body"), ("conversation_id", "thread.id"), ("message_id", "id")),
        generic_messages="items",
        generic_signature_prefix="sha256=",
        **more,
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the whole application over a store of its own."""
    store = f"sqlite:///{tmp_path_factory.mktemp('store') / 'lurewatch.db'}"
    with TestClient(create_app(settings(store)), raise_server_exceptions=False) as client:
        yield client


def post(client: TestClient, payload: dict[str, Any]) -> Any:
    """What ERPNext is answered to a webhook."""
    body, headers = frappe(payload)
    return client.post("/webhooks/erpnext", content=body, headers=headers)


def published(text: str, pair: str, **more: Any) -> dict[str, Any]:
    """The published fields, of a pair of its own."""
    return {
        "issue_reference": f"ACC-{pair}",
        "message_text": text,
        "sender_email": f"client@{pair}.example",
        "client_email": f"client@{pair}.example",
        "advisor_email": f"advisor@{pair}.example",
        **more,
    }


def communication(name: str, content: str, modified: str = "2026-01-05 10:12:33.1", **more: Any) -> dict[str, Any]:
    """A Communication on an Issue."""
    return {
        "doctype": "Communication",
        "name": name,
        "modified": modified,
        "communication_type": "Communication",
        "sent_or_received": "Received",
        "sender": "ann@mail.example",
        "recipients": "bob@portal.example",
        "reference_name": "ISS-1",
        "content": content,
        **more,
    }


def alerts(client: TestClient, channel: str, conversation: str) -> list[dict[str, Any]]:
    """The contact alerts of a conversation, the newest first."""
    asked = {"channel": channel, "policy": "off_platform", "limit": 200}
    found = client.get("/v1/alerts", params=asked).json()["alerts"]
    return [alert for alert in found if alert["conversation_id"] == conversation]


def test_incidents_of_a_pair_are_counted_and_escalate(client: TestClient) -> None:
    """The published result: two warnings, then an escalation, each with the pair's count and the text to show."""
    answers = [post(client, published(f"{CONTACT} ({number})", "counts")).json() for number in range(3)]
    assert [(one["flagged"], one["action"], one["flag_count"]) for one in answers] == [
        (True, "warning", 1),
        (True, "warning", 2),
        (True, "escalation", 3),
    ]
    assert list(answers[0]) == ["flagged", "flags", "action", "flag_count", "warning_message"]
    assert {"pattern": "phone_number", "matched_text": "604-555-1234", "category": "direct_contact"} in answers[0][
        "flags"
    ]
    assert answers[0]["warning_message"] == Settings().reminder
    assert answers[2]["warning_message"] == Settings().notice


def test_a_clean_message_is_recorded(client: TestClient) -> None:
    """What is harmless answers the clean result, without a warning, and stands in the thread."""
    answer = post(client, published("Can you help me with GST/HST registration?", "clean"))
    assert (answer.status_code, answer.json()) == (200, CLEAN)
    found = client.get("/v1/conversations/ACC-clean", params={"channel": "erpnext"}).json()
    assert [message["text"] for message in found["messages"]] == ["Can you help me with GST/HST registration?"]


def test_what_nobody_of_a_pair_wrote_is_recorded(client: TestClient) -> None:
    """A sender who is neither client nor advisor is screened and told of, and the pair that is named stays clean."""
    answer = post(client, published(CONTACT, "third", sender_type="System Manager", sender_email="boss@third.example"))
    assert (answer.status_code, answer.json()["flag_count"]) == (200, 1)
    assert len(alerts(client, "erpnext", "ACC-third")) == 1
    assert post(client, published(CONTACT, "third")).json()["flag_count"] == 1


def test_a_replay_is_answered_as_before(client: TestClient) -> None:
    """Frappe tries three times: the same document is answered the same and counted once, later ones go on."""
    first = post(client, communication("replayed", CONTACT, reference_name="ISS-replay", sender="r@mail.example"))
    again = post(client, communication("replayed", CONTACT, reference_name="ISS-replay", sender="r@mail.example"))
    assert again.json() == first.json()
    other = communication("another", "Call me, 604-555-9876", reference_name="ISS-replay", sender="r@mail.example")
    assert post(client, other).json()["flag_count"] == 2
    assert len(alerts(client, "erpnext", "ISS-replay")) == 2


def test_an_edit_is_the_same_incident(client: TestClient) -> None:
    """A Communication that is edited is screened again, and its pair is not counted twice for it."""
    more = {"reference_name": "ISS-edit", "sender": "e@mail.example"}
    assert post(client, communication("edited", "See you at five", **more)).json() == CLEAN
    for minute in range(2):
        edited = communication("edited", f"{CONTACT} {minute}", f"2026-01-05 11:0{minute}:00.0", **more)
        assert post(client, edited).json()["flag_count"] == 1


def test_one_version_with_two_wordings_is_read_in_both(client: TestClient) -> None:
    """Two webhooks that word the same version differently are both screened: neither is refused."""
    more = {"reference_name": "ISS-two", "sender": "t@mail.example"}
    assert post(client, communication("two", "See you at five", **more)).json() == CLEAN
    assert post(client, communication("two", CONTACT, **more)).json()["flag_count"] == 1


def test_what_may_be_shared_is_not_flagged(client: TestClient) -> None:
    """The white-lists of a payload hold for its message only, in any writing."""
    text = "Write to John@Gmail.com or call +1 (604) 555-1234"
    lists = {"whitelisted_emails": ["john@gmail.com"], "whitelisted_phones": ["604.555.1234"]}
    assert post(client, published(text, "listed", **lists)).json() == CLEAN
    answer = post(client, published(f"Again: {text}", "listed")).json()
    assert ({flag["pattern"] for flag in answer["flags"]}, answer["flag_count"]) == (
        {"email_address", "phone_number"},
        1,
    )
    only_phone = {"whitelisted_phones": ["604.555.1234"]}
    answer = post(client, published(f"And: {text}", "listed", **only_phone)).json()
    assert [flag["pattern"] for flag in answer["flags"]] == ["email_address"]


def test_quoted_contact_data_does_not_count_again(client: TestClient) -> None:
    """An HTML reply that quotes an earlier number is clean; its own number counts."""
    post(client, communication("quoted", CONTACT, reference_name="ISS-quote", sender="ann@mail.example"))
    quote = f"<div>On Mon, Ann wrote:<blockquote>{CONTACT}</blockquote></div>"
    sent = {"sender": "bob@portal.example", "sent_or_received": "Sent", "recipients": "ann@mail.example"}
    reply = communication("reply", f"<div>Thank you, noted.</div>{quote}", reference_name="ISS-quote", **sent)
    assert post(client, reply).json() == CLEAN
    own = communication("own", f"<p>Call me: 416-555-0199</p>{quote}", reference_name="ISS-quote")
    assert {flag["matched_text"] for flag in post(client, own).json()["flags"]} >= {"416-555-0199"}


def test_a_forged_quotation_counts_once(client: TestClient) -> None:
    """A number that nobody said is its sender's own, in a perfect quotation too; delivered anew, it is the same."""
    more = {"reference_name": "ISS-forged", "sender": "f@mail.example"}
    assert post(client, communication("asked", "When do we meet?", **more)).json() == CLEAN
    quote = f"<div>On Mon, 5 Jan 2026 at 10:12 Bob wrote:<blockquote>When do we meet?<br>{CONTACT}</blockquote></div>"
    forged = communication("forged", f"<p>At noon, as you said.</p>{quote}", **more)
    first = post(client, forged).json()
    assert (first["flag_count"], "604-555-1234" in [flag["matched_text"] for flag in first["flags"]]) == (1, True)
    assert post(client, forged).json() == first
    assert post(client, forged | {"modified": "2026-01-05 10:20:00.0"}).json() == first
    honest = communication("honest", f"<p>Fine.</p><blockquote>At noon, as you said.<br>{CONTACT}</blockquote>", **more)
    assert post(client, honest).json() == CLEAN
    found = client.get("/v1/conversations/ISS-forged", params={"channel": "erpnext"}).json()
    texts = [message["text"] for message in found["messages"]]
    assert texts == ["When do we meet?", f"At noon, as you said.\n{CONTACT}", "Fine."]
    assert len(alerts(client, "erpnext", "ISS-forged")) == 1


def test_the_reminder_is_nobodys_own_when_quoted(client: TestClient) -> None:
    """Who answers the banner in the thread, and quotes it, is told nothing for its words."""
    more = {"reference_name": "ISS-banner", "sender": "q@mail.example"}
    told = post(client, communication("told", CONTACT, **more)).json()["warning_message"]
    banner = f"{told}<br>0a1b2c3d4e5f [lw-0123456789abcdef]"
    answer = communication("sorry", f"<p>Sorry, I did not know.</p><blockquote>{banner}</blockquote>", **more)
    assert post(client, answer).json() == CLEAN
    found = client.get("/v1/conversations/ISS-banner", params={"channel": "erpnext"}).json()
    assert found["messages"][-1]["text"] == "Sorry, I did not know."


def test_our_own_posts_are_not_screened(client: TestClient) -> None:
    """The banner we post is answered as clean and kept nowhere; with words added, or in another thread, it counts."""
    banner = "Please do not share numbers such as 604-555-1234 on WhatsApp."
    marked = f"{banner} {own_posts.mark(banner, 'ISS-own', SECRET)}"
    more = {"sender": "x@mail.example"}
    assert post(client, communication("banner", marked, reference_name="ISS-own", **more)).json() == CLEAN
    assert client.get("/v1/conversations/ISS-own", params={"channel": "erpnext"}).status_code == 404
    sent = {"sender": "guard@portal.example", "sent_or_received": "Sent"}
    assert post(client, communication("guard", CONTACT, reference_name="ISS-own", **sent)).json() == CLEAN
    assert post(client, communication("copied", marked, reference_name="ISS-other", **more)).json()["flagged"]


@pytest.mark.parametrize("path", ["erpnext", "telegram", "market"])
def test_who_does_not_sign_is_refused(client: TestClient, path: str) -> None:
    """Without its signature or token, or with a wrong one, nothing is read: 401 with what to do."""
    wrong = dict.fromkeys(("X-Frappe-Webhook-Signature", "X-Telegram-Bot-Api-Secret-Token", "X-Signature"), "wrong")
    for headers in ({}, wrong):
        answer = client.post(f"/webhooks/{path}", content=b"{", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b"[]", 422),
        (b'{"message_text": 1.5}', 422),
        (b'{"message_text": "%s"}' % (b"x " * 150_000), 413),
        (b'"%s"' % (b"x" * (1 << 20)), 413),
    ],
)
def test_what_is_malformed_or_too_large(client: TestClient, body: bytes, status: int) -> None:
    """A signed body that cannot be read is 422, one over a limit 413, both as problem documents."""
    answer = client.post("/webhooks/erpnext", content=body, headers=frappe_headers(body))
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def update(client: TestClient, number: int, message: dict[str, Any], kind: str = "message", **token: str) -> Any:
    """What Telegram is answered to an update."""
    chat = {"id": -100, "type": "group", "title": "Traders"}
    ann = {"id": 5, "is_bot": False, "first_name": "Ann"}
    whole = {"message_id": number, "date": 1767607950, "chat": chat, "from": ann, **message}
    return client.post(
        "/webhooks/telegram", content=json.dumps({"update_id": number, kind: whole}), headers=token or TOKEN
    )


def chat(client: TestClient, chat_id: int) -> Any:
    """A chat as it is stored."""
    return client.get(f"/v1/conversations/{chat_id}", params={"channel": "telegram"}).json()


def test_telegram_messages_and_edits(client: TestClient) -> None:
    """A message, the same update again, and an edit of it are one message; agents are kept as such."""
    group = {"chat": {"id": -1}}
    answers = [
        update(client, 1, {"text": "See you at five", **group}),
        update(client, 1, {"text": "See you at five", **group}),
        update(client, 2, {"message_id": 1, "text": CONTACT, **group}, "edited_message"),
        update(client, 3, {"text": "How may I help?", "from": {"id": 7}, **group}),
        update(client, 4, {"text": "I am the bot", "from": {"id": 99}, **group}),
        update(client, 5, {"text": "x"}, "my_chat_member"),
    ]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"ok": True})] * 6
    found = chat(client, -1)
    assert [(one["text"], one["edition"], one["role"]) for one in found["messages"]] == [
        ("See you at five", 0, "unknown"),
        (CONTACT, 1, "unknown"),
        ("How may I help?", 0, "agent"),
    ]
    assert [alert["count"] for alert in alerts(client, "telegram", "-1")] == [1]


def test_a_group_that_becomes_a_supergroup(client: TestClient) -> None:
    """Told twice, the group goes on under its new id: messages, counts; and ids of messages begin anew."""
    old, new = {"chat": {"id": -20}}, {"chat": {"id": -1000020}}
    for number in (20, 21):
        update(client, number, {"text": f"{CONTACT} {number}", **old})
    assert update(client, 22, {"migrate_to_chat_id": -1000020, **old}).json() == {"ok": True}
    assert update(client, 23, {"migrate_from_chat_id": -20, **new}).json() == {"ok": True}
    update(client, 24, {"message_id": 20, "text": f"{CONTACT} 24", **new})
    assert chat(client, -20)["status"] == 404
    assert [one["edition"] for one in chat(client, -1000020)["messages"]] == [0, 0, 0]
    assert [alert["count"] for alert in alerts(client, "telegram", "-1000020")] == [3, 2, 1]


def test_an_update_whose_number_came_before(client: TestClient) -> None:
    """Telegram may begin to count its updates anew: another message under an old number is screened."""
    update(client, 30, {"text": "Hello", "chat": {"id": -3}})
    assert update(client, 30, {"message_id": 31, "text": LURE, "chat": {"id": -3}}).status_code == 200
    assert [one["text"] for one in chat(client, -3)["messages"]] == ["Hello", LURE]


def items(client: TestClient, *items: dict[str, Any]) -> Any:
    """What any other platform is answered."""
    body = json.dumps({"items": items}).encode()
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return client.post("/webhooks/market", content=body, headers={"X-Signature": signature})


def test_any_other_platform(client: TestClient) -> None:
    """Each message of a body is answered in order as by POST /v1/messages; the same again is not counted again."""
    given = [{"id": str(number), "thread": {"id": "t"}, "body": text} for number, text in enumerate(["Hi", LURE])]
    first, again = items(client, *given).json()["results"], items(client, *given).json()["results"]
    assert [(one["position"], one["risk_level"]) for one in first] == [(0, "safe"), (1, "confirmed")]
    assert [one["verdict_id"] for one in again] == [one["verdict_id"] for one in first]
    assert client.get("/v1/conversations/t", params={"channel": "market"}).json()["message_count"] == 2
    missing = items(client, {"body": "Hi"})
    assert missing.status_code == 422
    assert missing.json()["errors"][0]["pointer"] == "/items/0/thread/id"


def test_a_recorded_delivery_takes_nothing_back(client: TestClient) -> None:
    """An older delivery sent again is answered as then: it neither counts again nor undoes an edit; without ids too."""
    known = {"id": "r1", "thread": {"id": "replayed"}}
    first = items(client, {**known, "body": "Hi"}).json()
    items(client, {**known, "body": LURE})
    again = items(client, {**known, "body": "Hi"}).json()
    assert again["results"][0]["verdict_id"] == first["results"][0]["verdict_id"]
    for _ in range(2):
        items(client, {"thread": {"id": "replayed"}, "body": "No id"}, {"thread": {"id": "replayed"}, "body": "No id"})
    found = client.get("/v1/conversations/replayed", params={"channel": "market"}).json()
    assert [one["text"] for one in found["messages"]] == ["Hi", LURE, "No id", "No id"]


def test_the_same_delivery_at_the_same_time(client: TestClient) -> None:
    """Deliveries that overtake each other are one incident, and all are answered the same."""
    delivery = communication("at-once", CONTACT, reference_name="ISS-once", sender="once@mail.example")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(client, delivery).json(), range(16)))
    assert [answer["flag_count"] for answer in answers] == [1] * 16
    assert len(alerts(client, "erpnext", "ISS-once")) == 1


def test_texts_are_only_texts(client: TestClient) -> None:
    """What would be SQL, a template or a pattern elsewhere is kept as it was written, in every field."""
    odd = "'; DROP TABLE messages; -- {{7*7}} ${7*7} %s %(x)s \\' \N{ZERO WIDTH SPACE}"
    message = {"id": odd, "thread": {"id": odd}, "body": odd, "sender": odd, "client": odd, "advisor": odd}
    assert items(client, message).status_code == 200
    found = client.get(f"/v1/conversations/{quote(odd, safe='')}", params={"channel": "market"}).json()
    assert [(one["text"], one["message_id"], one["sender"]) for one in found["messages"]] == [
        (odd, odd.strip(), odd.strip())
    ]


def test_what_telegram_shows_beside_a_text(client: TestClient) -> None:
    """Captions, contact cards, and links that hide behind words count like words that were written."""
    said = [
        {"caption": f"A photo. {CONTACT}", "photo": []},
        {"contact": {"phone_number": "16045551234", "first_name": "Ann"}},
        {
            "text": "\N{GRINNING FACE} here",
            "entities": [{"type": "text_link", "offset": 3, "length": 4, "url": "https://t.me/joinchat/x"}],
        },
    ]
    for number, message in enumerate(said, 40):
        assert update(client, number, {"chat": {"id": -number}, **message}).status_code == 200
        assert len(alerts(client, "telegram", str(-number))) == 1


def test_a_store_that_is_away() -> None:
    """While the store is away platforms are told to come back, and keys open no webhook."""
    away = settings("postgresql://nobody@127.0.0.1:9/none")
    with TestClient(create_app(away), raise_server_exceptions=False) as client:
        answer = post(client, published(CONTACT, "away"))
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0


def test_a_signature_and_not_a_key_opens_the_webhooks(tmp_path: Path) -> None:
    """Where everything else needs an API key, a signed webhook needs none, and a key is no signature."""
    locked = settings(f"sqlite:///{tmp_path / 'x.db'}", api_key="opensesame")
    with TestClient(create_app(locked)) as client:
        assert client.get("/v1/alerts").status_code == 401
        assert post(client, published(CONTACT, "key")).status_code == 200
        key = {"X-API-Key": "opensesame"}
        assert client.post("/webhooks/erpnext", json=published(CONTACT, "key"), headers=key).status_code == 401


def test_only_what_is_configured_is_received(tmp_path: Path) -> None:
    """Without its secret, or without a store, a platform has no route; with one, the OpenAPI document names it."""
    with TestClient(create_app(settings("none"))) as client:
        assert post(client, published(CONTACT, "none")).status_code == 404
    with TestClient(
        create_app(Settings(store=f"sqlite:///{tmp_path / 'x.db'}", telegram_webhook_secret="s"))
    ) as client:
        paths = client.get("/openapi.json").json()["paths"]
        assert [path for path in paths if path.startswith("/webhooks")] == ["/webhooks/telegram"]
        responses = paths["/webhooks/telegram"]["post"]["responses"]
        assert set(responses) == {"200", "401", "408", "413", "422", "503"}


def test_messages_belong_to_the_tenant_of_their_connector(tmp_path: Path) -> None:
    """Each platform writes into its own tenant, and a key of another one sees nothing of it, whatever the body says."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    keys = {tenant: asyncio.run(new_key(url, tenant)) for tenant in ("acme", "other", "default")}
    tenants = {f"{platform}_tenant": "acme" for platform in ("erpnext", "telegram", "generic")}
    with TestClient(create_app(settings(url, **tenants))) as client:
        assert post(client, published(CONTACT, "of", tenant="other", channel="market")).json()["flag_count"] == 1
        assert update(client, 1, {"text": CONTACT, "chat": {"id": -7, "tenant": "other"}}).status_code == 200
        assert items(client, {"body": LURE, "thread": {"id": "t"}, "tenant": "other"}).status_code == 200
        for tenant, key in keys.items():
            headers = {"X-API-Key": key}
            for channel, name in (("erpnext", "ACC-of"), ("telegram", "-7"), ("market", "t")):
                found = client.get(f"/v1/conversations/{name}", params={"channel": channel}, headers=headers)
                assert found.status_code == (200 if tenant == "acme" else 404)
            alerts = client.get("/v1/alerts", headers=headers).json()["alerts"]
            assert bool(alerts) == (tenant == "acme")


async def new_key(url: str, tenant: str) -> str:
    """A new API key of a tenant."""
    async with await Store.open(url) as store:
        return (await Access(store).create(tenant, ("admin",), tenant=tenant))[1]


@pytest.mark.parametrize("name", ["erpnext", "telegram", "a/b", "Market", ""])
def test_what_a_platform_may_be_called(tmp_path: Path, name: str) -> None:
    """Its name stands in its address and tells its messages from others': what cannot do both is refused."""
    wrong = Settings(store=f"sqlite:///{tmp_path / 'x.db'}", generic_webhook_secret="s", generic_channel=name)
    with pytest.raises(SettingsError, match=r"generic\.channel"):
        create_app(wrong)


@pytest.mark.parametrize("platform", ["erpnext", "telegram", "generic"])
def test_a_tenant_that_there_can_not_be(tmp_path: Path, platform: str) -> None:
    """A name that the store has no room for is refused at the start."""
    with pytest.raises(SettingsError, match=rf"{platform}\.tenant"):
        create_app(settings(f"sqlite:///{tmp_path / 'x.db'}", **{f"{platform}_tenant": "a" * 65}))


def test_a_wrong_mapping_is_refused_at_the_start(tmp_path: Path) -> None:
    """A field that there is not is told when the service starts, not when a message comes."""
    wrong = Settings(
        store=f"sqlite:///{tmp_path / 'x.db'}", erpnext_webhook_secret="s", erpnext_fields=(("body", "doc.body"),)
    )
    with pytest.raises(SettingsError, match="body is no field"):
        create_app(wrong)


def test_nobody_gets_past_by_writing_much(client: TestClient) -> None:
    """A message longer than what is read at once is screened in parts, counted once where one part has it."""
    padded = published("word " * 5_000 + CONTACT, "padded")
    for _ in range(2):
        answer = post(client, padded)
        assert answer.status_code == 200
        assert (answer.json()["flagged"], answer.json()["flag_count"]) == (True, 1)


def test_nobody_gets_past_by_whom_they_write_to(client: TestClient) -> None:
    """Recipients and names that are no use are left out; the message is screened."""
    answer = post(client, communication("COMM-90", CONTACT, recipients="x" * 500, sender_full_name="y" * 500))
    assert (answer.status_code, answer.json()["flagged"]) == (200, True)
