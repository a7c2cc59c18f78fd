"""The table ``channels`` of the configuration as what screening is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lurewatch.casework.screening import Binding
from lurewatch.entrypoints.settings import Settings

_POLICIES = {"policies": "enabled", "enforce": "enforced"}
_OFF_PLATFORM = ("own_domains", "emails", "phones", "escalate_from")
_TEXTS = ("reminder", "notice", "warning", "mention")


def bindings(settings: Settings) -> tuple[Binding, ...]:
    """Which policies run where otherwise than everywhere, in order."""
    return tuple(_binding(one) for one in settings.channels)


def _binding(one: Mapping[str, Any]) -> Binding:
    watched = {"brands": one["brands"]} if "brands" in one else {}
    cooled = {"cooldown": one["cooldown"] * 60} if "cooldown" in one else {}
    return Binding(
        channel=one.get("channel", ""),
        tenant=one.get("tenant", ""),
        policies={name: one[key] for key, name in _POLICIES.items() if key in one},
        off_platform={key: one[key] for key in _OFF_PLATFORM if key in one},
        brand_watch={**watched, **cooled},
        texts={key: one[key] for key in _TEXTS if key in one},
        language=one.get("language", "").lower(),
    )
