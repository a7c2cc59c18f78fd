"""Links with a disguised or mistyped scheme or host written as they should be: "h7tp //bit.(o", "htp //b i t.l y/"."""

from __future__ import annotations

from itertools import islice

import re2

from lurewatch.engine.text.addresses import MAIL_TOP
from lurewatch.engine.text.draft import Draft

MAX_LINKS = 200

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1

_SIGNS = r"h[7+][t7+]p|ht[7+]p"
# A letter of "http" lost, doubled, swapped with the next or mistyped; "hxxp" is an address, "http" itself is none.
_ERRORS = r"ttp|htp|htt|hhttp|htttp|httpp|thtp|htpt|[a-gi-z]ttp|h[a-su-z]tp|ht[a-su-z]p|htt[a-oq-z]"
_APART = "|".join(rf"h{sign}t{sign}t{sign}p(?:{sign}s)?" for sign in (" ", r"\.", "-", "_"))
_BENT = rf"(?:{_SIGNS}|{_ERRORS})[s5$]?|http[5$]|httpss|httsp|{_APART}"
_SLASHES = r" ?:? ?//"
_LABEL = r"(?:[a-z](?: [a-z])+\b|[a-z0-9|(!$+<{@]+)"
_HOST = rf"{_LABEL}(?:[.-]{_LABEL})*"
_SPACED_END = r"\.[a-z](?: [a-z]){1,5}/"
_SIGNED_END = r"\.(?:[a-z][|(!$+<{0-9]|[|(!$+<{0-9][a-z])/"
# "h7tp://paypa|.com", "htp //x.io", "http //(l1ck.me"
SCHEMED = re2.compile(rf"\b(?:({_BENT})({_SLASHES})|https?{_SLASHES}) ?({_HOST})?".encode(), _LATIN1)
# "b i t.l y/", "mybank.c o m/", "bit.1y/": an ending kept apart or disguised, with a slash.
ENDED = re2.compile(rf"{_HOST}(?:{_SPACED_END}|{_SIGNED_END})".encode(), _LATIN1)
# For the quick look: a bent scheme, a sign or single letters in a host, such an ending.
HINT = (
    rf"\b(?:{_BENT}){_SLASHES}|// ?(?:[a-z0-9.-]*(?:[|(!$+<{{]|\.[a-z] [a-z]\b)|[a-z] [a-z][ .-])"
    rf"|{_SPACED_END}|{_SIGNED_END}"
)
BENT = re2.compile(HINT.encode(), _LATIN1)

CLOSING = b"!(<{"
SIGNS = bytes.maketrans(b"|(!$+<{", b"lcistcc")
WITH_AT = bytes.maketrans(b"|(!$+<{@", b"lcistcca")  # after a scheme as it should be, "@" parts a name from the host
# The ending of a host holds no digits.
ENDINGS = (bytes.maketrans(b"0134578", b"oieastb"), bytes.maketrans(b"0134578", b"oleaslb"))
DIGITS = b"0123456789"


def write_links(draft: Draft) -> None:
    """Write disguised schemes and hosts of the draft's text as a browser would need them; paths stay."""
    if b"/" not in draft.text or BENT.search(draft.text) is None:
        return
    for match in islice(SCHEMED.finditer(draft.text), MAX_LINKS):
        bent = match[1]
        if bent:
            scheme = b"https" if bent[-1:] in b"s5$" else b"http"
            start, end = match.start(1), match.end(2)
            # After a letter lost there is no room for all of "://".
            draft.condense(start, end, scheme + b"://"[-min(3, end - start - len(scheme)) :])
        if match[3]:
            _write_host(draft, match.start(3), match.end(3), WITH_AT if bent else SIGNS)
    for match in islice(ENDED.finditer(draft.text), MAX_LINKS):
        ending = match[0][:-1].rpartition(b".")[2]
        if b" " in ending or _ending(ending.translate(SIGNS)) in MAIL_TOP:
            _write_host(draft, match.start(), match.end() - 1, SIGNS)


def _write_host(draft: Draft, start: int, end: int, signs: bytes) -> None:
    """Write letters for signs in the host at ``text[start:end]``, and those together that are kept apart."""
    text = draft.text
    dot = text.rfind(b".", start, end)
    if dot < 0:
        return
    if text[end : end + 1] != b"/":
        end = start + len(text[start:end].rstrip(CLOSING))
    ending = text[dot + 1 : end]
    if b" " in ending and text[end : end + 1] != b"/":
        letters = ending.replace(b" ", b"")
        known = [size for size in range(2, len(letters) + 1) if letters[:size] in MAIL_TOP]
        end = dot + 2 * (known[-1] if known else len(letters))
        ending = text[dot + 1 : end]
    draft.replace(start, text[start : dot + 1].translate(signs))
    draft.replace(dot + 1, _ending(ending.translate(signs)))
    place = text.find(b" ", start, end)
    while place >= 0:
        draft.drop(place, place + 1)
        place = text.find(b" ", place + 1, end)


def _ending(ending: bytes) -> bytes:
    """The ending of a host with letters for its digits, unless it has no letters: part of a number."""
    if ending.isalpha() or not ending.translate(None, DIGITS):
        return ending
    readings = [ending.translate(table) for table in ENDINGS]
    return next((reading for reading in readings if reading in MAIL_TOP), readings[0])
