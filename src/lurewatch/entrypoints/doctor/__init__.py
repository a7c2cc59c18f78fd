"""Is this installation fit to work? All places are looked at side by side, whatever is found in one of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from lurewatch.entrypoints.doctor import installation, published, stored
from lurewatch.entrypoints.doctor.diagnosis import Check, Clock, Diagnosis, Findings
from lurewatch.entrypoints.doctor.enforced import policies
from lurewatch.entrypoints.doctor.erpnext import erpnext
from lurewatch.entrypoints.doctor.telegram import telegram
from lurewatch.entrypoints.settings import Settings

CHECKS: tuple[tuple[str, Check], ...] = (
    ("configuration", installation.configuration),
    ("packs", installation.packs),
    ("second opinion", installation.second_opinion),
    ("store", stored.store),
    ("bus", published.bus),
    ("policies", policies),
    ("erpnext", erpnext),
    ("telegram", telegram),
)
"""The places, in the order in which one would look, each under the name of its first diagnosis."""
_SKEW, _MOST_SKEW = 3.0, 20.0
"""Seconds: other clocks may be so far off before it is told, and before it is wrong: claims of the outbox last 60."""


async def examine(settings: Settings, checks: Sequence[tuple[str, Check]] = CHECKS) -> AsyncIterator[Diagnosis]:
    """What each check finds, in order, as soon as it is known; at the end the clocks that were seen on the way."""
    under_way = [asyncio.create_task(_found(name, check, settings)) for name, check in checks]
    clocks = []
    try:
        for task in under_way:
            findings = await task
            for diagnosis in findings.diagnoses:
                yield diagnosis
            if findings.clock is not None:
                clocks.append(findings.clock)
        yield _clock(clocks)
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _found(name: str, check: Check, settings: Settings) -> Findings:
    try:
        return await check(settings)
    except (
        Exception
    ) as error:  # one check that breaks must not keep the others from being read; its words may be secret
        remedy = "This is a fault of Lurewatch: please report it with this line."
        return Findings((Diagnosis(name, "fail", f"the check itself failed: {type(error).__name__}", remedy),))


def _clock(clocks: Sequence[Clock]) -> Diagnosis:
    if not clocks:
        return Diagnosis("clock", "ok", "nobody to compare it with")
    worst = max(clocks, key=lambda clock: abs(clock.ahead) - clock.uncertain)
    off = abs(worst.ahead) - worst.uncertain
    if off <= _SKEW:
        return Diagnosis("clock", "ok", f"agrees with {' and '.join(clock.of for clock in clocks)}")
    seen = (
        f"that of {worst.of} is {abs(worst.ahead):.0f} s {'ahead of' if worst.ahead > 0 else 'behind'} this machine's"
    )
    remedy = "Let both machines follow a time server (timedatectl set-ntp true, chronyd)."
    return Diagnosis("clock", "fail" if off > _MOST_SKEW else "warn", seen, remedy)
