"""The contact monitor's names: scan a message, process it for a pair, take a webhook's payload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from lurewatch.contracts.engine import default_engine
from lurewatch.engine.model import Conversation, Memory, Message, Verdict
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.policies import off_platform
from lurewatch.engine.policies.off_platform import OffPlatformConfig
from lurewatch.errors import InputError

_TEXTS = ("issue_reference", "message_text", "sender_email", "sender_type", "client_email", "advisor_email")
_LISTS = ("whitelisted_emails", "whitelisted_phones")
_SENDER_TYPES = ("client", "advisor")


class PairMemory(Protocol):
    """What is remembered of a client and an advisor. A store implements it; so does anything that can count."""

    def record(self, client_email: str, advisor_email: str) -> int:
        """Count one more incident of the pair and answer how many there have been, this one included.

        Must raise when it cannot: an incident is never lost, and a count never restarts at 1.
        """
        ...


def scan_message(
    message_text: str,
    sender_email: str = "",
    whitelisted_emails: Sequence[str] = (),
    whitelisted_phones: Sequence[str] = (),
) -> list[dict[str, str]]:
    """The off-platform flags of one message, each ``{"pattern", "matched_text", "category"}``."""
    said = Conversation((Message(message_text, sender_email),))
    verdict, config = _read(default_engine(), said, whitelisted_emails, whitelisted_phones)
    return _flags(verdict, config)


def process_message(  # noqa: PLR0913 - the published signature
    *,
    message_text: str = "",
    issue_reference: str = "",
    sender_email: str = "",
    sender_type: str = "client",
    client_email: str = "",
    advisor_email: str = "",
    whitelisted_emails: Sequence[str] = (),
    whitelisted_phones: Sequence[str] = (),
    memory: PairMemory | None = None,
    own_domains: Sequence[str] = (),
) -> dict[str, Any]:
    """Scan one message of a pair and say what should happen: ``flagged, flags, action, flag_count`` and a text to show.

    Raises:
        InputError: without a ``memory``, because a count that starts over is worse than none; or a wrong field.
    """
    if memory is None:
        raise InputError(
            "process_message needs memory=: the store that counts this pair's incidents. Without one the count would "
            "silently begin at 1 again"
        )
    fields = {"issue_reference": issue_reference, "sender_type": sender_type}
    _check({**fields, "message_text": message_text, "client_email": client_email, "advisor_email": advisor_email})
    engine = default_engine()
    said = Conversation((Message(message_text, sender_email),), issue_reference)
    verdict, config = _read(engine, said, whitelisted_emails, whitelisted_phones, own_domains)
    flags = _flags(verdict, config)
    if not flags:
        return {"flagged": False, "flags": [], "action": "none", "flag_count": 0}
    count = memory.record(client_email, advisor_email)
    decision = off_platform.decide(verdict, Memory(incidents=count - 1), config)
    return {
        "flagged": True,
        "flags": flags,
        "action": decision.action,
        "flag_count": count,
        "warning_message": decision.text,
    }


def handle_webhook(
    payload: Mapping[str, Any], *, memory: PairMemory | None = None, own_domains: Sequence[str] = ()
) -> dict[str, Any]:
    """``process_message`` of a webhook's JSON object; unknown fields are ignored, wrong ones are named.

    Raises:
        InputError: a field has the wrong type, or there is no ``memory``.
    """
    if not isinstance(payload, Mapping):
        raise InputError("the payload of the webhook is not a JSON object")
    _check(payload)
    known = {key: payload[key] for key in (*_TEXTS, *_LISTS) if payload.get(key) is not None}
    return process_message(**known, memory=memory, own_domains=own_domains)


def _check(fields: Mapping[str, Any]) -> None:
    for key in _TEXTS:
        if fields.get(key) is not None and not isinstance(fields[key], str):
            raise InputError(f"{key} is a text, not {type(fields[key]).__name__}", pointer=f"/{key}")
    for key in _LISTS:
        value = fields.get(key)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise InputError(f"{key} is a list of texts", pointer=f"/{key}")
    if fields.get("sender_type") not in (None, *_SENDER_TYPES):
        raise InputError(f"sender_type is one of {', '.join(_SENDER_TYPES)}", pointer="/sender_type")


def _read(
    engine: Engine, said: Conversation, emails: Sequence[str], phones: Sequence[str], own_domains: Sequence[str] = ()
) -> tuple[Verdict, OffPlatformConfig]:
    """The verdict on one message, and the configured white-lists with those of the call added."""
    configured = engine.policies.off_platform
    config = replace(
        configured,
        own_domains=(*configured.own_domains, *own_domains),
        emails=(*configured.emails, *emails),
        phones=(*configured.phones, *phones),
    )
    return engine.assess(said), config


def _flags(verdict: Verdict, config: OffPlatformConfig) -> list[dict[str, str]]:
    return [
        {"pattern": flag.pattern, "matched_text": flag.matched_text, "category": flag.category}
        for flag in off_platform.counted(verdict, config)
    ]
