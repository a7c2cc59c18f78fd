"""What a conversation says of others: values that confirmed scams used, kept and looked up.

A value is kept from a conversation that reached ``confirmed``, or that a reviewer called a true positive; and forgotten
when the reviewer says otherwise. It is known to the next conversation, never to its own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.keep import Keep
from lurewatch.casework.privacy import MASK
from lurewatch.casework.store import indicators
from lurewatch.engine.model import Indicator, KnownIndicator
from lurewatch.engine.policies.off_platform import OffPlatformConfig, phone_forms

TYPES = frozenset({"phone", "email", "domain", "upi", "wallet", "handle"})
CONFIRMED, REVIEWED = "confirmed", "reviewed"
CONFIDENCE: Mapping[str, float] = {CONFIRMED: 0.8, REVIEWED: 1.0}
_MOST_LOOKED_UP = 50
"""So many values of one conversation are looked up, the newest."""
_MOST_KNOWN = 20
_LONGEST = 300
_EVERYBODYS = frozenset({"official", "known", "allowlisted", "shortener", "link_in_bio"})
"""Traits of domains that say nothing of who sends them."""
_SAID = {CONFIRMED: "a confirmed scam", REVIEWED: "a scam that was reviewed"}


def shareable(found: Iterable[Indicator], listed: OffPlatformConfig) -> tuple[Indicator, ...]:
    """The indicators that may tie conversations together: no allow-listed, own, official, shared or masked value."""
    return tuple(one for one in found if one.type in TYPES and _is_whole(one.value) and not _vouched(one, listed))


def looked_up(found: Iterable[Indicator], listed: OffPlatformConfig) -> tuple[tuple[str, str], ...]:
    """The types and values of a conversation that are looked up, the newest, each once."""
    values = dict.fromkeys((one.type, one.value) for one in reversed(shareable(found, listed)))
    return tuple(values)[:_MOST_LOOKED_UP]


async def known(
    connection: AsyncConnection, wanted: Mapping[int, Collection[tuple[str, str]]], tenants: Mapping[int, str]
) -> dict[int, tuple[KnownIndicator, ...]]:
    """What is known of the values of conversations, by their ``seq``, from other conversations of the same tenant."""
    values = {(tenants[seq], *form) for seq, some in wanted.items() for value in some for form in _forms(*value)}
    rows = defaultdict(list)
    for row in await indicators.known(connection, values):
        rows[row["tenant"], row["type"], row["value"]].append(row)

    def of(seq: int) -> Iterator[KnownIndicator]:
        for kind, value in wanted[seq]:
            found = [row for form in _forms(kind, value) for row in rows[tenants[seq], *form]]
            others = [row for row in found if {row["first"], row["last"]} != {seq}]
            if others:
                surest = max(others, key=lambda row: (row["confidence"], row["source"]))
                yield KnownIndicator(kind, value, _SAID[surest["source"]], surest["confidence"])

    return {seq: tuple(of(seq))[:_MOST_KNOWN] for seq in wanted}


@dataclass(frozen=True, slots=True)
class Used:
    """What may be shared of a conversation, by its ``seq``, and from which source it is known."""

    tenant: str
    conversation: int
    seen: tuple[Indicator, ...]
    source: str


async def keep(connection: AsyncConnection, used: Sequence[Used], now: float, mode: Keep) -> None:
    """Keep what these conversations used, in two statements; never what a protected user or an agent said.

    Where texts are not kept whole (``mode``), a digest of each value is, and no value.
    """
    places = {(one.conversation, seen.message_index) for one in used for seen in one.seen}
    innocent = await indicators.innocent(connection, places)
    found = {
        (one.tenant, seen.type, seen.value, one.source, one.conversation)
        for one in used
        for seen in one.seen
        if (one.conversation, seen.message_index) not in innocent
    }
    await indicators.keep(
        connection,
        [
            {
                "tenant": tenant,
                "type": kind,
                "value": value if mode == "full" else digest(kind, value),
                "source": source,
                "confidence": CONFIDENCE[source],
                "conversation": conversation,
                "created_at": now,
            }
            for tenant, kind, value, source, conversation in sorted(found)
        ],
    )


def digest(kind: str, value: str) -> str:
    """What a value is known by without being kept."""
    return "sha256:" + hashlib.sha256(f"{kind}:{value}".encode(errors="replace")).hexdigest()


def _forms(kind: str, value: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """How it may be stored: what is kept of texts may have changed since."""
    return (kind, value), (kind, digest(kind, value))


def _is_whole(value: str) -> bool:
    return len(value) <= _LONGEST and MASK not in value


def _vouched(one: Indicator, listed: OffPlatformConfig) -> bool:
    if one.type == "domain":
        return not one.traits.isdisjoint(_EVERYBODYS) or _own(one.value, listed)
    if one.type == "email":
        address = one.value.casefold()
        return address in {email.strip().casefold() for email in listed.emails} or _own(
            address.rpartition("@")[2], listed
        )
    if one.type == "phone":
        return any(not phone_forms(one.value).isdisjoint(phone_forms(phone)) for phone in listed.phones)
    return False


def _own(host: str, listed: OffPlatformConfig) -> bool:
    domains = (domain.strip().casefold().removeprefix("@") for domain in listed.own_domains)
    return any(host == domain or host.endswith("." + domain) for domain in domains)
