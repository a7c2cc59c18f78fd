"""Mentions of applications: what messengers and ways to pay have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import App, Tables
from lurewatch.engine.signals.kind import EVERY, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import is_near

_CHUNK = 40
_REACH = 36


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Which application a matched text names."""

    sources: tuple[str, ...]
    mentions: Any
    named: tuple[App, ...]
    hosts: dict[str, App]
    schemes: dict[str, App]

    def application(self, matched: str) -> tuple[App, bool] | None:
        """The application, and whether the text is one of its links."""
        app = self.hosts.get(matched.rstrip("/")) or self.schemes.get(
            matched.partition(":")[0] if "://" in matched else ""
        )
        if app is not None:
            return app, True
        found = self.mentions.fullmatch(matched.encode("ascii", "replace")) if self.mentions else None
        return (self.named[found.lastindex - 1], False) if found else None


def index_of(apps: tuple[App, ...]) -> Index:
    """The index of these applications; their patterns in chunks that an automaton takes without complaint."""
    named = tuple(app for app in apps if app.patterns)
    phrases = [pattern for app in named for pattern in app.patterns]
    sources = ["|".join(phrases[at : at + _CHUNK]) for at in range(0, len(phrases), _CHUNK)]
    hosts = {host: app for app in apps for host in app.hosts}
    schemes = {scheme: app for app in apps for scheme in app.schemes}
    if hosts:
        sources.append(rf"\b(?:{'|'.join(re2.escape(host) for host in hosts)})\b")
    if schemes:
        sources.append(rf"\b(?:{'|'.join(schemes)})://")
    joined = "|".join(f"({'|'.join(app.patterns)})" for app in named)
    return Index(tuple(sources), re2.compile(joined.encode()) if joined else None, named, hosts, schemes)


def kind(name: str, choose: Callable[[Tables], tuple[App, ...]]) -> Kind:
    """A kind that reads mentions and links of the applications that ``choose`` takes from the tables."""

    @lru_cache(maxsize=8)
    def index(tables: Tables) -> Index:
        return index_of(choose(tables))

    def patterns(tables: Tables) -> tuple[str, ...]:
        return index(tables).sources

    def read(sighting: Sighting) -> Iterator[Signal]:
        return _read(name, index(sighting.tables), sighting)

    return Kind(name, (name,), EVERY, patterns, read)


def _read(name: str, index: Index, sighting: Sighting) -> Iterator[Signal]:
    text = sighting.view.text
    taken: list[tuple[int, int]] = []
    # links first: "whatsapp.com" also holds a name; then the longest mention at a place
    for start, end in sorted(sighting.spans, key=lambda span: (not _is_link(text, *span), span[0], -span[1])):
        if len(taken) == MOST:
            return
        found = index.application(text[start:end])
        if found is None or any(start < last and first < end for first, last in taken):
            continue
        app, linked = found
        if linked and (
            text[start - 1 : start] == "@" or (text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum())
        ):
            continue  # the host of an address, or the beginning of another host
        if not linked and app.not_with and is_near(text, start, end, app.not_with, _REACH):
            continue
        taken.append((start, end))
        traits = {app.kind} if app.kind else set()
        if linked:
            traits.add("deep_link")
        yield sighting.signal(name, app.name, start, end, traits=traits)


def _is_link(text: str, start: int, end: int) -> bool:
    return "." in text[start:end] or "://" in text[start:end]
