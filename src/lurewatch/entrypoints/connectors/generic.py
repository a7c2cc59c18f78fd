"""Any platform that can post JSON: where its fields are is configured."""

from __future__ import annotations

import datetime
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from lurewatch.casework.screening.nouns import DEFAULT_TENANT, Incoming
from lurewatch.engine.model import Message, Role, SenderMetadata
from lurewatch.entrypoints.connectors import mail, payload, signature
from lurewatch.entrypoints.connectors.payload import Fields
from lurewatch.entrypoints.connectors.received import Received
from lurewatch.errors import InputError, SettingsError

FIELDS = (
    *("text", "conversation_id", "message_id", "sender", "sender_name", "role", "timestamp", "client", "advisor"),
    *("sender_type", "user_id", "account_age_days", "verification_status", "allowed_emails", "allowed_phones"),
)
"""Our names; without a mapping each is looked for under its own name."""
MOST_MESSAGES = 100
_MOST_TEXT = 200_000
_ROLES = ("suspect", "protected", "agent", "unknown")
_SENDER_TYPES = ("client", "advisor")


@dataclass(frozen=True, slots=True)
class GenericConfig:
    """How one platform is received.

    ``fields`` maps our names to dotted paths. ``messages`` is the path of a list of messages, whose items the fields
    are then looked for in; empty for one message a body. With ``mails`` texts are HTML or mails, and are read as such.
    ``own_senders`` are not screened. With a ``signature_header`` its value must be ``signature_prefix`` and the
    HMAC-SHA256 of the raw body under ``secret``, in ``signature_encoding``.
    """

    channel: str
    tenant: str = DEFAULT_TENANT
    fields: Mapping[str, str] = field(default_factory=dict)
    messages: str = ""
    mails: bool = False
    own_senders: tuple[str, ...] = ()
    signature_header: str = ""
    signature_prefix: str = ""
    signature_encoding: signature.Encoding = "hex"
    secret: str = field(default="", repr=False)
    most_body: int = payload.MOST_BODY

    def __post_init__(self) -> None:
        """Raises SettingsError: an unknown field, or a signature without a secret."""
        unknown = sorted(self.fields.keys() - set(FIELDS))
        if unknown:
            raise SettingsError(f"{unknown[0]} is no field of the mapping. There are {', '.join(FIELDS)}")
        if self.signature_header:
            signature.needed(self.secret, f"the secret of {self.signature_header}")


def receive(body: bytes, headers: Mapping[str, str], config: GenericConfig) -> tuple[Received, ...]:
    """The messages of a body, in their order; without those of our own senders, and those without a text.

    Raises:
        SignatureError: a signature is configured, and is not there or does not fit.
        InputError: it is no JSON object within bounds, or a mapped field is of the wrong type.
    """
    if config.signature_header:
        name, prefix, encoding = config.signature_header, config.signature_prefix, config.signature_encoding
        signature.check_body(body, headers, name, config.secret, encoding=encoding, prefix=prefix)
    document = payload.read(body, config.most_body)
    paths = {name: (config.fields.get(name, name),) for name in FIELDS}
    # A signature holds for good: whoever recorded a delivery could send it again, and take back an edit with it.
    key = f"{config.channel}:{hashlib.sha256(body).hexdigest()}"
    if not config.messages:
        return _received(Fields(document, paths), config, key)
    items, root = payload.at(document, config.messages), payload.pointer(config.messages)
    if not isinstance(items, list):
        raise InputError("there is no list of messages. Map `messages` to the field that holds it", pointer=root)
    if len(items) > MOST_MESSAGES:
        raise InputError(f"more than {MOST_MESSAGES} messages. Send them in parts", pointer=root, limit=True)
    return tuple(
        received
        for number, item in enumerate(items)
        for received in _received(Fields(item, paths, f"{root}/{number}"), config, f"{key}:{number}")
    )


def _received(fields: Fields, config: GenericConfig, key: str) -> tuple[Received, ...]:
    sender = fields.text("sender").strip()
    parts = _parts(fields.text("text", _MOST_TEXT), config)
    if not parts.own.strip() or sender in config.own_senders:
        return ()
    conversation = fields.text("conversation_id").strip()
    if not conversation:
        raise fields.missing("conversation_id")
    message_id = fields.text("message_id").strip()
    # A sender who is neither of a pair is in none, and what they wrote is read all the same.
    sender_type = fields.known("sender_type", _SENDER_TYPES, "client")
    incoming = Incoming(
        conversation_id=conversation,
        message=Message(
            text=parts.own,
            sender=sender,
            role=cast("Role", fields.known("role", _ROLES, "") or "unknown"),
            timestamp=_seconds(fields),
            message_id=message_id,
        ),
        tenant=config.tenant,
        channel=config.channel,
        client=fields.text("client") if sender_type else "",
        advisor=fields.text("advisor") if sender_type else "",
        sender_type=sender_type or "client",
        sender_metadata=SenderMetadata(
            fields.text("user_id") or None,
            fields.number("account_age_days"),
            fields.text("verification_status") or None,
        ),
        idempotency_key=key,
    )
    allowed = fields.texts("allowed_emails"), fields.texts("allowed_phones")
    return (Received(incoming, parts.quoted, *allowed, sender_name=fields.text("sender_name")),)


def _parts(text: str, config: GenericConfig) -> mail.Parts:
    return mail.split(mail.lines(text)) if config.mails else mail.Parts(text)


def _seconds(fields: Fields) -> float | None:
    """Seconds since the epoch, given as such or as an ISO 8601 time (without a zone: UTC)."""
    value, place = fields.value("timestamp")
    if value is None:
        return None
    try:
        if isinstance(value, str):
            time = datetime.datetime.fromisoformat(value)
            return (time if time.tzinfo else time.replace(tzinfo=datetime.UTC)).timestamp()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise InputError("timestamp is neither ISO 8601 nor seconds since 1970. Map it to such a field", pointer=place)
