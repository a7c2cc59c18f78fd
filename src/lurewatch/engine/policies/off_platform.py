"""Contact exchange, moving off the platform, paying outside it (spec: contact monitor)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import phonenumbers

from lurewatch.engine.model import Decision, Flag, Indicator, Memory, Verdict
from lurewatch.engine.policies.texts import filled

PATTERNS = frozenset(
    {"email_address", "phone_number", "messaging_platform", "bypass_language", "payment_bypass", "social_media"}
)
_REMINDER = (
    "Please keep this conversation and every payment on this platform. Sharing personal contact details or arranging "
    "anything outside it breaks the terms of service."
)
_NOTICE = (
    "Several attempts to move this conversation or its payments off the platform were noticed. The conversation has "
    "been flagged for review, and access may be suspended."
)
_REGION = "US"
_LEAST_DIGITS = 10


@dataclass(frozen=True, slots=True)
class OffPlatformConfig:
    """White-lists and texts. ``escalate_from`` is the incident count (>= 1) from which a person is asked.

    ``emails`` are exact addresses in any case; ``own_domains`` vouch for every address under them; ``phones`` are
    compared by their digits and in E.164. In the ``reminder`` and the ``notice`` ``{reference}`` and ``{count}`` are
    filled in.
    """

    own_domains: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    escalate_from: int = 3
    reminder: str = _REMINDER
    notice: str = _NOTICE


def decide(verdict: Verdict, memory: Memory, config: OffPlatformConfig) -> Decision:
    """None, warning, or escalation from the configured incident on; ``count`` is the pair's, this message included.

    An incident is a message with at least one flag that counts: messages before ``memory.first_new`` do not. What
    ``memory.allowed`` names is on the white-lists too.
    """
    if memory.allowed:
        emails, phones = (*config.emails, *memory.allowed), (*config.phones, *memory.allowed)
        config = replace(config, emails=emails, phones=phones)
    flags = tuple(flag for flag in counted(verdict, config) if flag.message_index >= memory.first_new)
    if not flags:
        return Decision("off_platform", "none")
    count = memory.incidents + len({flag.message_index for flag in flags})
    escalated = count >= config.escalate_from
    return Decision(
        "off_platform",
        "escalation" if escalated else "warning",
        text=filled(config.notice if escalated else config.reminder, reference=verdict.id, count=str(count)),
        flags=flags,
        count=count,
    )


def counted(verdict: Verdict, config: OffPlatformConfig) -> tuple[Flag, ...]:
    """The off-platform flags of a verdict, less what the white-lists vouch for."""
    flags = [flag for flag in verdict.flags if flag.pattern in PATTERNS]
    if not flags:
        return ()
    emails = {email.strip().casefold() for email in config.emails}
    domains = tuple(domain.strip().casefold().removeprefix("@") for domain in config.own_domains)
    phones = {form for phone in config.phones for form in phone_forms(phone)}
    return tuple(
        flag
        for flag in flags
        if not (
            (flag.pattern == "email_address" and _is_own(_values(flag, "email", verdict.indicators), emails, domains))
            or (flag.pattern == "phone_number" and _is_known(flag, verdict.indicators, phones))
        )
    )


def _values(flag: Flag, kind: str, indicators: Iterable[Indicator]) -> list[str]:
    found = [
        indicator.value
        for indicator in indicators
        if indicator.type == kind
        and indicator.message_index == flag.message_index
        and indicator.start < flag.end
        and flag.start < indicator.end
    ]
    return found or [flag.matched_text]


def _is_own(addresses: list[str], emails: set[str], domains: tuple[str, ...]) -> bool:
    def own(address: str) -> bool:
        folded = address.casefold()
        host = folded.rpartition("@")[2]
        return folded in emails or any(host == domain or host.endswith("." + domain) for domain in domains)

    return all(own(address) for address in addresses)


def _is_known(flag: Flag, indicators: Iterable[Indicator], phones: set[str]) -> bool:
    return bool(phones) and all(
        not phones.isdisjoint(phone_forms(value)) for value in _values(flag, "phone", indicators)
    )


def phone_forms(phone: str) -> frozenset[str]:
    """A phone number as its bare digits and, where it parses, in E.164."""
    digits = "".join(char for char in phone if char.isdecimal())
    forms = {digits} if len(digits) >= _LEAST_DIGITS else set()
    try:
        parsed = phonenumbers.parse(phone, _REGION)
        forms.add(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    except phonenumbers.NumberParseException:
        pass
    return frozenset(forms)
