"""Links and bare domains, with everything that can be said of them without asking anybody.

Traits: ``shortener, link_in_bio, hosted`` (on a host where anybody may put a page), ``ip, punycode, mixed_script,
userinfo, insecure, suspicious_tld, high_entropy, many_subdomains, lookalike`` (names or misspells a brand that does not
own it), ``official`` (a brand's or an authority's own), ``known, allowlisted, bare`` (neither scheme nor path) and
``unlisted`` (a link, not bare, of a domain that is none of official, known and allow-listed).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.domains import MOST_HOST, USUAL, directory, split, traits_of
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import vocabulary

MOST_URL = 2048
_MOST_DOTS = 10
# Must match "https://", "hxxp:/", "http // x", "https: //"; ends at the first slash. Not "ftp/http".
_SCHEME = r"\b(?:h[tx]{2}ps?\s?:?\s?|ftp:/)/"
# Must match the dot of "bit.ly", "sbi.co.in"; also the one of "end.Next", which is then looked at more closely.
_DOT = r"[a-z0-9?]\.[a-z]{2}"
# Must match "192.0.2.7/", "192.0.2.7:8080"; not a version or an address named in passing.
_ADDRESS = r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[:/]"

_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")
_ADDRESS_DIGITS = frozenset("0123456789abcdef:.")
_MOST_ADDRESS = 48
_STOPS = frozenset(' \t\n\r<>"{}|\\^`')
_TRAILING = ".,;:!?'*_~"
_PAIRS = {")": "(", "]": "["}
# Suffixes that are also words or file names: on their own they make a domain of many a missing space.
_WORDS = vocabulary(
    """
    in is it me us so to no my be am at do as by an la de se es en you pm ps py sh md zip mov cab rs click link
    live now here call help shop store today world life love care win bid buy pay free new one best top fun cool
    work team money cash loan loans gift gifts like go date download open play read save safe school search
    select show sale site song talk tips tours town trade training vote watch website zone phone hot room home
    family friends group house men mom dad baby kids kid man sex photo photos pics pictures online email mobile
    network news media book press pub bar cafe pizza fish dog cat cars car taxi bike blue red black green pink
    gold how foo moe meme lol wow ooo are ar et il ma ne ni pa re sa si ta te ti va ve vi ya mu ga ml st ad ac
    """
)
_FILES = vocabulary("py sh md zip mov ps")


@dataclass(slots=True)
class _Place:
    """Where the parts of one link lie in the view."""

    start: int
    host: int
    host_end: int
    end: int
    scheme: str = ""
    userinfo: bool = False


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: schemes, dots inside names, addresses of computers."""
    return _SCHEME, _DOT, _ADDRESS


def read(sighting: Sighting) -> Iterator[Signal]:
    """The links, each with its registered domain among the candidates, in order."""
    text = sighting.view.text
    done, found = 0, 0
    for start, end in sighting.spans:
        if start < done:
            continue
        slashed = text[end - 1] == "/" and text[start] in "hf"
        place = _schemed(text, start, end) if slashed else _bare(sighting, start, end, done)
        if place is None:
            continue
        done = max(done, place.end)
        if place.host == place.host_end:
            continue
        yield from _signals(sighting, place)
        found += 1
        if found == MOST:
            return


def _schemed(text: str, start: int, end: int) -> _Place | None:
    at = end
    while at < len(text) and at - end < 4 and text[at] in "/ ":
        at += 1
    stop = at
    limit = min(len(text), at + MOST_HOST)
    while stop < limit and text[stop] not in _STOPS and text[stop] not in "/?#":
        stop += 1
    userinfo = text.rfind("@", at, stop)
    host = userinfo + 1 if userinfo >= 0 else at
    host_end = _bracketed_end(text, host) or _host_end(text, host)
    if host == host_end:
        return None
    if not split(_named(text, host, host_end))[0]:
        if text[host_end : host_end + 1] in {"[", "("}:
            return None  # "example[.]com", which another reading undoes
        host_end = _rejoined(text, host, host_end)
    scheme = "".join(text[start:end].split()).rstrip(":/").replace("x", "t")
    return _Place(start, host, host_end, _url_end(text, host_end), scheme, userinfo >= 0)


def _bracketed_end(text: str, host: int) -> int:
    """Where an address such as "[2001:db8::5]" ends; 0 when there is none at ``host``."""
    if text[host : host + 1] != "[":
        return 0
    end = text.find("]", host, host + _MOST_ADDRESS) + 1
    return end if end and ":" in text[host:end] and _ADDRESS_DIGITS.issuperset(text[host + 1 : end - 1]) else 0


def _rejoined(text: str, host: int, host_end: int) -> int:
    """Where a host ends that was broken before a dot or after a hyphen ("bank .example.com")."""
    at = host_end
    if text[at : at + 2] == " ." or (text[at : at + 1] == " " and text[at - 1 : at] in {"-", "."}):
        further = _host_end(text, at + 1)
        if split((text[host:at] + text[at + 1 : further]).strip("."))[0]:
            return further
    return host_end


def _bare(sighting: Sighting, start: int, end: int, done: int) -> _Place | None:
    text = sighting.view.text
    host = start
    first = max(done, start - MOST_HOST)
    while host > first and _is_host(text[host - 1]):
        host -= 1
    while host < start and text[host] in ".-_":
        host += 1
    host_end = _host_end(text, end)
    after = text[host_end : host_end + 1]
    if after == "@" or (host and text[host - 1] == "@") or text.count(".", host, host_end) > _MOST_DOTS:
        return _Place(host, host, host, host_end)  # an e-mail address or a handle; no name at all
    url_end = _url_end(text, host_end)
    if text[end - 1] in "/:" and text[start].isdecimal():
        if text[end:url_end].isdecimal() and text[end - 1] == "/":
            return None  # a network such as 192.0.2.0/24
        return _Place(host, host, host_end, url_end)
    name = _named(text, host, host_end)
    registered, suffix = split(name)
    if not registered:
        return None
    followed = url_end > host_end and text[host_end] == "/"
    if not (followed or name.startswith("www.") or _is_plausible(sighting, host, host_end, name, registered, suffix)):
        return None
    return _Place(host, host, host_end, url_end)


def _is_plausible(sighting: Sighting, host: int, host_end: int, name: str, registered: str, suffix: str) -> bool:
    """Whether a bare name is meant as a domain and is not two sentences without a space, a file or a clock time."""
    facts = directory(sighting.tables)
    if facts.is_listed(name, registered):
        return True
    own = registered[: -len(suffix) - 1]
    tld = suffix.rpartition(".")[2]
    if own.isdecimal() and len(tld) == 2:
        return False
    if len(own) < 2 or tld in _FILES:
        return False
    sent = sighting.as_sent(host, host_end).rstrip(".")
    tail = sent.rpartition(".")[2]
    head = sent[: -len(tail) - 1]
    if tail[:1].isupper() and not head[:1].isupper():
        return False
    if "." in suffix or (tld in USUAL and tld not in _WORDS):
        return True
    return len(own) > 4 and ("-" in own or any(char.isdecimal() for char in own) or name.count(".") > 1)


def _is_host(char: str) -> bool:
    return char in _HOST or (char > "\x7f" and char.isalnum())


def _host_end(text: str, at: int) -> int:
    limit = min(len(text), at + MOST_HOST)
    while at < limit and _is_host(text[at]):
        at += 1
    while at and text[at - 1] in ".-_":
        at -= 1
    return at


def _named(text: str, host: int, host_end: int) -> str:
    return text[host:host_end].strip(".-_")


def _url_end(text: str, at: int) -> int:
    """Where port, path, query and fragment end that begin at ``at``; closing punctuation belongs to the sentence."""
    first = at
    limit = min(len(text), at + MOST_URL)
    if text[at : at + 1] == ":" and text[at + 1 : at + 2].isdecimal():
        at += 1
        while at < limit and text[at].isdecimal():
            at += 1
    if text[at : at + 1] not in {"/", "?", "#"} or (text[at] == "?" and text[at + 1 : at + 2] in {"", " ", "\n"}):
        return at
    while at < limit and text[at] not in _STOPS:
        at += 1
    while at > first + 1:
        last = text[at - 1]
        if last in _TRAILING or (last in _PAIRS and text.count(last, first, at) > text.count(_PAIRS[last], first, at)):
            at -= 1
        else:
            break
    return at


# ---------------------------------------------------------------- what it says


def _signals(sighting: Sighting, place: _Place) -> Iterator[Signal]:
    text = sighting.view.text
    name = _named(text, place.host, place.host_end).replace(" ", "")
    path = text[place.host_end : place.end]
    sent = sighting.as_sent(place.host, place.host_end)
    real = name if sent.isascii() or sighting.view.reading != "folded" else _real_name(sent) or name
    traits = set(traits_of(sighting.tables, real, name))
    if real != name and _is_mixed(sent):
        traits.add("mixed_script")
    if place.userinfo:
        traits.add("userinfo")
    if place.scheme in {"http", "ftp"}:
        traits.add("insecure")
    if not place.scheme and len(path) < 2:
        traits.add("bare")
    elif traits.isdisjoint({"official", "known", "allowlisted"}):
        traits.add("unlisted")
    scheme = place.scheme + "://" if place.scheme else ""
    url = scheme + (text[place.host : place.end].replace(name, real, 1) if real != name else name + path)
    yield sighting.signal("url", url, place.start, place.end, traits=traits)
    registered = split(real)[0]
    if registered:
        yield sighting.signal("domain", registered, place.host, place.host_end, traits=traits)


@lru_cache(maxsize=1024)
def _real_name(sent: str) -> str:
    """The host as a browser would ask for it: NFKC, invisible characters dropped, other scripts in punycode."""
    visible = "".join(char for char in unicodedata.normalize("NFKC", sent) if unicodedata.category(char) != "Cf")
    labels = []
    for label in visible.lower().strip(".").split("."):
        if label.isascii():
            labels.append(label)
            continue
        try:
            labels.append("xn--" + label.encode("punycode").decode("ascii"))
        except UnicodeError:  # a lone surrogate is no part of any name
            return ""
    return ".".join(labels)


def _is_mixed(sent: str) -> bool:
    """Whether one label mixes Latin letters with letters of another script."""
    for label in sent.split("."):
        scripts = {_script(char) for char in label if char.isalpha()}
        if len(scripts) > 1:
            return True
    return False


def _script(char: str) -> str:
    if char.isascii():
        return "LATIN"
    name = unicodedata.name(char, "UNKNOWN").split(" ", 1)[0]
    return "LATIN" if name in {"LATIN", "FULLWIDTH", "MATHEMATICAL", "CIRCLED"} else name


KIND = Kind("link", ("url", "domain"), FOLDED, patterns, read)
