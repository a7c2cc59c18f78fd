"""Host names: which part is registered, whose it is, and what its shape says. Offline; nothing is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from publicsuffixlist import PublicSuffixList

from lurewatch.engine.packs.tables import Brand, Tables
from lurewatch.engine.signals.imitation import imitated
from lurewatch.engine.signals.surroundings import vocabulary

MOST_HOST = 253
_MOST_LABELS = 8
# Suffixes of everyday links; a bare name under any other needs more than a dot to count.
USUAL = vocabulary(
    """
    com net org edu gov mil int info biz co io app ai dev xyz top icu vip club site shop store online tech space
    website cc tv eu uk de fr ru ca au jp br nl ch dk fi cz pl gr hu ro tr ua kz by za ng ke ae hk tw cn kr th
    vn id ph lk pk bd np ie nz mx ar cl pe pt be gl ly ee lt lv bg hr rs gg gd im ws sg gh tz ug et us sk lu cy
    jo kw qa om cfd sbs cyou rest fit wang
    """
)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@lru_cache(maxsize=8192)
def split(host: str) -> tuple[str, str]:
    """The registered domain of ``host`` and its public suffix; both ``""`` when the suffix is not a public one."""
    if host.count(".") > _MOST_LABELS:
        host = ".".join(host.split(".")[-_MOST_LABELS:])
    suffix = _suffixes().publicsuffix(host)
    if not suffix:
        return "", ""
    return _suffixes().privatesuffix(host) or "", suffix


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """Whose the domains are that the tables know."""

    tables: Tables
    owners: Mapping[str, Brand]

    def owner(self, host: str, registered: str) -> Brand | None:
        """The brand whose own domain this is."""
        return self.owners.get(registered) or self.owners.get(host) or self.owners.get(registered.rpartition(".")[2])

    def is_listed(self, host: str, registered: str) -> bool:
        """Whether any table knows this domain."""
        tables = self.tables
        return (
            registered in tables.known_domains
            or registered in tables.shorteners
            or registered in tables.link_in_bio
            or host in tables.shorteners
            or self.owner(host, registered) is not None
        )


@lru_cache(maxsize=8)
def directory(tables: Tables) -> Directory:
    """The directory of these tables, made once."""
    owners: dict[str, Brand] = {}
    for brand in tables.brands:
        for domain in brand.domains:
            owners.setdefault(domain, brand)
    return Directory(tables, owners)


def _is_under(registered: str, suffix: str, names: frozenset[str]) -> bool:
    """Whether a domain or a part of its suffix is one of ``names``."""
    if registered in names or suffix in names:
        return True
    return "." in suffix and suffix.partition(".")[2] in names


# ---------------------------------------------------------------- traits


@lru_cache(maxsize=4096)
def traits_of(tables: Tables, host: str, seen: str) -> frozenset[str]:
    """What the tables and the shape of its name say of ``host``.

    ``seen`` is the host as a reader sees it; where it differs, the name is written with characters of other scripts.
    """
    if _is_address(host):
        return frozenset({"ip"})
    registered, suffix = split(host)
    facts = directory(tables)
    traits = _listed(tables, host, registered, suffix)
    if traits.isdisjoint({"hosted", "shortener"}):
        if facts.owner(host, registered) or (registered and _is_under(registered, suffix, tables.government_suffixes)):
            traits.add("official")
        elif registered in tables.known_domains:
            traits.add("known")
    if "xn--" in host:
        traits.add("punycode")
    if traits.isdisjoint({"official", "known", "allowlisted", "shortener", "link_in_bio"}):
        traits |= _suspected(tables, host, registered, suffix, hosted="hosted" in traits)
    if seen != host and (facts.is_listed(seen, split(seen)[0]) or imitated(tables, seen, *split(seen)) is not None):
        traits.add("lookalike")
    under = host[: len(host) - len(registered)].removeprefix("www.") if registered else ""
    if under.count(".") >= 3:
        traits.add("many_subdomains")
    return frozenset(traits)


def _listed(tables: Tables, host: str, registered: str, suffix: str) -> set[str]:
    traits = set()
    if registered in tables.shorteners or host in tables.shorteners:
        traits.add("shortener")
    if registered in tables.link_in_bio:
        traits.add("link_in_bio")
    if registered in tables.web_hosts or host in tables.web_hosts or suffix in tables.web_hosts:
        traits.add("hosted")
    if _is_under(registered, suffix, tables.allowed_domains):
        traits.add("allowlisted")
    return traits


def _suspected(tables: Tables, host: str, registered: str, suffix: str, *, hosted: bool) -> set[str]:
    traits = set()
    cheap = suffix.rpartition(".")[2] in tables.suspicious_tlds or suffix in tables.suspicious_tlds
    if cheap:
        traits.add("suspicious_tld")
    brand = imitated(tables, host, registered, suffix, anywhere=cheap or hosted)
    if brand is not None and registered not in brand.domains:
        traits.add("lookalike")
    if any(_is_random(label) for label in host[: len(host) - len(suffix)].split(".")):
        traits.add("high_entropy")
    return traits


def _is_address(host: str) -> bool:
    if host.startswith("["):
        return True
    parts = host.split(".")
    if len(parts) == 4 and all(part.isdecimal() and len(part) <= 3 for part in parts):
        return all(int(part) <= 255 for part in parts)
    return len(parts) == 1 and ((host.isdecimal() and len(host) >= 8) or host.startswith("0x"))


_VOWELS = frozenset("aeiouy")


def _is_random(label: str) -> bool:
    """Whether a label looks drawn by lot: letters and digits in turns, or hardly a vowel in a dozen letters."""
    if not 10 <= len(label) <= 63:
        return False
    digits = [char.isdecimal() for char in label if char != "-"]
    turns = sum(one != other for one, other in pairwise(digits))
    if turns >= 4 and sum(digits) >= 3:
        return True
    letters = [char for char in label if "a" <= char <= "z"]
    return len(letters) >= 12 and sum(char in _VOWELS for char in letters) < 0.15 * len(letters)
