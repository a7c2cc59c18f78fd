"""ERPNext's webhook: a Communication, a Comment, or the published fields, posted when a document changes."""

from __future__ import annotations

import datetime
import hashlib
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field

from lurewatch.casework.screening.nouns import DEFAULT_TENANT, Incoming
from lurewatch.engine.model import Message
from lurewatch.entrypoints.connectors import mail, own_posts, payload, signature
from lurewatch.entrypoints.connectors.payload import Fields
from lurewatch.entrypoints.connectors.received import Received
from lurewatch.errors import SettingsError

CHANNEL = "erpnext"
SIGNATURE = "X-Frappe-Webhook-Signature"
FIELDS: Mapping[str, tuple[str, ...]] = {
    "issue_reference": ("issue_reference", "reference_name"),
    "message_text": ("message_text", "content"),
    "sender_email": ("sender_email", "sender", "comment_email"),
    "sender_name": ("sender_full_name", "comment_by"),
    "sender_type": ("sender_type",),
    "client_email": ("client_email",),
    "advisor_email": ("advisor_email",),
    "whitelisted_emails": ("whitelisted_emails",),
    "whitelisted_phones": ("whitelisted_phones",),
    "direction": ("sent_or_received",),
    "recipients": ("recipients",),
    "kind": ("communication_type", "comment_type"),
    "doctype": ("doctype",),
    "name": ("name",),
    "modified": ("modified",),
    "sent_at": ("communication_date", "creation"),
    "language": ("language",),
}
"""Our names, and where each is looked for: the published names, then those of a Communication and a Comment."""
_PEOPLES = ("", "communication", "comment", "chat")
"""Kinds of a post that people write; Info, Assigned, Notification, Automated Message and the like are not screened."""
_MOST_TEXT = 200_000
_SENDER_TYPES = ("client", "advisor")


@dataclass(frozen=True, slots=True)
class ErpnextConfig:
    """How one site is received.

    ``secret`` is the webhook's. ``fields`` maps our names to dotted paths of their payload, where it has others than
    ``FIELDS``. ``own_senders`` are addresses that only Lurewatch posts with. ``time_zone`` is the site's.
    """

    secret: str = field(repr=False)
    tenant: str = DEFAULT_TENANT
    fields: Mapping[str, str] = field(default_factory=dict)
    own_senders: tuple[str, ...] = ()
    time_zone: str = "UTC"
    most_body: int = payload.MOST_BODY

    def __post_init__(self) -> None:
        """Raises SettingsError: no secret, an unknown field or time zone."""
        signature.needed(self.secret, "the webhook secret of ERPNext")
        unknown = sorted(self.fields.keys() - FIELDS.keys())
        if unknown:
            raise SettingsError(f"{unknown[0]} is no field of ERPNext's mapping. There are {', '.join(FIELDS)}")
        try:
            zoneinfo.ZoneInfo(self.time_zone)
        except (ValueError, OSError) as error:
            raise SettingsError(f"{self.time_zone!r} is no time zone. Write it as Europe/Vienna or UTC") from error


def receive(body: bytes, headers: Mapping[str, str], config: ErpnextConfig) -> tuple[Received, ...]:
    """The message of a webhook; none where it is a post of ours, or one that no person wrote.

    Raises:
        SignatureError: the body is not signed with the site's secret.
        InputError: it is no JSON object within bounds, or a mapped field is of the wrong type.
    """
    signature.check_body(body, headers, SIGNATURE, config.secret, encoding="base64")
    document = payload.read(body, config.most_body)
    fields = Fields(document, {**FIELDS, **{name: (path,) for name, path in config.fields.items()}})
    text = fields.text("message_text", _MOST_TEXT)
    thread = fields.text("issue_reference")
    sender = fields.text("sender_email").strip()
    if fields.text("kind").strip().casefold() not in _PEOPLES:
        return ()
    lines = mail.lines(text)
    parts = mail.split(lines)
    if not parts.own or _is_own_sender(fields, sender, config):
        return ()
    whole = "\n".join(line.text for line in lines)  # what we quote in an Issue may look like a quotation of a mail
    if own_posts.is_ours(parts.own, thread, config.secret) or any(
        own_posts.is_ours(whole, place, config.secret) for place in (thread, own_posts.ANYWHERE)
    ):
        return ()
    return (_received(fields, parts, body, config),)


def _received(fields: Fields, parts: mail.Parts, body: bytes, config: ErpnextConfig) -> Received:
    sender = fields.text("sender_email").strip()
    sender_type, client, advisor = _pair(fields, sender)
    fingerprint = _fingerprint(fields, body)
    document = fields.text("name")
    message = Message(
        text=parts.own,
        sender=sender.casefold(),
        timestamp=_seconds(fields.text("sent_at"), config.time_zone),
        message_id=_within(f"{fields.text('doctype')}/{document}") if document else fingerprint,
    )
    incoming = Incoming(
        conversation_id=fields.text("issue_reference").strip() or _unnamed(client, advisor, fingerprint),
        message=message,
        tenant=config.tenant,
        channel=CHANNEL,
        client=client,
        advisor=advisor,
        sender_type=sender_type,
        idempotency_key=f"{CHANNEL}:{fingerprint}",
        language=payload.language(fields.text("language")),
    )
    return Received(
        incoming,
        quoted=own_posts.unmarked(parts.quoted),
        allowed_emails=fields.texts("whitelisted_emails"),
        allowed_phones=fields.texts("whitelisted_phones"),
        sender_name=fields.text("sender_name", _MOST_TEXT)[: payload.MOST_NAME],
    )


def _is_own_sender(fields: Fields, sender: str, config: ErpnextConfig) -> bool:
    """Whether our account posted it. What came in by mail only says so: anybody can write any address there."""
    by_mail = fields.text("direction").strip().casefold() == "received"
    return not by_mail and sender.casefold() in {own.casefold() for own in config.own_senders}


def _pair(fields: Fields, sender: str) -> tuple[str, str, str]:
    """What the sender is, and the pair. What a Communication does not say follows from its direction.

    A sender who is neither of a pair is in none. What they wrote is read all the same: the site would not send it again
    in other words.
    """
    sent = fields.text("direction").strip().casefold() == "sent"
    sender_type = fields.known("sender_type", _SENDER_TYPES, "advisor" if sent else "client")
    if not sender_type:
        return "client", "", ""
    client, advisor = fields.text("client_email").strip(), fields.text("advisor_email").strip()
    other = fields.first("recipients")
    if sender_type == "client":
        return sender_type, client or sender, advisor or other
    return sender_type, client or other, advisor or sender


def _fingerprint(fields: Fields, body: bytes) -> str:
    """The same for the same version of the same document; Frappe sends no id of a delivery, and tries three times."""
    document = [fields.text(name) for name in ("doctype", "name", "modified")]
    known = "\n".join(document).encode() if document[1] and document[2] else body
    return hashlib.sha256(known).hexdigest()


def _unnamed(client: str, advisor: str, fingerprint: str) -> str:
    """The conversation of a message that names none: the pair's, else its own."""
    pair = f"{client}\n{advisor}".casefold().encode()
    return f"pair:{hashlib.sha256(pair).hexdigest()[:32]}" if client or advisor else f"message:{fingerprint[:32]}"


def _within(name: str) -> str:
    return name if len(name) <= payload.MOST_NAME else hashlib.sha256(name.encode()).hexdigest()


def _seconds(written: str, time_zone: str) -> float | None:
    """Seconds since the epoch of ``2026-01-05 10:12:33.123456`` on the site's clock; None where it is no time."""
    try:
        time = datetime.datetime.fromisoformat(written)
        return (time if time.tzinfo else time.replace(tzinfo=zoneinfo.ZoneInfo(time_zone))).timestamp()
    except (ValueError, OverflowError):
        return None
