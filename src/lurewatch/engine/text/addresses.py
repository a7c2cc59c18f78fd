"""Addresses spelled out or bent ("name at mail dot com", "example[.]com", "hxxp") written as they are typed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import re2

from lurewatch.engine.text.draft import Draft

MAX_CHAINS = 1000
MAX_BENT = 200  # chains looked at closely
MAX_LINKS = 400
MAX_STEPS = 10  # separators in a name or a host

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1

_OPEN, _CLOSE = r"[\[({<]", r"[\])}>]"
_DOTS = "dot|punto|ponto|point|punkt|titik"
_ATS = "at the rate of|at the rate|at sign|at|arroba|arobase|chiocciola"
_JOINS = "underscore|under score|dash|hyphen|minus|plus|guion bajo|guion|tiret|bindestrich|unterstrich"
DOT_WORDS = frozenset(_DOTS.encode().split(b"|"))
AT_SIGNS = frozenset(_ATS.encode().split(b"|")) | {b"@", b"\x94"}
JOINED_BY = dict.fromkeys((b"dash", b"hyphen", b"minus", b"guion", b"tiret", b"bindestrich"), b"-") | {b"plus": b"+"}
COPYRIGHT = r"\x94"  # the byte of that sign, see ``signs.LEET``

# Endings that are no words; the others count only in an e-mail address.
_TOP = "com|net|org|io|co|biz|xyz|info|gov|edu|ru|uk|top|club|site|online|shop|store|live|app|dev|icu|vip|ly|cc|tk"
_TOP_WORDS = "in|me|us|ca|au|de|fr|es|it|br|mx|id|my|sg|ph|ng|za|ke|pk|eu|nl|ch|at|be|tr|tv|ai"
TOP = frozenset(_TOP.encode().split(b"|"))
MAIL_TOP = TOP | frozenset(_TOP_WORDS.encode().split(b"|"))
WORDLIKE = frozenset(b"top club site online shop store live app vip".split())
AFTER_SPACED_DOT = frozenset(b"com net org ru info".split())
MAIL_HOSTS = frozenset(
    b"gmail googlemail yahoo ymail hotmail outlook live msn aol icloud mail gmx web proton protonmail yandex zoho"
    b" rediffmail rediff qq 163 tutanota fastmail".split()
)
# Words that are no name before "at ... dot com": "visit us at example dot com".
NO_NAMES = frozenset(
    b"us me it is am are be was were been him her them you here there look looking only online shop shopping order"
    b" register login visit hosted live based found find available work works working worked buy sale store signup"
    b" arrive located reach email website site address that this sold sell i he she we they details more link page"
    b" now today app".split()
)
SIGNED = frozenset(b"copyright app us".split())  # before a sign: "copyright (c) example.com", "the app @ x.com"
NO_HOSTS = frozenset(
    b"or and a an the this that any every each my your his our their no one of old new big red".split()
)

_PART = r"[a-z0-9][a-z0-9_+-]{0,62}"
_SEPARATOR = (
    rf" (?:{_DOTS}|{_ATS}|{_JOINS}|slash|forward slash) | ?{_OPEN} ?(?:{_DOTS}|{_ATS}|[.@]) ?{_CLOSE} ?"
    rf"| ?[@{COPYRIGHT}] ?| ?\. ?"
)
# "me at swati dot khan at mail dot com"; also "me at home", in which ``_chosen`` finds nothing.
CHAIN = re2.compile(rf"\b{_PART}(?:(?:{_SEPARATOR}){_PART})+".encode(), _LATIN1)
SEPARATOR = re2.compile(_SEPARATOR.encode(), _LATIN1)
TYPED = b"abcdefghijklmnopqrstuvwxyz0123456789_+-.@"  # what an address as typed consists of
# "hxxp://", "h**ps[:]//", "http[:]//"; not "http://".
SCHEME = re2.compile(rb"\bh(?:xx|tt|\*\*|__)ps?(?:\[:\]|:)//", _LATIN1)
# For the quick look: a spelled dot before an ending, brackets around a sign, a spaced one, "hxxp", "name at gmail".
HINT = (
    rf" (?:{_DOTS}) (?:{_TOP}|{_TOP_WORDS})\b|{_OPEN} ?(?:{_DOTS}|at|[.@:]) ?{_CLOSE}| @ ?[a-z0-9]|[a-z0-9]@ [a-z0-9]"
    rf"|[a-z0-9] ?{COPYRIGHT} ?[a-z0-9]|\barroba\b|\barobase\b|at the rate|\bh(?:xx|\*\*|__)ps?:"
    r"|@[a-z0-9-]+(?: \. ?| ?\. )[a-z]| \. ?(?:com|net|org|ru|info)\b|\. com\b"
    rf"| at (?:{'|'.join(sorted(host.decode() for host in MAIL_HOSTS))})\b"
)


@dataclass(slots=True)
class _Link:
    """A separator of a chain: where it stands, what it reads, and whether it must be rewritten."""

    start: int
    end: int
    sign: bytes
    word: bytes
    bent: bool
    bracketed: bool

    @property
    def is_spaced(self) -> bool:
        return self.word == b"." and self.bent and not self.bracketed


def write_addresses(draft: Draft) -> None:
    """Write every address of the draft's text as it is typed."""
    text = draft.text
    chains = (match for match in islice(CHAIN.finditer(text), MAX_CHAINS) if match[0].translate(None, TYPED))
    for match in islice(chains, MAX_BENT):
        _write_chain(draft, match.start(), match.end())
    for match in islice(SCHEME.finditer(text), MAX_CHAINS):
        start, end = match.span()
        draft.replace(start + 1, b"tt")
        bracket = text.find(b"[", start, end)
        if bracket >= 0:
            draft.drop(bracket, bracket + 1)
            draft.drop(bracket + 2, bracket + 3)


def _write_chain(draft: Draft, start: int, end: int) -> None:
    found = islice(SEPARATOR.finditer(draft.text[start:end]), MAX_LINKS)
    links = [_link(draft.text, start + match.start(), start + match.end()) for match in found]
    if not any(link.bent for link in links):
        return
    if len(links) == MAX_LINKS:
        end = links.pop().start
    edges = [start, *(link.end for link in links)]
    parts = [draft.text[edge:stop] for edge, stop in zip(edges, [*(link.start for link in links), end], strict=True)]
    for index in _chosen(parts, links):
        link = links[index]
        if link.bent:
            draft.condense(link.start, link.end, link.sign)


def _link(text: bytes, start: int, end: int) -> _Link:
    raw = text[start:end]
    word = raw.strip(b" []{}()<>")
    if word == b"." or word in DOT_WORDS:
        sign = b"."
    elif word in AT_SIGNS:
        sign = b"@"
    elif word.endswith(b"slash"):
        sign = b"/"
    else:
        sign = JOINED_BY.get(word, b"_")
    return _Link(start, end, sign, word, raw != sign, raw.strip()[:1] in (b"[", b"(", b"{", b"<"))


def _chosen(parts: list[bytes], links: list[_Link]) -> list[int]:
    """The separators that belong to addresses."""
    chosen = {index for index, link in enumerate(links) if link.bracketed and link.sign == b"."}
    for last, link in enumerate(links):
        if link.sign != b"." or parts[last + 1] not in MAIL_TOP or _goes_on(parts, links, last):
            continue
        host = _back(links, last)
        name = _back(links, host - 1) if host and links[host - 1].sign == b"@" else host
        if name < host and _is_mail(parts, links, name, host, last):
            chosen.update(range(name, last + 1))
        elif _is_domain(parts, links, host, last):
            chosen.update(range(host, last + 1))
            after = last + 1
            while after < len(links) and links[after].sign == b"/":
                chosen.add(after)
                after += 1
    return sorted(chosen)


def _goes_on(parts: list[bytes], links: list[_Link], last: int) -> bool:
    """Whether this ending is followed by another one, as in "co dot uk"."""
    return last + 1 < len(links) and links[last + 1].sign == b"." and parts[last + 2] in MAIL_TOP


def _back(links: list[_Link], index: int) -> int:
    """The first of the unbroken dots and joins that lead to this separator."""
    first = max(0, index - MAX_STEPS)
    while index > first and links[index - 1].sign in (b".", b"-", b"_", b"+") and not links[index - 1].is_spaced:
        index -= 1
    return index


def _is_mail(parts: list[bytes], links: list[_Link], name: int, host: int, last: int) -> bool:
    at, dot = links[host - 1], links[last]
    if dot.is_spaced and parts[last + 1] not in AFTER_SPACED_DOT:
        return False
    if at.bent and (len(parts[host]) < 2 or (host - name == 1 and (parts[name].isdigit() or parts[name] in SIGNED))):
        return False
    if at.word != b"at" or at.bracketed:
        return True
    if host - name == 1 and parts[name] in NO_NAMES:
        return False
    spelled = any(link.bent and not link.is_spaced for link in links[host : last + 1])
    return spelled or parts[host] in MAIL_HOSTS


def _is_domain(parts: list[bytes], links: list[_Link], host: int, last: int) -> bool:
    dot, top = links[last], parts[last + 1]
    if not dot.bent or top not in TOP or parts[host] in NO_HOSTS:
        return False
    if dot.is_spaced:
        return top in AFTER_SPACED_DOT and len(parts[last]) > 1
    return dot.bracketed or dot.word == b"dot" or top not in WORDLIKE
