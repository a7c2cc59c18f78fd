"""Outgoing webhooks: what is posted, who can trust it, and what each answer means."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from standardwebhooks import Webhook as Reference
from standardwebhooks import WebhookVerificationError
from tests.connectors.hooks import OLD_SECRET, SECRET, Answer, Receiver, slack, standard

from lurewatch.casework.acts import Act
from lurewatch.casework.delivery import Delivery
from lurewatch.entrypoints.acting import doers
from lurewatch.entrypoints.connectors import standard_webhooks
from lurewatch.entrypoints.connectors.pinned import Pinned, target
from lurewatch.entrypoints.connectors.webhooks import Endpoint, Webhook
from lurewatch.entrypoints.settings import Settings, load
from lurewatch.errors import DeliveryError, SettingsError

ACT = Act(
    alert="a-1",
    tenant="default",
    channel="erpnext",
    conversation_id="ISS-1",
    message_id="m-1",
    verdict="v-1",
    policy="off_platform",
    action="escalation",
    type="",
    text="We look into it.",
    sender="ann@example.org",
    sender_type="client",
    client_email="ann@example.org",
    advisor_email="bo@example.org",
    count=3,
    score=0.9,
    scam_probability=61.5,
    risk_level="high",
    scam_type="tech_support",
    patterns=("bypass_language", "phone_number"),
    keywords=(),
    matched=("604-555-1234", "give me a call"),
    created_at=1_700_000_000.25,
)
HOSTILE = (
    "<!channel> <@U1> @here <https://evil.example|bank> `x` ![i](https://evil.example/i.png) *b* &amp; \u202e\x00\n"
)


def delivery(act: Act = ACT, **more: Any) -> Delivery:
    """A row of the outbox with this act."""
    given = {
        "id": "d-1",
        "tenant": act.tenant,
        "kind": "webhook:ops",
        "ordered_by": "default/erpnext/ISS-1/webhook:ops",
        "subject": act.conversation_id,
        "payload": msgspec.json.encode(act),
        "alert": act.alert,
        "created_at": act.created_at,
        "attempt": 1,
        "in_doubt": False,
    }
    return Delivery(**(given | more))


def webhook(receiver: Receiver, *secrets: str, path: str = "", timeout: float = 15.0, **more: Any) -> Webhook:
    """Posts to the receiver: signed by these secrets, or where there are none as alerts in a chat."""
    endpoint = Endpoint(
        name="ops",
        url=target(receiver.url + path, allow_private=True),
        tenant="default",
        actions=frozenset({"escalation"}),
        format="standard" if secrets else "slack",
        keys=tuple(map(standard_webhooks.key, secrets)),
    )
    return Webhook(endpoint, Pinned(allow_private=True, timeout=timeout), **more)


async def post(doer: Webhook, given: Delivery | None = None) -> Any:
    """Hand on a row."""
    (deliver,) = doer.does.values()
    return await deliver(given or delivery())


async def refused(doer: Webhook, given: Delivery | None = None) -> DeliveryError:
    """How a row was refused."""
    with pytest.raises(DeliveryError) as error:
        await post(doer, given)
    return error.value


@pytest.fixture
def signed() -> Iterator[Receiver]:
    """A receiver of Standard Webhooks that knows SECRET."""
    with Receiver(standard(SECRET)) as one:
        yield one


@pytest.fixture
def chat() -> Iterator[Receiver]:
    """A chat."""
    with Receiver(slack) as one:
        yield one


async def test_the_reference_library_trusts_it(signed: Receiver) -> None:
    """What is posted verifies with the specification's own library, and not with another secret or another body."""
    receipt = await post(webhook(signed, SECRET))
    assert (receipt.reference, receipt.proves) == ("msg_d-1", "admin_alerted")
    ((headers, body),) = signed.taken
    content = Reference(SECRET).verify(body, headers)
    assert content["type"] == "io.lurewatch.decision.v1"
    assert content["timestamp"] == "2023-11-14T22:13:20.250Z"
    assert content["data"] == json.loads(msgspec.json.encode(ACT))
    for secret, other in ((OLD_SECRET, body), (SECRET, body.replace(b"ISS-1", b"ISS-2"))):
        with pytest.raises(WebhookVerificationError):
            Reference(secret).verify(other, headers)


async def test_two_secrets_while_one_takes_over(signed: Receiver) -> None:
    """During a rotation who knows either secret can verify."""
    await post(webhook(signed, OLD_SECRET, SECRET))
    ((headers, body),) = signed.taken
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (OLD_SECRET, SECRET):
        Reference(secret).verify(body, headers)


async def test_a_secret_that_the_receiver_does_not_know(signed: Receiver) -> None:
    """Whose signature does not fit waits with all that is for there, and is told what to check."""
    error = await refused(webhook(signed, OLD_SECRET))
    assert (error.permanent, error.unreachable, error.certain) == (False, True, True)
    assert str(error) == "127.0.0.1 answered 401. Check the secret, and who may call it"


async def test_a_clock_that_is_wrong(signed: Receiver) -> None:
    """The receiver's tolerance is kept to by the time of the attempt, and a clock ten minutes late is refused."""
    late = webhook(signed, SECRET, clock=lambda: datetime.now(UTC).timestamp() - 600)
    assert "answered 400" in str(await refused(late))


@pytest.mark.parametrize("fault", ["drop", "drop after", (500, {}, b"oops"), (503, {}, b"")])
async def test_the_id_is_the_same(signed: Receiver, fault: Answer | str) -> None:
    """However often a row is posted, its id is the same, and it is signed for the time of the attempt."""
    now = datetime.now(UTC).timestamp()
    doer = webhook(signed, SECRET, clock=lambda: now)
    signed.faults = [fault]
    error = await refused(doer)
    assert (error.permanent, error.certain) == (False, False)
    now += 2
    await post(doer, delivery(attempt=2, in_doubt=True))
    first, second = (headers for _, headers, _ in signed.asked)
    assert first["webhook-id"] == second["webhook-id"] == "msg_d-1"
    assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 2


async def test_too_long_to_post(signed: Receiver) -> None:
    """However long what was written is, less than 20,000 bytes are posted: long texts are cut, the facts stay."""
    long = "ж" * 200
    act = replace(
        ACT,
        text="я" * 4_000,
        matched=("ж" * 10_000,) * 5,
        keywords=(long,) * 500,
        conversation_id=long,
        sender=long,
    )
    await post(webhook(signed, SECRET), delivery(act))
    data = json.loads(signed.taken[0][1])["data"]
    assert (data["conversation_id"], data["count"], len(data["matched"])) == (long, 3, 5)
    assert 0 < len(data["matched"][0]) < 1_000


@pytest.mark.parametrize(
    ("status", "permanent", "unreachable", "certain"),
    [
        (301, False, True, True),
        (308, False, True, True),
        (400, False, False, True),
        (401, False, True, True),
        (403, False, True, True),
        (404, False, True, True),
        (409, False, False, True),
        (422, False, False, True),
        (429, False, True, True),
        (500, False, False, False),
        (502, False, True, False),
        (503, False, True, False),
    ],
)
async def test_what_an_answer_means(
    signed: Receiver, status: int, permanent: bool, unreachable: bool, certain: bool
) -> None:
    """An answer that is about the address makes all that is for there wait; one that is about a body does not."""
    signed.faults = [(status, {"Location": "http://127.0.0.1/sesame"}, b"sesame")]
    error = await refused(webhook(signed, SECRET))
    assert (error.permanent, error.unreachable, error.certain) == (permanent, unreachable, certain)
    assert "sesame" not in str(error)
    assert len(signed.asked) == 1


async def test_a_body_that_is_refused_again_and_again(signed: Receiver) -> None:
    """What is refused for its body is given up after some tries: it would hold back what follows."""
    signed.always = (422, {}, b"")
    assert not (await refused(webhook(signed, SECRET), delivery(attempt=7))).permanent
    assert (await refused(webhook(signed, SECRET), delivery(attempt=8))).permanent


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True])
async def test_retry_after(signed: Receiver, status: int, as_date: bool) -> None:
    """Who asks to be left alone, for seconds or until a date, is not called by any row until then."""
    start = datetime.now(UTC).replace(microsecond=0)
    now = start.timestamp()
    doer = webhook(signed, SECRET, clock=lambda: now)
    until = format_datetime(start + timedelta(seconds=90), usegmt=True) if as_date else "90"
    signed.faults = [(status, {"Retry-After": until}, b"")]
    assert (await refused(doer)).retry_after == 90
    now += 30
    assert (await refused(doer, delivery(id="d-2"))).retry_after == 60
    assert len(signed.asked) == 1
    now += 60
    await post(doer, delivery(id="d-2"))
    assert len(signed.taken) == 1


@pytest.mark.parametrize("text", ["", "soon", "-5", "99999999999999999999", "Wed, 99 Foo", "Mon, 01 Jan 2001 00:00:00"])
async def test_a_retry_after_that_makes_no_sense(signed: Receiver, text: str) -> None:
    """What a server asks for is at most a day, and what cannot be read is nothing."""
    signed.faults = [(429, {"Retry-After": text}, b"")]
    assert (await refused(webhook(signed, SECRET))).retry_after == (86_400 if text.startswith("9") else 0)


async def test_an_alert_in_a_chat(chat: Receiver) -> None:
    """A chat is told the whole, as blocks and as one text for those that know no blocks."""
    receipt = await post(webhook(chat))
    assert receipt.proves == "admin_alerted"
    content = json.loads(chat.taken[0][1])
    for part in (content["text"], json.dumps(content["blocks"])):
        for fact in ("ISS-1", "ann@example.org", "phone_number", "604-555-1234", "a-1", "62 %"):
            assert fact in part
    assert "Repeated" not in content["text"]


async def test_a_repeated_alert_says_so(chat: Receiver) -> None:
    """A chat has no key by which it knows what it has: an alert of unknown fate is repeated, and says so."""
    chat.faults = ["drop after"]
    doer = webhook(chat)
    assert not (await refused(doer)).certain
    await post(doer, delivery(attempt=2, in_doubt=True))
    titles = [json.loads(body)["blocks"][0]["text"]["text"] for _, body in chat.taken]
    assert [title.startswith("Repeated") for title in titles] == [False, True]


async def test_nothing_is_injected_into_a_chat(chat: Receiver) -> None:
    """What others wrote makes no mention, link, picture or markup, and breaks no limit, wherever it stands."""
    hostile = HOSTILE * 40
    act = replace(
        ACT,
        conversation_id=hostile,
        channel=hostile,
        sender=hostile,
        client_email=hostile,
        type=hostile,
        matched=(hostile, "&<>" * 2_000, "@here", "`", HOSTILE),
        keywords=(hostile,),
    )
    await post(webhook(chat), delivery(act))
    content = json.loads(chat.taken[0][1])
    shown = json.dumps(content, ensure_ascii=False)
    assert not set("<>\u202e\x00") & set(shown)
    assert content["mrkdwn"] is False
    assert '"mrkdwn",' not in shown
    for line in content["text"].splitlines()[1:]:
        before, said, after = line.split("`")  # Mattermost reads Markdown: it is all inside one code span
        assert (after, "@here" in said) == ("", False)
        assert "evil" not in before
    blocks = content["blocks"]
    assert blocks[0]["text"]["type"] == "plain_text"
    assert {one["type"] for block in blocks[1:] for one in (*block.get("fields", ()), block.get("text")) if one} == {
        "plain_text"
    }


@pytest.mark.parametrize(
    ("answer", "gone", "said"),
    [
        ((404, {}, b"no_service"), True, "127.0.0.1 answered 404 no_service"),
        ((410, {}, b"channel_is_archived"), True, "127.0.0.1 answered 410 channel_is_archived"),
        ((404, {}, b"channel_not_found"), False, "127.0.0.1 answered 404 channel_not_found"),
        ((404, {}, b"<html>sesame"), False, "127.0.0.1 answered 404"),
        ((400, {}, b"invalid_payload"), False, "127.0.0.1 answered 400 invalid_payload"),
    ],
)
async def test_what_a_chat_answers(chat: Receiver, answer: Answer, gone: bool, said: str) -> None:
    """A chat's word for what is wrong is kept, and a webhook that was removed there is gone."""
    chat.faults = [answer]
    error = await refused(webhook(chat))
    assert (error.gone, error.permanent, str(error)) == (gone, gone, said)


async def test_secrets_are_not_told(signed: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    """Neither an error nor a log, however much is logged, holds a secret, a path, or what was written."""
    caplog.set_level(logging.DEBUG)
    doer = webhook(signed, SECRET, path="/sesame?key=sesame", timeout=0.2)
    signed.faults = [(410, {}, b"604-555-1234"), "drop", "slow", (301, {"Location": "/sesame"}, b"")]
    said = [repr(await refused(doer)) for _ in range(4)]
    said += [record.getMessage() for record in caplog.records] + [repr(vars(doer)["_endpoint"])]
    assert any("is gone" in one for one in said)
    for one in said:
        assert "sesame" not in one
        assert SECRET[6:] not in one
        assert "604-555" not in one


def settings(tmp_path: Path, text: str) -> Settings:
    """Settings from a file."""
    (tmp_path / "lurewatch.yaml").write_text(text, "utf-8")
    return load(environment={}, folder=tmp_path)


def test_set_up(tmp_path: Path) -> None:
    """Each table is a destination of its own: by default of the actions that ask for people."""
    (tmp_path / "ops.secret").write_text(f"{SECRET}\n{OLD_SECRET}\n")
    text = f"""
webhooks:
  - {{name: ops, url: https://hooks.example/a, secret_file: ops.secret}}
  - {{name: chat-2, url: https://hooks.slack.com/services/T/B/x, format: slack, tenant: acme, channels: [mail],
      actions: [alert]}}
  - {{name: here, url: "http://127.0.0.1:8080/", secret: {SECRET}, allow_private: true}}
"""
    ops, chat, here = doers(settings(tmp_path, text))
    assert list(ops.does) == ["webhook:ops"]
    for action in ("warning", "escalation", "alert", "hand_off"):
        assert ops.destination.kinds("default", "any", action) == ("webhook:ops",)
    assert ops.destination.kinds("default", "any", "notice") == ()
    assert chat.destination.kinds("acme", "mail", "alert") == ("webhook:chat-2",)
    for elsewhere in (("default", "mail", "alert"), ("acme", "api", "alert"), ("acme", "mail", "warning")):
        assert chat.destination.kinds(*elsewhere) == ()
    assert here.destination.name == "webhook:here"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (f"{{name: Ops!, url: https://a.example, secret: {SECRET}}}", "number 1, name: 'Ops!' is none"),
        (f"{{name: a, url: 'http://sesame.example', secret: {SECRET}}}", "number 1, a, url: it is no https address"),
        (f"{{name: a, url: 'https://10.0.0.1', secret: {SECRET}}}", "a, url: it is a private address"),
        ("{name: a, url: https://sesame.example}", "a: it needs secret or secret_file"),
        (f"{{name: a, url: https://a.example, secret: {SECRET}, secret_file: x}}", "secret_file, one of the two"),
        ("{name: a, url: https://a.example, secret: sesame}", "a, secret: a secret is no whsec_"),
        ("{name: a, url: https://a.example, secret: whsec_c2VzYW1l}", "a, secret: a secret is no whsec_"),
        (f"{{name: a, url: https://a.example, secret: [{SECRET}, {OLD_SECRET}, whsec_x]}}", "there are 3"),
        ("{name: a, url: https://a.example, secret_file: nowhere}", "nowhere cannot be read: FileNotFoundError"),
        (f"{{name: a, url: https://a.example, format: slack, secret: {SECRET}}}", "a chat checks none"),
    ],
)
def test_what_is_wrong_with_a_table(tmp_path: Path, table: str, said: str) -> None:
    """What cannot be posted to is refused at the start, and neither address nor secret is shown."""
    with pytest.raises(SettingsError) as error:
        doers(settings(tmp_path, f"webhooks:\n  - {table}\n"))
    assert said in str(error.value)
    for secret in ("sesame", "c2VzYW1l", SECRET):
        assert secret not in str(error.value)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("sesame", "webhooks: the text is no JSON. Write [{name: ops,"),
        ("{sesame: 1}", "webhooks: it is not a list of at most 1000 tables. Write [{name: ops,"),
        ("[sesame]", "webhooks: number 1, it, is not a table."),
        ("[{name: a, sesame: b}]", "webhooks: number 1 has no url. Write it."),
        ("[{name: a, url: b, sesame: c}]", "webhooks: number 1: unknown key. There are: name, url, secret,"),
        ("[{name: a, url: b, secret: {sesame: 1}}]", "webhooks: number 1, secret: it is not one secret, or two."),
        ("[{name: a, url: b, format: sesame}]", "webhooks: number 1, format: it is not standard or slack."),
        ("[{name: a, url: b, actions: [sesame]}]", "webhooks: number 1, actions: it is not warning, escalation,"),
    ],
)
def test_what_is_no_list_of_tables(tmp_path: Path, written: str, said: str) -> None:
    """What is written wrongly is told by its place, without what was written."""
    with pytest.raises(SettingsError) as error:
        settings(tmp_path, f"webhooks: {written}\n")
    assert said in str(error.value)
    assert "sesame" not in str(error.value)


def test_names_are_unique(tmp_path: Path) -> None:
    """Two webhooks of one name are refused, and every problem is told at once."""
    one = f"{{name: a, url: https://a.example, secret: {SECRET}}}"
    with pytest.raises(SettingsError) as error:
        doers(settings(tmp_path, f"webhooks:\n  - {one}\n  - {one}\n  - {{name: b, url: x}}\n"))
    lines = str(error.value).splitlines()
    assert [line.split(",")[1].strip() for line in lines] == ["number 2", "number 3"]
    assert "the name a is another one's" in lines[0]
