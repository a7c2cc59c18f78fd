"""What is done in ERPNext about decisions, against a server that answers as its REST API does."""

from __future__ import annotations

import asyncio
import html
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser
from tests.casework.fakes import CONTACT, NOON, Clock, incoming, rows
from tests.connectors.erpnext_site import KEY, SECRET, Document, ErpnextSite, refused
from tests.connectors.signing import SECRET as WEBHOOK_SECRET
from tests.connectors.signing import frappe

from lurewatch import Engine
from lurewatch.casework.acts import Act, Doer
from lurewatch.casework.archive import Archive
from lurewatch.casework.delivery import Delivery
from lurewatch.casework.relay import Pace, Relay
from lurewatch.casework.screening import Binding, Screening, Terms
from lurewatch.casework.store import Store
from lurewatch.entrypoints.acting import doers
from lurewatch.entrypoints.connectors import erpnext, erpnext_posts
from lurewatch.entrypoints.connectors.erpnext import ErpnextConfig
from lurewatch.entrypoints.connectors.erpnext_desk import BANNER, ISSUE, Banners, DeskConfig, Issues
from lurewatch.entrypoints.connectors.frappe_site import Account
from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import DeliveryError, SettingsError

THREAD = "ACC-2026-001"
ENFORCED = Binding(policies={"enforced": ("off_platform", "brand_watch", "handoff")})
ACT = Act(
    alert="0123456789abcdef0123456789abcdef",
    tenant="default",
    channel="erpnext",
    conversation_id=THREAD,
    message_id="m-1",
    verdict="v-1",
    policy="off_platform",
    action="warning",
    type="",
    text="Stay here, please.\nMore hours cost 10% less, & are <easy>.",
    sender="ann@example.org",
    sender_type="client",
    client_email="ann@example.org",
    advisor_email="bo@example.org",
    count=1,
    score=0.0,
    scam_probability=12.0,
    risk_level="low",
    scam_type="",
    patterns=("bypass_language", "phone_number"),
    keywords=(),
    matched=("604-555-1234", "<img src=x onerror=alert(1)> give me a call"),
    created_at=NOON,
)


def delivery(act: Act = ACT, kind: str = BANNER, *, in_doubt: bool = False) -> Delivery:
    """A row of the outbox with this act."""
    payload = msgspec.json.encode(act)
    return Delivery("row-1", "default", kind, "o", THREAD, payload, act.alert, NOON, 1 + in_doubt, in_doubt)


def config(site: ErpnextSite, **more: Any) -> DeskConfig:
    """How that site is written to."""
    account = Account(site.url, more.pop("key", KEY), more.pop("api_secret", SECRET), more.pop("patience", 5.0))
    return DeskConfig(account, secret=WEBHOOK_SECRET, tenant="default", **more)


@pytest.fixture
def site() -> Iterator[ErpnextSite]:
    """A site with one thread."""
    with ErpnextSite() as site:
        site.open_issue(THREAD)
        yield site


@pytest.fixture
async def banners(site: ErpnextSite) -> AsyncIterator[Banners]:
    """Posts banners there."""
    banners = Banners(config(site))
    yield banners
    await banners.close()


@pytest.fixture
async def issues(site: ErpnextSite) -> AsyncIterator[Issues]:
    """Makes Issues there."""
    issues = Issues(config(site))
    yield issues
    await issues.close()


async def do(doer: Doer, act: Act = ACT, *, in_doubt: bool = False) -> Any:
    """The receipt of the one kind of act that it does."""
    ((kind, deliver),) = doer.does.items()
    return await deliver(delivery(act, kind, in_doubt=in_doubt))


async def error_of(doer: Doer, act: Act = ACT, *, in_doubt: bool = False) -> DeliveryError:
    """The error that it raises instead; it never holds a secret or what was written."""
    with pytest.raises(DeliveryError) as caught:
        await do(doer, act, in_doubt=in_doubt)
    said = str(caught.value)
    assert not any(word in said for word in (SECRET, KEY, "604-555", "Stay here", "onerror"))
    return caught.value


def webhook(document: Document) -> dict[str, Any]:
    """What the site's webhook posts of a document of ours."""
    if document["doctype"] == "Issue":
        return {"issue_reference": document["name"], "message_text": document["description"], "sender_email": "x@y.z"}
    return {**document, "modified": "2026-01-05 10:12:33.123456", "sender": "any@example.org"}


@pytest.mark.parametrize("doctype", ["Communication", "Comment"])
async def test_the_banner_is_seen_in_the_portal(site: ErpnextSite, doctype: Any) -> None:
    """The customer, and the advisor, read the decision's words below the Issue; the receipt proves the warning."""
    banners = Banners(config(site, doctype=doctype))
    receipt = await do(banners)
    await banners.close()
    (made,) = site.documents[doctype]
    assert (receipt.reference, receipt.proves) == (made["name"], "warning_sent")
    for user in ("ann@example.org", "bo@example.org"):
        (seen,) = site.portal(THREAD, user)
        assert seen.startswith("<p>Stay here, please.</p><p>More hours cost 10% less, &amp; are &lt;easy&gt;.</p>")


async def test_the_issue_tells_administrators(site: ErpnextSite, issues: Issues) -> None:
    """Subject, description and priority are as published; what others wrote is escaped."""
    receipt = await do(issues)
    (made,) = site.alerts()
    assert (receipt.reference, receipt.proves) == (made["name"], "admin_alerted")
    assert made["subject"] == f"[Compliance Alert] Conversation flag in {THREAD}"
    assert (made["priority"], made["issue_type"]) == ("Medium", "Compliance Alert")
    assert "customer" not in made
    text = html.unescape(re.sub("<[^>]*>", " ", made["description"]))
    for told in (THREAD, "ann@example.org (client)", "bo@example.org", "bypass_language, phone_number", "warning"):
        assert told in text
    assert re.search(r"Incidents of the pair:\s+1\b", text)
    assert "<img" not in made["description"]
    assert "<img src=x onerror=alert(1)>" in text


@pytest.mark.parametrize(
    ("changed", "priority"),
    [
        ({"count": 2}, "Medium"),
        ({"count": 3, "action": "escalation"}, "High"),
        ({"count": 1, "action": "escalation"}, "Medium"),
        ({"count": 0, "policy": "handoff", "action": "hand_off", "text": "", "patterns": (), "matched": ()}, "High"),
        ({"count": 0, "policy": "brand_watch", "action": "alert", "keywords": ("paypal",)}, "Medium"),
    ],
)
async def test_priorities(site: ErpnextSite, issues: Issues, changed: dict[str, Any], priority: str) -> None:
    """From the third incident of a pair on, and for a certain scam, the priority is high, whatever the policy's."""
    await do(issues, replace(ACT, **changed))
    assert [made["priority"] for made in site.alerts()] == [priority]


async def test_a_long_reference_is_cut_in_the_subject(site: ErpnextSite, issues: Issues) -> None:
    """A subject never has more characters than the site takes."""
    await do(issues, replace(ACT, conversation_id="x" * 200))
    assert len(site.alerts()[0]["subject"]) == 140


@pytest.mark.parametrize("kind", [Banners, Issues])
async def test_what_may_have_got_through_is_looked_for_first(site: ErpnextSite, kind: Any) -> None:
    """A try whose answer was lost is not repeated; another alert in the same words is a post of its own."""
    doer = kind(config(site))
    site.faults = ["drop after"]
    error = await error_of(doer)
    assert (error.certain, error.permanent, error.unreachable) == (False, False, True)
    assert error.retry_after > 0
    receipt = await do(doer, in_doubt=True)
    assert [made["name"] for made in site.made] == [receipt.reference]
    await do(doer, replace(ACT, alert="f" * 32), in_doubt=True)
    assert len(site.made) == 2
    await doer.close()


@pytest.mark.parametrize("kind", [Banners, Issues])
async def test_a_slow_site_is_not_told_twice(site: ErpnextSite, kind: Any) -> None:
    """Who does not answer in time is away; what it did nevertheless is found."""
    doer = kind(config(site, patience=0.3))
    site.faults = ["slow"]
    error = await error_of(doer)
    assert (error.unreachable, error.certain) == (True, False)
    assert error.retry_after >= 60
    site.released.set()
    await doer.close()
    patient = kind(config(site))
    await do(patient, in_doubt=True)
    assert len(site.made) == 1
    await patient.close()


async def test_what_was_never_sent_is_certain(site: ErpnextSite, issues: Issues) -> None:
    """A refused connection leaves no doubt; one that breaks before it was understood does."""
    site.faults = ["drop"]
    assert not (await error_of(issues)).certain
    site.stop()
    error = await error_of(issues)
    assert (error.unreachable, error.certain, error.permanent) == (True, True, False)
    assert site.url in str(error)


@pytest.mark.parametrize(
    ("answer", "words", "tried_again"),
    [
        (refused("AuthenticationError"), "erpnext.api_key", (True, True, 0)),
        (refused("PermissionError"), "may not create Communication", (False, True, 0)),
        ((404, {}, b"<html>"), "erpnext.url", (False, True, 0)),
        (refused("MandatoryError"), "MandatoryError", (False, True, 0)),
        ((422, {}, {"exc_type": "604-555-1234"}), "422", (False, True, 0)),
        ((301, {"Location": "http://127.0.0.1:1/"}, b""), "leads elsewhere", (False, True, 0)),
        ((429, {"Retry-After": "7"}, b""), "left alone", (True, True, 7)),
        ((429, {"Retry-After": "-1"}, b""), "left alone", (True, True, 0)),
        ((503, {"Retry-After": "120"}, b""), "503", (True, False, 120)),
        ((503, {"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}, b""), "503", (True, False, 3_600)),
        ((503, {"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}, b""), "503", (True, False, 60)),
        ((502, {}, b"<html>"), "502", (True, False, 60)),
        ((500, {}, {"exc_type": "X"}), "500 X", (False, False, 0)),
        ((200, {}, b"<html>log in</html>"), "no ERPNext", (False, False, 60)),
        ((200, {}, {"data": {}}), "no ERPNext", (False, False, 60)),
        ((200, {}, b" " * (2 << 20)), "no ERPNext", (False, False, 60)),
    ],
)
async def test_what_is_refused_is_explained(
    site: ErpnextSite, banners: Banners, answer: Any, words: str, tried_again: tuple[bool, bool, float]
) -> None:
    """Each answer says what to do, and is tried again: whether all have to wait, whether it is certain, how soon."""
    site.faults = [answer]
    error = await error_of(banners)
    assert words in str(error)
    assert not error.permanent
    assert (error.unreachable, error.certain, error.retry_after) == tried_again


async def test_the_log_holds_no_secret(site: ErpnextSite, banners: Banners, caplog: pytest.LogCaptureFixture) -> None:
    """However much the HTTP client logs, neither the key nor what was written is there."""
    caplog.set_level(logging.DEBUG)
    site.faults = ["drop after"]
    await error_of(banners)
    await do(banners, in_doubt=True)
    assert THREAD in caplog.text
    assert not any(word in caplog.text for word in (SECRET, KEY, "Stay here", "604-555"))


async def test_the_environment_leads_nowhere_else(
    site: ErpnextSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site is asked itself and with our key, whatever proxy or key for it the environment names."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    banners = Banners(config(site))
    try:
        await do(banners)
    finally:
        await banners.close()
    assert len(site.made) == 1


async def test_a_wrong_key_and_a_missing_role(site: ErpnextSite, banners: Banners) -> None:
    """The site itself refuses a wrong secret, and a type that the user has no role for; both can be put right."""
    wrong = Banners(config(site, api_secret="another"))
    assert "401" in str(await error_of(wrong))
    await wrong.close()
    site.forbidden = {"Communication"}
    error = await error_of(banners)
    assert "403" in str(error)
    assert not error.permanent
    site.forbidden = set()
    assert (await do(banners)).reference


async def test_a_thread_that_is_gone(site: ErpnextSite, banners: Banners, issues: Issues) -> None:
    """No banner can ever be posted where there is no Issue; administrators are told all the same."""
    gone = replace(ACT, conversation_id="pair:0123")
    assert (await error_of(banners, gone)).permanent
    assert (await do(issues, gone)).proves == "admin_alerted"
    assert (await error_of(banners, replace(ACT, text=" "))).permanent


async def test_types_and_priorities_that_the_site_lacks(site: ErpnextSite, issues: Issues) -> None:
    """What is missing is named; it is created only where that is wanted."""
    site.documents["Issue Type"].clear()
    site.documents["Issue Priority"] = [{"name": "High"}]
    error = await error_of(issues)
    assert "Issue Type 'Compliance Alert' and Issue Priority 'Medium'" in str(error)
    assert (error.permanent, error.certain) == (False, True)
    creating = Issues(config(site, create_missing=True))
    assert (await do(creating)).reference == site.alerts()[0]["name"]
    assert site.documents["Issue Type"][0]["name"] == "Compliance Alert"
    await creating.close()
    other = Issues(config(site, issue_type="Bug", usual_priority="High"))
    assert "Issue Type 'Bug'. " in str(await error_of(other))
    await other.close()


ODD = [
    *("On Mon, Jan 5, Ann wrote:", "> quoted", "-- ", "From: a\nSent: 5\nTo: b\nSubject: c", "[lw-0123456789abcdef]"),
    *("100%aid %20", "a\u202eb\u200bc", "<blockquote>x</blockquote>", "&nbsp;&#91;", "ß ﬁ İ", "<p hidden>", "\ud800\0"),
]
TEXTS = st.text(max_size=60) | st.sampled_from(ODD)


@given(
    text=TEXTS.filter(str.strip),
    matched=st.lists(TEXTS, max_size=5),
    sender=TEXTS,
    thread=st.text("A-1 %<", min_size=1),
)
def test_our_own_posts_are_told_when_they_come_back(text: str, matched: list[str], sender: str, thread: str) -> None:
    """Whatever a banner or an Issue quotes, the webhook that it fires is known as ours, unless words are added."""
    receiving = ErpnextConfig(WEBHOOK_SECRET)
    act = replace(ACT, text=text, matched=tuple(matched), sender=sender, conversation_id=thread)
    site = ErpnextSite()
    site.open_issue(thread)
    for post, place in ((erpnext_posts.banner(act, WEBHOOK_SECRET), thread), (erpnext_posts.issue(act, "sesame"), "I")):
        stored = site.insert("Issue", {"subject": "s", "description": post.content})["description"]
        assert post.mark in stored
        tags = {node.tag for node in LexborHTMLParser(stored).css("body *")}
        assert tags <= {"p", "b", "ul", "li", "small"}, "nothing foreign is HTML"
        payload = {"reference_name": place, "content": stored, "sender": "any@example.org"}
        assert erpnext.receive(*frappe(payload), receiving) == ()
        added = {**payload, "content": stored + "<p>call 604-555-1234</p>"}
        assert erpnext.receive(*frappe(added), receiving) != ()


async def test_the_round_trip(site: ErpnextSite, banners: Banners, issues: Issues) -> None:
    """The webhooks of what was really posted are received as our own."""
    await do(banners)
    await do(issues)
    assert [made["doctype"] for made in site.made] == ["Communication", "Issue"]
    for made in site.made:
        assert erpnext.receive(*frappe(webhook(made)), ErpnextConfig(WEBHOOK_SECRET)) == ()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store with nothing in it."""
    async with await Store.open(f"sqlite:///{tmp_path / 'lurewatch.db'}") as store:
        yield store


async def relayed(store: Store, clock: Clock, doing: tuple[Doer, ...], passing: Callable[[], None]) -> None:
    """Let relays hand on everything; ``passing`` is called whenever time has passed."""

    async def later(seconds: float) -> None:
        clock.now += seconds
        passing()
        await asyncio.sleep(0)

    # Time passes as fast as it can here, and would end a claim while the server answers.
    pace = Pace(lease=1e9)
    relays = [Relay(store, doer.does, pace=pace, clock=clock, sleep=later, chance=lambda: 0.0) for doer in doing]
    running = [asyncio.create_task(relay.run()) for relay in relays]
    try:
        async with asyncio.timeout(50):
            while any(row["status"] == "pending" for row in await rows(store, "outbox") if row["alert"]):
                await asyncio.sleep(0.02)
    finally:
        for relay in relays:
            relay.stop()
        await asyncio.gather(*running)
        for doer in doing:
            await doer.close()


async def test_an_hour_without_erpnext(site: ErpnextSite, store: Store, engine: Engine) -> None:
    """What is decided while ERPNext is down for an hour is all there afterwards, once, in the order of its thread."""
    clock = Clock()
    doing = doers(settings(site))
    terms = Terms((ENFORCED,), tuple(doer.destination for doer in doing))
    room = Screening(lambda: engine, store, terms=terms, clock=clock)
    site.open_issue("ACC-2026-002")
    site.stop()
    for number in range(4):
        for thread in (THREAD, "ACC-2026-002"):
            more = {"channel": "erpnext", "message_id": f"{thread}/{number}", "client": f"{thread}@example.org"}
            await room.screen(incoming(CONTACT, thread, **more))
    await room.close()

    def passing() -> None:
        if clock.now >= NOON + 3_600 and not site.is_up:
            site.faults = ["drop after", (500, {}, b""), "drop", (429, {"Retry-After": "30"}, b""), "drop after"]
            site.start()

    await relayed(store, clock, doing, passing)
    found = (await Archive(store).alerts("default")).items
    assert len(found) == 8
    assert all(alert.warning_sent and alert.admin_alerted for alert in found)
    for thread in (THREAD, "ACC-2026-002"):
        (about,) = {one["reference_name"] for one in site.documents["Communication"] if one["reference_name"] == thread}
        policies = engine.policies.off_platform
        said = [text.startswith(f"<p>{policies.notice[:20]}") for text in site.portal(about, f"{thread}@example.org")]
        assert said == [False, False, True, True], "two reminders, then notices"
        told = [one["description"] for one in site.alerts() if one["subject"].endswith(thread)]
        assert [re.findall(r"pair:</b> (\d)", text) for text in told] == [["1"], ["2"], ["3"], ["4"]]
    assert [one["priority"] for one in site.alerts()].count("High") == 4


def settings(site: ErpnextSite, **more: Any) -> Settings:
    """A service that writes to the site."""
    account = {"erpnext_url": site.url, "erpnext_api_key": KEY, "erpnext_api_secret": SECRET}
    return Settings(**(account | more))


def test_the_service_answers_a_webhook_in_the_thread(site: ErpnextSite, tmp_path: Path) -> None:
    """What a client writes is answered in the thread and told to administrators; our posts come back unscreened."""
    more = {"store": f"sqlite:///{tmp_path / 'lurewatch.db'}", "erpnext_webhook_secret": WEBHOOK_SECRET}
    enforcing = settings(site, channels=({"channel": "erpnext", "enforce": ("off_platform",)},), **more)
    said = {"issue_reference": THREAD, "message_text": CONTACT, "sender_email": "ann@example.org"}
    with TestClient(create_app(enforcing)) as client:

        def post(payload: dict[str, Any]) -> Any:
            body, headers = frappe(payload)
            return client.post("/webhooks/erpnext", content=body, headers=headers).json()

        assert post(said)["action"] == "warning"
        site.until_made(2)
        assert enforcing.reminder.split(".")[0] in site.portal(THREAD, "ann@example.org")[0]
        for made in list(site.made):
            assert not post(webhook(made))["flagged"]
    assert len(site.made) == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"erpnext_api_secret": ""}, "erpnext.api_secret must be set"),
        ({"erpnext_url": "", "erpnext_api_key": ""}, "erpnext.url and erpnext.api_key must be set"),
        ({"erpnext_url": "http://portal.example"}, "no https"),
        ({"erpnext_url": "https://portal.example?x=1"}, "more than the address"),
        ({"store": "none"}, "needs a store"),
        ({"erpnext_api_secret": "a\nb"}, "other characters"),
        ({"erpnext_api_key": "schlüssel"}, "other characters"),
    ],
)
def test_settings_that_cannot_work(site: ErpnextSite, changed: dict[str, str], words: str) -> None:
    """Half an account, an open way and a key that no header takes are refused when the service starts."""
    with pytest.raises(SettingsError, match=re.escape(words)) as error:
        doers(settings(site, **changed))
    assert SECRET not in str(error.value)


async def test_the_account_makes_the_desk(site: ErpnextSite) -> None:
    """Without an account nobody is told; with one both are, of the connector's tenant and its channel alone."""
    assert doers(Settings()) == ()
    open_way = settings(site, erpnext_url="http://portal.example", erpnext_allow_http=True, erpnext_tenant="acme")
    doing = doers(open_way)
    kinds = [doer.destination.kinds("acme", "erpnext", "warning") for doer in doing]
    assert kinds == [(BANNER,), (ISSUE,)]
    assert all(doer.destination.kinds("acme", "telegram", "warning") == () for doer in doing)
    assert all(doer.destination.kinds("default", "erpnext", "warning") == () for doer in doing)
    assert [doer.destination.kinds("acme", "erpnext", "hand_off") for doer in doing] == [(), (ISSUE,)]
    assert SECRET not in repr(config(site))
    for doer in doing:
        await doer.close()
