"""Tables: facts about brands, applications and domains. No opinions; rules and detectors have those.

A pack's ``tables/`` folder holds ``brands_<kind>.txt`` (a brand a line), ``*_apps.yaml`` and ``social_networks.yaml``
(phrases of the rule language), and plain lists, one entry a line. In text files ``#`` starts a comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import re2

from lurewatch.engine.packs.documents import as_mapping, line_of, read
from lurewatch.engine.packs.phrases import PhraseError, ascii_pattern, fold
from lurewatch.errors import Problem

BRAND_KINDS = frozenset(
    [
        "bank",
        "government",
        "courier",
        "payments",
        "tech",
        "retail",
        "telecom",
        "streaming",
        "crypto",
        "social",
        "travel",
        "utility",
        "other",
    ]
)


@dataclass(frozen=True, slots=True)
class Brand:
    """A name people trust. ``names`` stand alone as words, ``inside`` also within longer words, ``guarded`` ones mean
    the brand only in context, and none of them close to a word of ``not_with``. ``domains`` are its registered domains
    (or a suffix of its own, such as ``sbi``)."""

    name: str
    kind: str
    names: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    not_with: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class App:
    """A messenger, a way to pay or a social network. ``patterns`` match its mentions in folded text; ``hosts`` and URI
    ``schemes`` are its links (of a network: ``{}`` marks the profile); words of ``not_with`` near deny a mention."""

    name: str
    kind: str = ""
    patterns: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    not_with: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Everything in the folder. Compared and hashed by identity, so that indexes over it can be cached."""

    brands: tuple[Brand, ...] = ()
    messaging_apps: tuple[App, ...] = ()
    payment_apps: tuple[App, ...] = ()
    social_networks: tuple[App, ...] = ()
    shorteners: frozenset[str] = frozenset()
    link_in_bio: frozenset[str] = frozenset()
    web_hosts: frozenset[str] = frozenset()
    suspicious_tlds: frozenset[str] = frozenset()
    disposable_mail: frozenset[str] = frozenset()
    free_mail: frozenset[str] = frozenset()
    allowed_domains: frozenset[str] = frozenset()
    known_domains: frozenset[str] = frozenset()
    government_suffixes: frozenset[str] = frozenset()
    upi_handles: frozenset[str] = frozenset()
    ifsc_banks: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()

    def merged(self, other: Tables) -> Tables:
        """These tables with the entries of ``other`` added; brands and apps of the same name become one."""
        changes: dict[str, Any] = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            changes[field.name] = mine | theirs if isinstance(mine, frozenset) else _joined(mine, theirs)
        return replace(self, **changes)


_ENTRY = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")
_LISTS = frozenset(field.name for field in fields(Tables)[4:])
_APPS = ("messaging_apps", "payment_apps", "social_networks")
_FILES = ", ".join(["brands_<kind>.txt", *(f"{name}.yaml" for name in _APPS), *(f"{x}.txt" for x in sorted(_LISTS))])


def parse_tables(files: Mapping[str, bytes], problems: list[Problem]) -> Tables:
    """The tables in ``files`` (name within the folder -> content). What is wrong is appended to ``problems``."""
    found: dict[str, Any] = {}
    brands: list[Brand] = []
    for name, data in sorted(files.items()):
        stem, _, ending = name.rpartition(".")
        path = f"tables/{name}"
        if ending == "yaml" and stem in _APPS:
            found[stem] = tuple(_apps(path, data, problems))
        elif name == "speakers.txt":
            found[stem] = frozenset(entry.casefold() for _, entry in _lines(path, data, problems))
        elif ending == "txt" and stem in _LISTS:
            found[stem] = _entries(path, data, problems)
        elif ending == "txt" and stem.startswith("brands_"):
            brands.extend(_brands(path, stem.removeprefix("brands_"), data, problems))
        else:
            problems.append(Problem(path, 0, "this is no table", f"Tables are: {_FILES}."))
    return Tables(brands=_joined((), tuple(brands)), **found)


def _joined(mine: tuple[Any, ...], theirs: tuple[Any, ...]) -> tuple[Any, ...]:
    entries = {entry.name: entry for entry in mine}
    for entry in theirs:
        known = entries.get(entry.name)
        if known is None:
            entries[entry.name] = entry
            continue
        changes: dict[str, Any] = {}
        for field in fields(known):
            old, new = getattr(known, field.name), getattr(entry, field.name)
            if isinstance(old, frozenset):
                changes[field.name] = old | new
            elif isinstance(old, tuple):
                changes[field.name] = tuple(dict.fromkeys((*old, *new)))
        entries[entry.name] = replace(known, **changes)
    return tuple(entries.values())


def _lines(path: str, data: bytes, problems: list[Problem]) -> Iterator[tuple[int, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(path, 0, f"the file is not UTF-8 (byte {error.start})", "Save it as UTF-8."))
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line and line[0] != "#" and (entry := line.strip()):
            yield number, entry


def _entries(path: str, data: bytes, problems: list[Problem]) -> frozenset[str]:
    entries = list(_lines(path, data, problems))
    if _ENTRY.issuperset("".join(entry for _, entry in entries)):
        return frozenset(entry.strip(".") for _, entry in entries)
    found = []
    for number, entry in entries:
        lowered = entry.lower()
        if _ENTRY.issuperset(lowered):
            found.append(lowered.strip("."))
        else:
            remedy = "Write one domain, suffix or code a line, without scheme, path or spaces."
            problems.append(Problem(path, number, f"{entry!r} is no such entry", remedy))
    return frozenset(found)


# ---------------------------------------------------------------- brands


def _brands(path: str, kind: str, data: bytes, problems: list[Problem]) -> Iterator[Brand]:
    if kind not in BRAND_KINDS:
        problems.append(Problem(path, 0, f"unknown kind {kind!r}", f"Kinds are: {', '.join(sorted(BRAND_KINDS))}."))
        return
    for number, line in _lines(path, data, problems):
        columns = [column.strip() for column in line.split("|")]
        if len(columns) > 5 or not columns[0]:
            remedy = (
                "Write `name | other names | domains | ambiguous names | words that deny it`; only the first must be."
            )
            problems.append(Problem(path, number, "this is no brand", remedy))
            continue
        name, others, domains, ambiguous, denials = (*columns, "", "", "", "")[:5]
        guarded = _names(ambiguous)
        every = [name.lower(), *_names(others)]
        inside = tuple(each.strip("*") for each in every if "*" in each)
        brand = Brand(
            name=name.lower().strip("*"),
            kind=kind,
            names=tuple(each for each in every if "*" not in each and each not in guarded),
            inside=inside,
            guarded=guarded,
            domains=tuple(domains.lower().split()),
            not_with=frozenset(denials.lower().split()),
        )
        wrong = [each for each in (*brand.names, *inside, *guarded) if len(each) < 2 or not each.isascii()]
        if wrong:
            remedy = "Names are ASCII, as text is folded; other scripts belong in a lexicon."
            problems.append(Problem(path, number, f"{wrong[0]!r} cannot be a brand's name", remedy))
            continue
        yield brand


def _names(column: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in column.split(",") if name.strip())


def brands_named(names: Mapping[str, str] | tuple[str, ...]) -> Tables:
    """Tables with nothing but these brand names (a mapping gives each a kind), to be merged over others."""
    kinds = names if isinstance(names, Mapping) else dict.fromkeys(names, "other")
    return Tables(brands=tuple(Brand(fold(name), kind, (fold(name),)) for name, kind in kinds.items()))


# ---------------------------------------------------------------- applications

_QUIET = re2.Options()
_QUIET.log_errors = False
_KEYS = frozenset({"kind", "names", "guarded", "hosts", "schemes", "not_with"})


def _apps(path: str, data: bytes, problems: list[Problem]) -> Iterator[App]:
    def complain(place: tuple[str | int, ...], message: str, remedy: str) -> None:
        problems.append(Problem(path, line_of(data, place), message, remedy))

    document = as_mapping(path, read(path, data, problems), problems)
    contexts = _texts(document, "contexts")
    apps = document.get("apps", {})
    if contexts is None or set(document) - {"contexts", "apps"} or not isinstance(apps, Mapping):
        complain((), "this is no table of applications", "Write `contexts: [...]` and `apps: {name: {names: [...]}}`.")
        return
    for name, entry in apps.items():
        place = ("apps", name)
        if not isinstance(entry, Mapping) or set(entry) - _KEYS:
            complain(place, f"{name!r} is no application", f"It may have: {', '.join(sorted(_KEYS))}.")
            continue
        lists = {key: _texts(entry, key) for key in _KEYS - {"kind"}}
        bad = next((key for key, value in lists.items() if value is None), None)
        if bad is not None:
            complain((*place, bad), f"{bad} is a list of texts", "Quote numbers and words such as no.")
            continue
        texts = {key: value or () for key, value in lists.items()}
        phrases = [*texts["names"]]
        phrases += [context.replace("@", word) for word in texts["guarded"] for context in contexts]
        patterns = []
        for phrase in phrases:
            try:
                patterns.append(ascii_pattern(fold(phrase)))
            except PhraseError as error:
                complain(place, f"phrase {phrase!r}: {error}", "See docs/rules.md, 'Phrases'.")
        try:
            re2.compile("|".join(patterns).encode(), options=_QUIET)
        except re2.error as error:
            complain(place, f"a phrase of {name!r} is no pattern: {error}", "Look for brackets that do not close.")
            continue
        yield App(
            name=str(name),
            kind=str(entry.get("kind", "")),
            patterns=tuple(patterns),
            hosts=tuple(host.lower() for host in texts["hosts"]),
            schemes=tuple(scheme.lower() for scheme in texts["schemes"]),
            not_with=frozenset(word.lower() for word in texts["not_with"]),
        )


def _texts(entry: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    values = entry.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    return tuple(values)
