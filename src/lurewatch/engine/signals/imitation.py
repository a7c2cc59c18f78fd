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
    account accounts admin alert alerts app apps auth bank banking billing bill bonus card cards cash cashback
    cashbacks care center check claim claims client cliente clientes cloud community confirm connect customer
    customers delivery desk drop email event events expiry fee form free gift gifts giveaway help helpdesk home
    id iforgot info inlog invoice kyc locked login logon loan mail message mobile my net netbank nitro office
    online order parcel pass pay payee payment payments point points portal post prime promo promotion
    quarantine rebate recipient reclaim recovery redeem redelivery refund refunds register renew reschedule
    return reward rewards safe safety scan secure secured security service services session shop sign signin sms
    store support suspended tan team track tracking trade transfer unlock update updates upgrade user validate
    validation verification verify wallet web win winner world acceso accesso aviso betaalpas colis compte conta
    cuenta giris hadiah hediye inicio konto kundenservice livraison mijn movil pagar paket particulares pinjaman
    poin puan remboursement seguridad sicherheit sicurezza sorteo soporte tarjeta undian verificar verificatie
    verificacion abonnement beveiligd au ca de es fr in it jp us uk br mx nl www official pro vip new notice
    helpline case live
    """
)
_SHAPES = str.maketrans("01345789", "oleastbg")
_SIMILAR = str.maketrans("ijqvz", "llgus")


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Brand names as they stand in a host. ``whole`` count between dots and hyphens, ``guarded`` there only beside a
    word that baits; ``inside`` count at either end of a longer label; ``shapes`` and ``near`` find misspellings;
    ``domains`` are the brands' own."""

    whole: Mapping[str, Brand]
    guarded: Mapping[str, Brand]
    inside: frozenset[str]
    shapes: Mapping[str, Brand]
    near: Mapping[str, tuple[str, ...]]
    domains: Mapping[str, Brand]


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
    spellings = {key: tuple(found) for key, found in near.items()}
    own = {domain: brand for brand in tables.brands for domain in brand.domains if "." in domain}
    return Names(whole, guarded, frozenset(inside), shapes, spellings, own)


def imitated(tables: Tables, host: str, registered: str, suffix: str, *, anywhere: bool = False) -> Brand | None:
    """The brand that a host names or misspells; the caller knows that the host is not the brand's own.

    ``anywhere``: whether the suffix is one under which even the bare name is a pretence.
    """
    names = names_of(tables)
    labels = host[: len(host) - len(suffix)].rstrip(".").split(".") if suffix else host.split(".")
    own = registered[: len(registered) - len(suffix)].rstrip(".") if registered else labels[-1]
    whole = _whole_domain(names, labels)
    if whole is not None:
        return whole
    baited = anywhere or any(not _BAIT.isdisjoint(label.split("-")) for label in labels)
    for label in labels[-_MOST_LABELS:]:
        alone = label == own and not anywhere
        brand = _named(names, label, alone=alone, baited=baited) or _misspelt(names, label)
        if brand is not None:
            return brand
    return None


def _whole_domain(names: Names, labels: list[str]) -> Brand | None:
    """The brand whose whole domain stands before the registered one ("bmo.com.example.net")."""
    for size in (2, 3):
        for at in range(max(0, len(labels) - size + 1)):
            brand = names.domains.get(".".join(labels[at : at + size]))
            if brand is not None:
                return brand
    return None


def _named(names: Names, label: str, *, alone: bool, baited: bool) -> Brand | None:
    parts = label.split("-")
    for part in parts:
        if len(parts) > 1 or not alone:
            brand = names.whole.get(part) if len(part) > _LEAST or len(parts) > 1 else None
            brand = brand or (names.guarded.get(part) if baited else None)
            if brand is not None:
                return brand
        brand = _at_an_end(names, part)
        if brand is not None:
            return brand
    return None


def _at_an_end(names: Names, part: str) -> Brand | None:
    """The brand whose name begins or ends a longer word, if the name is long or the rest is bait."""
    for size in range(min(len(part) - 1, 20), 3, -1):
        for name, rest, least in ((part[:size], part[size:], _LONG), (part[-size:], part[:-size], _LONG - 1)):
            brand = names.whole.get(name)
            telling = size >= least or name in names.inside or rest in _BAIT or (rest.isdecimal() and size > 4)
            if brand is not None and telling and len(rest) > 2:
                return brand
            guarded = names.guarded.get(name)
            if guarded is not None and size > 4 and rest in _BAIT:
                return guarded
    return None


def _misspelt(names: Names, label: str) -> Brand | None:
    for part in {label, *label.split("-")}:
        if len(part) < 5 or part in names.whole or part in names.guarded:
            continue
        brand = names.shapes.get(_shape(part))
        if brand is not None and (len(part) > 5 or not part.isalpha()):
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
            initial = part[0] == name[0] or part[1:] == name
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
