"""Brands by name. The value is the table's name, the trait its kind (``bank``, ``courier`` ...).

A name that is also an everyday word counts only in context: near words about accounts and payments, in a domain, or
capitalised inside a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import re2

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Brand, Tables
from lurewatch.engine.signals.kind import EVERY, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import is_near, vocabulary

_CHUNK = 40
_REACH = 32
_SQUEEZED = str.maketrans("", "", " -\n\t")
_ABOUT_BRANDS = vocabulary(
    """
    account accounts card cards bank banking pay paid paying payment payments customer customers support app
    login log password gift order ordered orders id refund refunds subscription store online wallet security
    secure service services team invoice transaction transactions transfer debit credit charge charged purchase
    bill billing network sim plan contract helpline helpdesk care email code otp verify verification verified
    update delivery parcel package mastercard amex rupay limited ltd plc official locked suspended blocked
    prepaid voucher vouchers platinum infinite ending branch loan cheque deposit balance statement insurance
    mobile broadband tariff data roaming technician license licence money send sends sent
    payout payouts checkout merchant cash
    """
)


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    sources: tuple[str, ...]
    free: dict[str, Brand]
    guarded: dict[str, Brand]


@lru_cache(maxsize=8)
def _index(tables: Tables) -> _Index:
    free: dict[str, Brand] = {}
    guarded: dict[str, Brand] = {}
    whole: list[str] = []
    inside: list[str] = []
    for brand in tables.brands:
        for names, into, sources in (
            (brand.names, free, whole),
            (brand.inside, free, inside),
            (brand.guarded, guarded, whole),
        ):
            for name in names:
                into.setdefault(name.translate(_SQUEEZED), brand)
                sources.append("[ -]?".join(re2.escape(word) for word in name.replace("-", " ").split()))
    chunks = [rf"\b(?:{'|'.join(whole[at : at + _CHUNK])})\b" for at in range(0, len(whole), _CHUNK)]
    if inside:
        chunks.append("|".join(inside))
    return _Index(tuple(chunks), free, guarded)


def patterns(tables: Tables) -> tuple[str, ...]:
    """Candidates: names of brands."""
    return _index(tables).sources


def read(sighting: Sighting) -> Iterator[Signal]:
    """The brands that are meant among the candidates, in order."""
    text = sighting.view.text
    index = _index(sighting.tables)
    done, found = 0, 0
    for start, end in sorted(sighting.spans, key=lambda span: (span[0], -span[1])):
        if start < done:
            continue
        name = text[start:end].translate(_SQUEEZED)
        brand = index.free.get(name)
        if brand is None:
            brand = index.guarded.get(name)
            if brand is None or not _is_meant(sighting, start, end):
                continue
        if "@" in text[max(0, start - 40) : start].rpartition(" ")[2][1:]:
            continue  # the host of an address, not a mention
        if brand.not_with and " " not in text[start:end] and is_near(text, start, end, brand.not_with, _REACH):
            continue
        done = end
        yield sighting.signal("brand", brand.name, start, end, traits=(brand.kind,))
        found += 1
        if found == MOST:
            return


def _is_meant(sighting: Sighting, start: int, end: int) -> bool:
    text = sighting.view.text
    after = text[end : end + 2]
    if after[:1] == "." and after[1:].isalpha():
        return True  # the beginning of a domain
    return is_near(text, start, end, _ABOUT_BRANDS, _REACH) or _is_capitalised(sighting, start, end)


def _is_capitalised(sighting: Sighting, start: int, end: int) -> bool:
    """Whether the sender wrote a capital where no sentence begins, in a text that does not capitalise everything."""
    sent = sighting.as_sent(start, end)
    if not sent[0].isupper():
        return False
    first = sighting.view.span(start, end)[0]
    before = sighting.original[max(0, first - 24) : first].rstrip(" ")
    if not before or before[-1] in ".!?:;\n\"'-*(":
        return False
    word = before.split()[-1]
    return any(char.islower() for char in word[:1]) if len(before.split()) else False


KIND = Kind("brand", ("brand",), EVERY, patterns, read)
