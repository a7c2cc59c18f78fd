"""E-mail addresses. ``valid`` says whether the host ends in a public suffix. Traits: ``free_mail``, ``disposable``."""

from __future__ import annotations

from collections.abc import Iterator

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.domains import MOST_HOST, split
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting

MOST_LOCAL = 64
# Must match the middle of "a.name@mail.com" and "name @ mail.com"; not the start of "@handle".
_AT = r"[a-z0-9_+\-] ?@ ?[a-z0-9]"
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._%+-'!#$&*/=^`{|}~")
_EDGE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_+-")
_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_SEPARATORS = frozenset("/=&|'`{}*!#$^")


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: signs between two names."""
    return (_AT,)


def read(sighting: Sighting) -> Iterator[Signal]:
    """The addresses among the candidates, in order."""
    text = sighting.view.text
    done, found = 0, 0
    for first, last in sighting.spans:
        if first < done:
            continue
        start, end = _local_start(text, first, done), _host_end(text, last - 1)
        done = end
        host = text[last - 1 : end]
        if "." not in host or ".." in host:
            continue
        spaced = last - first > 3 or (sighting.view.reading == "spoken" and " @" in sighting.as_sent(start, end))
        suffix = split(host)[1]
        if spaced and host not in sighting.tables.free_mail:
            continue  # "lunch @ cafe.com"
        tail = host.rpartition(".")[2]
        if not suffix and (not tail.isalpha() or len(tail) < 2 or len(tail) > 6):
            continue
        local = text[start : first + 1]
        if text[max(0, start - 2) : start] == "//":
            continue  # the user's name in a link
        traits = []
        if host in sighting.tables.free_mail:
            traits.append("free_mail")
        if host in sighting.tables.disposable_mail:
            traits.append("disposable")
        yield sighting.signal("email", f"{local}@{host}", start, end, valid=bool(suffix), traits=traits)
        found += 1
        if found == MOST:
            return


def _local_start(text: str, at: int, done: int) -> int:
    """Where the local part begins that ends with ``text[at]``; a path or a quote before it is left out."""
    start = at
    limit = max(done, at - MOST_LOCAL)
    while start > limit and text[start - 1] in _LOCAL:
        start -= 1
    for index in range(at, start - 1, -1):
        if text[index] in _SEPARATORS:
            start = index + 1
            break
    while start < at and text[start] not in _EDGE:
        start += 1
    return start


def _host_end(text: str, at: int) -> int:
    limit = min(len(text), at + MOST_HOST)
    while at < limit and text[at] in _HOST:
        at += 1
    while text[at - 1] in ".-":
        at -= 1
    return at


KIND = Kind("email", ("email",), FOLDED, patterns, read)
