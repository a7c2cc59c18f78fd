"""The settings of the policies: which run, which are acted on, with which lists and texts, and where otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lurewatch.engine.policies import PolicyConfig
from lurewatch.entrypoints.declarations import brand, policy, setting
from lurewatch.entrypoints.tabled import Tables, Template, Translated
from lurewatch.entrypoints.values import Kind, Number, Text, Texts, Whole

_DEFAULT = PolicyConfig()
_OFF_PLATFORM = _DEFAULT.off_platform
_BRAND_WATCH = _DEFAULT.brand_watch
_POLICIES = Texts("policies", policy)
_DOMAINS, _ADDRESSES, _NUMBERS = Texts("domains"), Texts("addresses"), Texts("numbers")
_INCIDENTS = Whole(1, 1_000, "incidents")
_BRANDS = Texts("names", brand)
_MINUTES = Number(0, 10_080, "minutes")
CHANNEL_FIELDS: Mapping[str, Kind] = {
    "channel": Text("name"),
    "tenant": Text("name"),
    "policies": _POLICIES,
    "enforce": _POLICIES,
    "language": Text("language"),
    "own_domains": _DOMAINS,
    "emails": _ADDRESSES,
    "phones": _NUMBERS,
    "escalate_from": _INCIDENTS,
    "brands": _BRANDS,
    "cooldown": _MINUTES,
    "reminder": Translated(),
    "notice": Translated(),
    "warning": Translated(),
    "mention": Translated(),
}


@dataclass(frozen=True, kw_only=True)
class PolicySettings:
    """The part of ``Settings`` that says what is done."""

    policies: tuple[str, ...] = setting(
        _DEFAULT.enabled, "policies.enabled", _POLICIES, "The policies that run, in order."
    )
    enforce: tuple[str, ...] = setting(
        _DEFAULT.enforced,
        "policies.enforce",
        _POLICIES,
        "The policies that are acted on. The others monitor: they decide and record, and nothing is done.",
    )
    own_domains: tuple[str, ...] = setting(
        _OFF_PLATFORM.own_domains,
        "policies.off_platform.own_domains",
        _DOMAINS,
        "Your own domains: every e-mail address under them may be shared.",
    )
    known_emails: tuple[str, ...] = setting(
        _OFF_PLATFORM.emails, "policies.off_platform.emails", _ADDRESSES, "E-mail addresses that may be shared."
    )
    known_phones: tuple[str, ...] = setting(
        _OFF_PLATFORM.phones, "policies.off_platform.phones", _NUMBERS, "Phone numbers that may be shared."
    )
    escalate_from: int = setting(
        _OFF_PLATFORM.escalate_from,
        "policies.off_platform.escalate_from",
        _INCIDENTS,
        "The incident of a pair from which a person is asked.",
    )
    reminder: str = setting(
        _OFF_PLATFORM.reminder, "policies.off_platform.reminder", Template(), "What both are told at a first incident."
    )
    notice: str = setting(
        _OFF_PLATFORM.notice, "policies.off_platform.notice", Template(), "What both are told once a person is asked."
    )
    brands: tuple[str, ...] = setting(
        _BRAND_WATCH.brands,
        "policies.brand_watch.brands",
        _BRANDS,
        "The brands that are watched in group chats.",
        variables=("LUREWATCH_BRANDS", "BRAND_KEYWORDS"),
    )
    alert_cooldown: float = setting(
        _BRAND_WATCH.cooldown / 60,
        "policies.brand_watch.cooldown",
        _MINUTES,
        "So long after an alert the next of its type in a group is held back.",
        variables=("LUREWATCH_ALERT_COOLDOWN", "ALERT_COOLDOWN_MINUTES"),
    )
    brand_warning: str = setting(
        _BRAND_WATCH.warning,
        "policies.brand_watch.warning",
        Template(),
        "What a group is told when a brand comes with what fraudsters ask.",
    )
    brand_mention: str = setting(
        _BRAND_WATCH.mention,
        "policies.brand_watch.mention",
        Template(),
        "What a group is told when a brand is only named.",
    )
    channels: tuple[Mapping[str, Any], ...] = setting(
        (),
        "channels",
        Tables("[{channel: erpnext, enforce: [off_platform]}]", CHANNEL_FIELDS),
        "Where policies run otherwise: for a channel, a tenant, or both. The first that fits counts.",
    )
