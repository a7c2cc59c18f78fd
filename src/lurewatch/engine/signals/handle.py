"""Names of accounts on social networks: ``@name``, links to profiles, "insta: name". The value is ``@name``.

Traits: ``profile_link`` and the network's name where it is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import re2

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.phrases import ascii_pattern
from lurewatch.engine.packs.tables import App, Tables
from lurewatch.engine.signals.domains import USUAL, split
from lurewatch.engine.signals.kind import EVERY, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import vocabulary

_LONGEST = 40
# Must match the start of "@name"; the middle of an address too, which the reader leaves alone.
_AT = r"@[a-z0-9_][a-z0-9_.]"
# Must match "/in/johnsmith", a LinkedIn profile without its host.
_IN = r"/in/[a-z0-9]{3}"
_LABELS = r"(?:[ ']{0,2}(?:id|handle|username|user name|user|name|account|acc|profile|page|s)){0,2}"
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.-")
_EDGE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.%+-/=])}\\$")
_NOBODY = vocabulary(
    """
    all everyone everybody here channel home work office school school_ night noon once least last the my your
    this that override param return import media property staticmethod classmethod dataclass test app keyframes
    component inject autowired getmapping postmapping nullable deprecated gmail yahoo hotmail outlook mention
    username user
    """
)
_PAGES = vocabulary(
    """
    p reel reels explore stories tv share sharer sharer.php groups watch events marketplace pages login home
    search hashtag intent i status photo photos jobs feed company learning posts about legal help settings hc
    policies privacy terms tos plugins dialog permalink.php story.php photo.php joinchat s c addstickers proxy
    socks www profile index.php
    """
)


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    sources: tuple[str, ...]
    profiles: dict[str, str]
    names: dict[str, str]


@lru_cache(maxsize=8)
def _index(tables: Tables) -> _Index:
    profiles: dict[str, str] = {}
    for network in tables.social_networks:
        for host in network.hosts:
            profiles[host.partition("{}")[0]] = network.name
    labels = "|".join(pattern for network in tables.social_networks for pattern in network.patterns)
    sources = [_AT, _IN]
    if profiles:
        starts = "|".join(re2.escape(start) for start in sorted(profiles, key=len, reverse=True))
        sources.append(rf"\b(?:{starts})@?[a-z0-9_]")
    if labels:
        # must match "insta: na", "my ig id is na", "snap - na"; not "instagram is na"
        sources.append(rf"(?:{labels}){_LABELS} {{0,2}}[:=]{{1,2}}\W{{0,2}}[a-z0-9_]{{2}}")
        sources.append(rf"(?:{labels}) (?:id|handle|username|user name) (?:is )?@?[a-z0-9_]{{2}}")
    return _Index(tuple(sources), profiles, _labelled(tables.social_networks))


def _labelled(networks: tuple[App, ...]) -> dict[str, str]:
    """Plain label -> network, for labels that are one word."""
    found: dict[str, str] = {}
    for network in networks:
        for label in ("instagram", "insta", "ig", "twitter", "facebook", "fb", "snapchat", "snap", "telegram", "tg"):
            if ascii_pattern(label) in network.patterns:
                found[label] = network.name
        found.setdefault(network.name, network.name)
    return found


def patterns(tables: Tables) -> tuple[str, ...]:
    """Candidates: handles, profiles and labelled names."""
    return _index(tables).sources


def read(sighting: Sighting) -> Iterator[Signal]:
    """The accounts on social networks among the candidates, in order."""
    text = sighting.view.text
    index = _index(sighting.tables)
    done, found = 0, 0
    for start, end in sorted(sighting.spans, key=lambda span: (span[0], -span[1])):
        if start < done:
            continue
        matched = text[start:end]
        if matched[0] == "@":
            signal = _mention(sighting, start)
        elif matched.startswith("/in/"):
            signal = _linkedin(sighting, start)
        elif "/" in matched:
            signal = _profile(sighting, index, start, end)
        else:
            signal = _labelled_name(sighting, index, start, end)
        if signal is None:
            continue
        done = end
        yield signal
        found += 1
        if found == MOST:
            return


def _name_end(text: str, at: int) -> int:
    limit = min(len(text), at + _LONGEST)
    while at < limit and text[at] in _NAME:
        at += 1
    while text[at - 1] in ".-":
        at -= 1
    return at


def _mention(sighting: Sighting, at: int) -> Signal | None:
    text = sighting.view.text
    before = text[at - 1] if at else " "
    if before in _EDGE or (before > "\x7f" and before.isalnum()):
        return None
    end = _name_end(text, at + 1)
    name = text[at + 1 : end].partition("-")[0]
    end = at + 1 + len(name)
    if not 3 <= len(name) <= 31 or name in _NOBODY or not any(char.isalpha() for char in name):
        return None
    if name[0] == "n" and name[1:].isdecimal():
        return None  # "@N100", a price
    if name[0].isdecimal() and not any(char in "_." for char in name) and len(name) < 6:
        return None  # "@ 5pm", "@7for"
    if text[end : end + 1] in {"@", "("}:
        return None  # an address, or code
    if "." in name and name.rpartition(".")[2] in USUAL and split(name)[0]:
        return None  # the host of an address: "name @gmail.com"
    if name in sighting.tables.upi_handles and text[at - 2 : at - 1].isalnum():
        return None
    return sighting.signal("handle", f"@{name}", at, end)


def _linkedin(sighting: Sighting, start: int) -> Signal | None:
    text = sighting.view.text
    if start and text[start - 1] not in " (:\n\"'":
        return None
    end = _name_end(text, start + 4)
    return sighting.signal("handle", f"@{text[start + 4 : end]}", start, end, traits=("profile_link", "linkedin"))


def _profile(sighting: Sighting, index: _Index, start: int, end: int) -> Signal | None:
    text = sighting.view.text
    first = end - 1
    network = index.profiles.get(text[start:first].rstrip("@")) or index.profiles.get(text[start:first])
    stop = _name_end(text, first)
    name = text[first:stop]
    if network is None or name in _PAGES or len(name) < 2:
        return None
    if start and (
        text[start - 1] in "-@" or (text[start - 1] == "." and not text[:start].endswith(("www.", "m.", "web.")))
    ):
        return None  # another host that ends alike
    if network == "telegram" and text[first - 1] == "+":
        return None
    return sighting.signal("handle", f"@{name}", start, stop, traits=("profile_link", network))


def _labelled_name(sighting: Sighting, index: _Index, start: int, end: int) -> Signal | None:
    text = sighting.view.text
    first = end - 2
    stop = _name_end(text, first)
    name = text[first:stop]
    label = text[start:first]
    telling = any(char in "_." or char.isdecimal() for char in name)
    named = any(word in label for word in (" id", "handle", "user"))
    closing = text[stop : stop + 1] in {"", "\n", ",", ".", ")", "!"}
    if not 3 <= len(name) <= 31 or name in _NOBODY or name.isdecimal() or not (telling or named or closing):
        return None
    if name.startswith(("http", "www.")) or text[stop : stop + 1] in {"@", "/", ":"} or split(name)[0]:
        return None
    words = label.replace(":", " ").replace("=", " ").replace("'", " ").split()
    network = next((index.names[word] for word in words if word in index.names), "")
    traits = (network,) if network else ()
    at = first - 1 if text[first - 1 : first] == "@" else first
    return sighting.signal("handle", f"@{name}", at, stop, traits=traits)


KIND = Kind("handle", ("handle",), EVERY, patterns, read)
