"""ERPNext's webhook, as docs.frappe.io/framework/user/en/guides/integration/webhooks describes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.connectors.signing import SECRET, frappe

from lurewatch.entrypoints.connectors import erpnext, own_posts
from lurewatch.entrypoints.connectors.erpnext import ErpnextConfig
from lurewatch.entrypoints.connectors.received import Received
from lurewatch.errors import InputError, SettingsError, SignatureError

CONFIG = ErpnextConfig(SECRET)
# The fields of frappe/core/doctype/communication/communication.json that a JSON webhook would send.
COMMUNICATION = {
    "doctype": "Communication",
    "name": "a1b2c3d4e5",
    "modified": "2026-01-05 10:12:33.123456",
    "communication_type": "Communication",
    "communication_medium": "Email",
    "sent_or_received": "Received",
    "sender": "Client@Example.com",
    "sender_full_name": "Cleo Client",
    "recipients": "advisor@example.net, other@example.net",
    "reference_doctype": "Issue",
    "reference_name": "ISS-2026-00001",
    "communication_date": "2026-01-05 10:12:30",
    "content": '<div class="ql-editor read-mode"><p>Call me on <b>604-555-1234</b></p></div>',
}


def only(payload: dict[str, Any], config: ErpnextConfig = CONFIG) -> Received:
    (received,) = erpnext.receive(*frappe(payload), config)
    return received


def test_the_published_fields() -> None:
    """The published JSON is read without any mapping."""
    received = only(
        {
            "issue_reference": "ACC-2026-001",
            "message_text": "Here's my number: 604-555-1234",
            "sender_email": "adv@example.net",
            "sender_type": "advisor",
            "client_email": "client@example.com",
            "advisor_email": "adv@example.net",
            "whitelisted_emails": ["ok@example.org"],
            "whitelisted_phones": ["604 555 0000"],
        }
    )
    incoming = received.incoming
    assert (incoming.channel, incoming.conversation_id) == ("erpnext", "ACC-2026-001")
    assert (incoming.message.text, incoming.message.sender) == ("Here's my number: 604-555-1234", "adv@example.net")
    assert (incoming.sender_type, incoming.client, incoming.advisor) == (
        "advisor",
        "client@example.com",
        "adv@example.net",
    )
    assert (received.allowed_emails, received.allowed_phones) == (("ok@example.org",), ("604 555 0000",))


def test_the_language_of_the_client() -> None:
    """A field `language` holds a tag, as Frappe writes it or with an underscore."""
    assert only(COMMUNICATION).incoming.language == ""
    assert only({**COMMUNICATION, "language": "pt-BR"}).incoming.language == "pt-BR"
    assert only({**COMMUNICATION, "language": "zh_TW"}).incoming.language == "zh-TW"


def test_a_communication() -> None:
    """A Communication is read without any mapping: HTML to text, the pair by its direction, its name as message id."""
    received = only(COMMUNICATION)
    message = received.incoming.message
    assert message.text == "Call me on 604-555-1234"
    assert (message.sender, message.message_id) == ("client@example.com", "Communication/a1b2c3d4e5")
    assert message.timestamp == 1767607950.0
    assert (received.incoming.client, received.incoming.advisor) == ("Client@Example.com", "advisor@example.net")
    assert received.sender_name == "Cleo Client"
    sent = only(
        {**COMMUNICATION, "sent_or_received": "Sent", "sender": "adv@example.net", "recipients": "c@example.com"}
    )
    assert (sent.incoming.sender_type, sent.incoming.client, sent.incoming.advisor) == (
        "advisor",
        "c@example.com",
        "adv@example.net",
    )


def test_a_comment() -> None:
    """A Comment is read without any mapping; what no person wrote is not screened."""
    comment = {"reference_name": "ISS-1", "comment_email": "a@example.net", "content": "hi", "comment_type": "Comment"}
    assert only(comment).incoming.message.text == "hi"
    assert erpnext.receive(*frappe({**comment, "comment_type": "Assigned"}), CONFIG) == ()
    assert erpnext.receive(*frappe({**COMMUNICATION, "communication_type": "Notification"}), CONFIG) == ()
    assert erpnext.receive(*frappe({**COMMUNICATION, "content": "<p><br></p>"}), CONFIG) == ()


def test_a_mapping_of_ones_own() -> None:
    """A mapped field is looked for at its path alone, in objects and lists."""
    config = ErpnextConfig(SECRET, fields={"message_text": "doc.replies.0.body", "issue_reference": "doc.ticket"})
    received = only({"doc": {"ticket": 17, "replies": [{"body": "hello"}]}, "message_text": "no"}, config)
    assert (received.incoming.conversation_id, received.incoming.message.text) == ("17", "hello")
    with pytest.raises(SettingsError, match="subject"):
        ErpnextConfig(SECRET, fields={"subject": "subject"})


def test_the_signature_is_checked_before_anything_is_read() -> None:
    """A missing, foreign or changed signature is refused, whatever the body is."""
    body, headers = frappe(COMMUNICATION)
    assert erpnext.receive(body, {name.lower(): value for name, value in headers.items()}, CONFIG)
    bad = [(body, {}), (body + b" ", headers), (b"no json", headers), frappe(COMMUNICATION, "another")]
    bad += [(body, {erpnext.SIGNATURE: "é"}), (body, {erpnext.SIGNATURE: ""})]
    for case in bad:
        with pytest.raises(SignatureError, match=erpnext.SIGNATURE):
            erpnext.receive(*case, CONFIG)
    with pytest.raises(SettingsError):
        ErpnextConfig("")


def test_replays_have_the_same_key_and_edits_another() -> None:
    """A try of the same version has its key, an edit another key and the same message id; else the body decides."""
    first, again = only(COMMUNICATION), only({**COMMUNICATION, "extra": 1})
    edited = only({**COMMUNICATION, "modified": "2026-01-05 10:20:00", "content": "<p>other</p>"})
    assert first.incoming == again.incoming
    assert first.incoming.idempotency_key != edited.incoming.idempotency_key
    assert first.incoming.message.message_id == edited.incoming.message.message_id
    plain = {"issue_reference": "A", "message_text": "x"}
    assert only(plain).incoming == only(plain).incoming
    assert only(plain).incoming.idempotency_key != only({**plain, "message_text": "y"}).incoming.idempotency_key


def test_our_own_posts_are_not_screened() -> None:
    """A post with our mark is ours in its thread and as it stands; a copied mark protects nothing else."""
    banner = "Consultations stay in this portal."
    mark = own_posts.mark(banner, "ISS-2026-00001", SECRET)
    ours = {**COMMUNICATION, "content": f"<div><p>{banner}</p>\n<p>{mark}</p></div>"}
    assert erpnext.receive(*frappe(ours), CONFIG) == ()
    assert only({**ours, "content": f"{banner} {mark} call 604-555-1234"}).incoming.message.text.endswith("1234")
    assert only({**ours, "reference_name": "ISS-2026-00002"})
    assert only({**ours, "content": f"call 604-555-1234<blockquote>{banner} {mark}</blockquote>"})
    config = ErpnextConfig(SECRET, own_senders=("lurewatch@example.net",))
    own = {**COMMUNICATION, "sender": "Lurewatch@Example.net"}
    assert erpnext.receive(*frappe({**own, "sent_or_received": "Sent"}), config) == ()
    assert only(own, config), "a mail can be sent under any address"


@pytest.mark.parametrize(
    ("payload", "pointer", "limit"),
    [
        ({"message_text": ["x"]}, "/message_text", False),
        ({"message_text": "x", "whitelisted_emails": [1]}, "/whitelisted_emails", False),
        ({"message_text": "x" * 200_001}, "/message_text", True),
        ({"message_text": "x", "issue_reference": "x" * 201}, "/issue_reference", True),
    ],
)
def test_what_is_wrong_is_named(payload: dict[str, Any], pointer: str, limit: bool) -> None:
    """An error points to the field, and tells what is malformed from what is too large."""
    with pytest.raises(InputError) as error:
        erpnext.receive(*frappe(payload), CONFIG)
    assert (error.value.pointer, error.value.limit) == (pointer, limit)


@pytest.mark.parametrize("sender_type", ["boss", "client, advisor", 5, ["client"], {}, "x" * 300])
def test_who_is_neither_client_nor_advisor(sender_type: Any) -> None:
    """What somebody else wrote is screened as a message of nobody's pair: it does not come again in other words."""
    given = {
        "issue_reference": "ISS-1",
        "message_text": "x",
        "sender_email": "c@example.com",
        "client_email": "c@example.com",
        "advisor_email": "a@example.net",
        "sender_type": sender_type,
    }
    incoming = only(given).incoming
    assert (incoming.client, incoming.advisor, incoming.sender_type) == ("", "", "client")
    assert (incoming.message.text, incoming.conversation_id) == ("x", given["issue_reference"])
    assert only({**given, "sender_type": " Advisor "}).incoming.sender_type == "advisor"
    assert only({**given, "sender_type": " "}).incoming.sender_type == "client"


def test_bounds_of_the_body() -> None:
    """A body that is too large, too deep, no object or no JSON is refused."""
    with pytest.raises(InputError, match="larger") as error:
        erpnext.receive(*frappe({"message_text": "x" * 2_000}), ErpnextConfig(SECRET, most_body=1_000))
    assert error.value.limit
    deep: Any = "x"
    for _ in range(60):
        deep = [deep]
    for wrong in ({"message_text": deep}, ["x"], "x"):
        with pytest.raises(InputError):
            erpnext.receive(*frappe(wrong), CONFIG)  # type: ignore[arg-type]
    assert json.loads(frappe({"a": 1})[0]) == {"a": 1}


def test_a_message_without_a_thread() -> None:
    """Without a reference the pair is the conversation; without a pair each message is one."""
    pair = {"message_text": "x", "sender_email": "c@example.com", "advisor_email": "a@example.net"}
    first, second = only(pair), only({**pair, "message_text": "y"})
    assert first.incoming.conversation_id == second.incoming.conversation_id
    assert only({"message_text": "x"}).incoming.conversation_id != only({"message_text": "y"}).incoming.conversation_id
