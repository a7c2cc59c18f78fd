"""What to do: a policy is a function of a verdict and a memory. Policies never act; they say what they want done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from lurewatch.engine.model import Decision, Memory, Verdict
from lurewatch.engine.packs.pack import AllowList
from lurewatch.engine.policies import brand_watch, handoff, off_platform
from lurewatch.engine.policies.brand_watch import BrandWatchConfig
from lurewatch.engine.policies.off_platform import OffPlatformConfig


@dataclass(frozen=True, slots=True)
class PolicyConfig:
    """Which policies run, in order, which of them are ``enforced`` (the others monitor), and how they are set up."""

    enabled: tuple[str, ...] = ("off_platform", "brand_watch", "handoff")
    enforced: tuple[str, ...] = ()
    off_platform: OffPlatformConfig = field(default_factory=OffPlatformConfig)
    brand_watch: BrandWatchConfig = field(default_factory=BrandWatchConfig)


class Policy(Protocol):
    """Reads the verdict, and what is remembered of earlier messages; answers what it wants done."""

    def __call__(self, verdict: Verdict, memory: Memory, config: PolicyConfig) -> Decision: ...


POLICIES: dict[str, Policy] = {
    "off_platform": lambda verdict, memory, config: off_platform.decide(verdict, memory, config.off_platform),
    "brand_watch": lambda verdict, memory, config: brand_watch.decide(verdict, memory, config.brand_watch),
    "handoff": lambda verdict, memory, _config: handoff.decide(verdict, memory),
}


def allowing(config: PolicyConfig, allow: AllowList) -> PolicyConfig:
    """The same configuration with what a pack vouches for added to the white-lists."""
    listed = config.off_platform
    return replace(
        config,
        off_platform=replace(
            listed,
            emails=(*listed.emails, *allow.email),
            phones=(*listed.phones, *allow.phone),
            own_domains=(*listed.own_domains, *allow.domain),
        ),
    )


def decide(verdict: Verdict, memory: Memory, config: PolicyConfig) -> tuple[Decision, ...]:
    """The decisions of the enabled policies, less those that want nothing."""
    decisions = [POLICIES[name](verdict, memory, config) for name in config.enabled]
    return tuple(
        replace(decision, mode="enforce") if decision.policy in config.enforced else decision
        for decision in decisions
        if decision.action != "none"
    )
