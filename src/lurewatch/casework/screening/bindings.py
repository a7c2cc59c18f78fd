"""Which policies run where: settings and texts are bound to a channel and a tenant."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from lurewatch.engine.pipeline import Engine
from lurewatch.engine.policies import PolicyConfig, allowing

_NAME = 32


@dataclass(frozen=True, slots=True)
class Binding:
    """What differs from the engine's own policies in a ``channel`` and for a ``tenant``; "" is every one.

    ``policies``, ``off_platform`` and ``brand_watch`` hold fields of ``PolicyConfig``, ``OffPlatformConfig`` and
    ``BrandWatchConfig``. ``texts`` holds, by the name of such a field, the text in each language, by its BCP 47 tag in
    lower case; ``language`` is that of people whose language nobody told or nobody wrote a text in.
    """

    channel: str = ""
    tenant: str = ""
    policies: Mapping[str, Any] = field(default_factory=dict)
    off_platform: Mapping[str, Any] = field(default_factory=dict)
    brand_watch: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    language: str = ""

    def fits(self, tenant: str, channel: str) -> bool:
        """Whether it is for these."""
        return self.tenant in ("", tenant) and self.channel in ("", channel)

    def over(self, policies: PolicyConfig, language: str) -> PolicyConfig:
        """The policies with what this binding says, in words for who reads ``language``."""
        return replace(
            policies,
            **self.policies,
            off_platform=replace(
                policies.off_platform, **self.off_platform, **self._said(("reminder", "notice"), language)
            ),
            brand_watch=replace(
                policies.brand_watch, **self.brand_watch, **self._said(("warning", "mention"), language)
            ),
        )

    def _said(self, names: Sequence[str], language: str) -> dict[str, Any]:
        wanted = (language.lower(), language.lower().partition("-")[0], self.language)
        return {
            name: next((texts[tag] for tag in wanted if tag in texts), next(iter(texts.values())))
            for name in names
            if (texts := self.texts.get(name))
        }


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies of some place, and the ``name`` they are kept by for a replay; "" for the engine's own."""

    policies: PolicyConfig
    name: str = ""


class Bound:
    """The policies of an engine as they are for each channel, tenant and language. The first binding that fits counts.

    What the pack vouches for is added everywhere.
    """

    def __init__(self, engine: Engine, bindings: Sequence[Binding] = ()) -> None:
        self._engine = engine
        self._bindings = bindings
        self._made: dict[tuple[str, str, str], Rules] = {}

    def of(self, tenant: str, channel: str, language: str = "") -> Rules:
        """What holds there."""
        key = (tenant, channel, language)
        if key not in self._made:
            binding = next((one for one in self._bindings if one.fits(tenant, channel)), None)
            self._made[key] = Rules(self._engine.policies) if binding is None else self._rules(binding, language)
        return self._made[key]

    def kept(self) -> dict[str, bytes]:
        """The policies that were asked for and are not the engine's own, as JSON by their names."""
        return {one.name: msgspec.json.encode(one.policies) for one in self._made.values() if one.name}

    def _rules(self, binding: Binding, language: str) -> Rules:
        policies = allowing(binding.over(self._engine.config.policies, language), self._engine.pack.allow)
        name = hashlib.sha256(msgspec.json.encode(policies)).hexdigest()[:_NAME]
        return Rules(policies, name)
