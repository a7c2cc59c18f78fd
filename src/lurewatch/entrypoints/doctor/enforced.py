"""What is enforced: whether somebody could act on it, whether each binding is ever reached, and what would be done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lurewatch.entrypoints.doctor.diagnosis import Diagnosis, Findings
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

if TYPE_CHECKING:
    from lurewatch.casework.acts import Destination
    from lurewatch.casework.screening import Binding

_ACTIONS = {
    "off_platform": ("warning", "escalation"),
    "brand_watch": ("alert", "notice"),
    "handoff": ("hand_off",),
}
"""What each policy may want done."""
_ELSEWHERE = "api"
"""A channel that nothing is bound to, for destinations of every channel."""


async def policies(settings: Settings) -> Findings:
    """What can be said of modes, channels and destinations without asking any of them."""
    try:
        from lurewatch.entrypoints.acting import doers  # noqa: PLC0415 - needs packages that a scan does without
        from lurewatch.entrypoints.binding import bindings  # noqa: PLC0415
    except ImportError:  # the store says so
        return Findings()
    try:
        made = doers(settings)
    except SettingsError as error:
        remedy = "`lurewatch serve` does not start before that is right."
        return Findings((Diagnosis("policies", "fail", str(error), remedy),))
    await asyncio.gather(*(one.close() for one in made))
    return Findings(tuple(_told(settings, bindings(settings), [one.destination for one in made])))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the same holds: ``name`` as in the configuration, what is ``enforced`` there, and who is told of it."""

    name: str
    enabled: Sequence[str]
    enforced: Sequence[str]
    told: Sequence[Destination]


def _told(settings: Settings, bound: Sequence[Binding], destinations: Sequence[Destination]) -> Iterator[Diagnosis]:
    yield from _unreached(bound)
    channels = [*dict.fromkeys(one.channel for one in bound if one.channel), _ELSEWHERE]
    places = [
        _Place(
            name,
            one.policies.get("enabled", settings.policies) if one else settings.policies,
            one.policies.get("enforced", settings.enforce) if one else settings.enforce,
            [to for to in destinations if any(_fitting(bound, to.tenant, at) is one for at in to.channels or channels)],
        )
        for one, name in [(None, "policies.enforce"), *((one, _name(one, at)) for at, one in enumerate(bound, 1))]
    ]
    yield from _without_effect(settings, places)
    yield from _destinations(places, destinations)


def _unreached(bound: Sequence[Binding]) -> Iterator[Diagnosis]:
    """Tables of ``channels`` that no message ever comes to: an earlier one fits wherever they do."""
    for at, one in enumerate(bound, 1):
        for earlier, other in enumerate(bound[: at - 1], 1):
            if other.tenant in ("", one.tenant) and other.channel in ("", one.channel):
                seen = f"{_name(one, at)} is never reached: {_name(other, earlier)} fits wherever it does"
                remedy = "Put the narrower table first: the first that fits counts."
                yield Diagnosis("policies", "warn", seen, remedy)
                break


def _without_effect(settings: Settings, places: Sequence[_Place]) -> Iterator[Diagnosis]:
    """Policies that are enforced where they do not run, or where nobody is told of what they decide."""
    for place in places:
        for policy in place.enforced:
            if policy not in place.enabled:
                remedy = "Add it to the policies there, or take it out of enforce."
                yield Diagnosis("policies", "warn", f"{place.name} names {policy}, which does not run there", remedy)
            elif not _answering(place.told, policy) and not (policy == "handoff" and _is_published(settings)):
                seen = f"{place.name} enforces {policy}, and nothing is set up that could act on it there"
                remedy = (
                    "Set up where to: erpnext.url, telegram.token, for handoff bus.url; docs/connectors.md. Else only "
                    "who asks is told, in the answer."
                )
                yield Diagnosis("policies", "warn", seen, remedy)


def _destinations(places: Sequence[_Place], destinations: Sequence[Destination]) -> Iterator[Diagnosis]:
    """Which destinations act, and what those would do that do not."""
    acting = {
        to.name: policy
        for place in places
        for to in place.told
        for policy in place.enforced
        if policy in place.enabled and _answering([to], policy)
    }
    for to in destinations:
        if to.name in acting:
            yield Diagnosis("policies", "ok", f"{to.name} acts ({', '.join(to.answers)})")
            continue
        would = sorted({action for actions in to.answers.values() for action in actions})
        seen = f"{to.name} is in monitor: nothing is posted. Enforced, it would answer {', '.join(would)}"
        yield Diagnosis("policies", "ok", seen)
    if not destinations:
        yield Diagnosis("policies", "ok", "nobody outside is told: decisions are recorded, and told to who asks")


def _answering(told: Sequence[Destination], policy: str) -> list[Destination]:
    """Those who answer anything that a policy may want done."""
    wanted = set(_ACTIONS.get(policy, ()))
    return [to for to in told if any(wanted & actions for actions in to.answers.values())]


def _fitting(bound: Sequence[Binding], tenant: str, channel: str) -> Binding | None:
    return next((one for one in bound if one.fits(tenant, channel)), None)


def _is_published(settings: Settings) -> bool:
    return not settings.bus_url.startswith("memory:")


def _name(one: Binding, at: int) -> str:
    """How a table of ``channels`` is called: by its place from 1 on, and by what it is for."""
    of = ", ".join(f"{key} {value}" for key, value in (("channel", one.channel), ("tenant", one.tenant)) if value)
    return f"channels {at} ({of or 'everywhere'})"
