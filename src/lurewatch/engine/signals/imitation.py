"""Whom a host name imitates: a brand's name in somebody else's domain, or misspelt in one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lurewatch.engine.packs.tables import Brand, Tables
from lurewatch.engine.signals.surroundings import vocabulary

_LEAST = 3
_LONG = 8
_MOST_LABELS = 6
_BAIT = vocabulary(
    """
    account accounts admin alert alerts app apps auth bank banking billing bonus card cards cash care center
    check claim claims client cloud community confirm connect customer customers delivery desk drop email event
    events fee free gift gifts giveaway help helpdesk home id info invoice kyc login logon mail message mobile
    my net nitro office online order parcel pass pay payment payments portal post prime promo promotion rebate
    recovery redeem refund register renew reward rewards secure secured security service services shop sign
    signin store support team track tracking trade transfer unlock update updates upgrade user validate
    verification verify wallet web win winner world au ca de es fr in it jp us uk br mx official pro vip new
    redelivery reschedule safe safety notice helpline refunds case
    """
)
_SHAPES = str.maketrans("01345789", "oleastbg")
_SIMILAR = str.maketrans("ijqvz", "llgus")


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Brand names as they stand in a host. ``whole`` count between dots and hyphens, ``guarded`` there only beside a
    word that baits; ``inside`` count at either end of a longer label; ``shapes`` and ``near`` find misspellings."""

    whole: Mapping[str, Brand]
    guarded: Mapping[str, Brand]
    inside: frozenset[str]
    shapes: Mapping[str, Brand]
    near: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=8)
def names_of(tables: Tables) -> Names:
    """The names in these tables, made ready once."""
    whole: dict[str, Brand] = {}
    guarded: dict[str, Brand] = {}
    inside: set[str] = set()
    for brand in tables.brands:
        for name in map(_squeezed, (*brand.inside, *brand.names)):
            if len(name) >= _LEAST and name.isalnum() and not name.isdecimal():
                whole.setdefault(name, brand)
        inside.update(map(_squeezed, brand.inside))
        for name in map(_squeezed, brand.guarded):
            if len(name) >= _LEAST and name.isalnum():
                guarded.setdefault(name, brand)
    near: dict[str, list[str]] = {}
    shapes: dict[str, Brand] = {}
    for name, brand in {**guarded, **whole}.items():
        if len(name) >= 5:
            shapes.setdefault(_shape(name), brand)
        if len(name) >= 7:
            for shorter in _shortened(name):
                near.setdefault(shorter, []).append(name)
    return Names(whole, guarded, frozenset(inside), shapes, {key: tuple(found) for key, found in near.items()})


def imitated(tables: Tables, host: str, registered: str, suffix: str, *, anywhere: bool = False) -> Brand | None:
    """The brand that a host names or misspells; the caller knows that the host is not the brand's own.

    ``anywhere``: whether the suffix is one under which even the bare name is a pretence.
    """
    names = names_of(tables)
    labels = host[: len(host) - len(suffix)].rstrip(".").split(".") if suffix else host.split(".")
    own = registered[: len(registered) - len(suffix)].rstrip(".") if registered else labels[-1]
    for label in labels[-_MOST_LABELS:]:
        alone = label == own and not anywhere
        brand = _named(names, label, alone=alone, baited=anywhere) or _misspelt(names, label)
        if brand is not None:
            return brand
    return None


def _named(names: Names, label: str, *, alone: bool, baited: bool) -> Brand | None:
    parts = label.split("-")
    baited = baited or not _BAIT.isdisjoint(parts)
    for part in parts:
        if len(parts) > 1 or not alone:
            brand = names.whole.get(part) if len(part) > _LEAST or len(parts) > 1 else None
            brand = brand or (names.guarded.get(part) if baited and len(part) > _LEAST else None)
            if brand is not None:
                return brand
        brand = _at_an_end(names, part)
        if brand is not None:
            return brand
    return None


def _at_an_end(names: Names, part: str) -> Brand | None:
    """The brand whose name begins or ends a longer word, if the name is long or the rest is bait."""
    for size in range(min(len(part) - 1, 20), 4, -1):
        for name, rest in ((part[:size], part[size:]), (part[-size:], part[:-size])):
            brand = names.whole.get(name)
            telling = size >= _LONG or name in names.inside or rest in _BAIT or rest.isdecimal()
            if brand is not None and telling and len(rest) > 1:
                return brand
            guarded = names.guarded.get(name)
            if guarded is not None and rest in _BAIT:
                return guarded
    return None


def _misspelt(names: Names, label: str) -> Brand | None:
    for part in {label, *label.split("-")}:
        if len(part) < 5 or part in names.whole or part in names.guarded:
            continue
        brand = names.shapes.get(_shape(part))
        if brand is not None:
            return brand
        if len(part) >= 7:
            brand = _one_off(names, part)
            if brand is not None:
                return brand
        undone = part.translate(_SHAPES)
        if undone != part and len(part) > 6:
            brand = _at_an_end(names, undone)
            if brand is not None:
                return brand
    return None


def _one_off(names: Names, part: str) -> Brand | None:
    for shorter in _shortened(part):
        for name in names.near.get(shorter, ()):
            initial = part[0] == name[0] or part[1:] == name or len(name) > _LONG
            if initial and part not in {name + "s", name[:-1]} and _is_one_off(part, name):
                return names.whole.get(name) or names.guarded.get(name)
    return None


def _squeezed(name: str) -> str:
    return name.replace(" ", "").replace("'", "").replace("-", "")


def _shape(name: str) -> str:
    """What is left when characters that look alike are one: digits for letters, i and l, rn and m, vv and w."""
    return name.translate(_SHAPES).replace("rn", "m").replace("vv", "w").replace("cl", "d").translate(_SIMILAR)


def _shortened(name: str) -> list[str]:
    """The name, and the name without each one of its characters."""
    return [name, *(name[:at] + name[at + 1 :] for at in range(min(len(name), 24)))]


def _is_one_off(one: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes one name the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    first = 0
    shortest = min(len(one), len(other))
    while first < shortest and one[first] == other[first]:
        first += 1
    if len(one) == len(other):
        swapped = one[first : first + 2] == other[first : first + 2][::-1] and one[first + 2 :] == other[first + 2 :]
        return swapped or one[first + 1 :] == other[first + 1 :]
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[first + 1 :] == shorter[first:]
