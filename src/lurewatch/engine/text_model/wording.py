"""What the text model reads of a message: its words, with every value replaced by what kind of value it is.

A number, a link or a brand says nothing beyond its kind; a model that saw them would learn the sources it was trained
on. Views are lower-case, so that capitals cannot be anything but these names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import re2

from lurewatch.engine.model import Signal, View

_NAMES = {
    "phone": "PH", "email": "EM", "handle": "HD", "messaging_app": "MS", "payment_app": "PY", "card": "CD",
    "iban": "IB", "bank_account": "BA", "upi": "UP", "wallet": "WA", "money": "MO", "date": "DT",
}  # fmt: skip
_LINKS = (
    ("official", "LO"), ("allowlisted", "LO"), ("known", "LK"), ("shortener", "LS"), ("lookalike", "LL"),
)  # fmt: skip
_OTHER_LINK = "LU"
# What tells of who gathered the texts and nothing of who wrote them:
_MARKS = re2.compile(
    # what stands for a value that was taken out: "<URL>", "[phone]", "<#>", and in Chinese the bare word; must not
    # match "url" in an English sentence,
    r"[<\[{(](url|link|phone|cellphone|tel|email|name|digit|number|num|#|decimal|amount|money|date|time)[>\]})]"
    r"|([\p{Han}])\s?(url|cellphone|phone|digit|name)"
    # a number of which digits were hidden: "XX1234", "4232***xxxx",
    r"|(\b\d*(?:x{2}[\dx*]*\d|\d[x*]{2}|x{4}|x{2,3}\*)[\dx*]*|\*{2,}\d+)"
    # drawn lines, and the signs before what a mail quotes.
    r"|-{3,}|={3,}|_{3,}|\*{3,}|~{3,}|#{3,}|\+{3,}|\n[> |]*>"
)
_STANDS_FOR = {
    "url": "LU",
    "link": "LU",
    "phone": "PH",
    "cellphone": "PH",
    "tel": "PH",
    "email": "EM",
    "digit": "0",
    "number": "0",
    "num": "0",
    "#": "0",
    "decimal": "0",
    "amount": "MO",
    "money": "MO",
    "date": "DT",
    "time": "DT",
}


def wording(views: Sequence[View], signals: Iterable[Signal]) -> str:
    """The text of the reading without disguises, each signal in it replaced by its kind between two spaces."""
    view = next((view for view in views if view.reading == "plain"), views[0])
    named = [(signal.start, -signal.end, name) for signal in signals if not signal.parts and (name := _name(signal))]
    if not named:
        return _named_again(view.text)
    origin = view.origin
    found: list[str] = []
    at = 0
    for first, last, name in sorted(named):
        start = first if origin is None else bisect_left(origin, first)
        end = -last if origin is None else bisect_left(origin, -last)
        if at <= start < end:
            found += (view.text[at:start], " ", name, " ")
            at = end
    found.append(view.text[at:])
    return _named_again("".join(found))


def _named_again(text: str) -> str:
    if _MARKS.search(text) is None:
        return text  # most have none
    named: str = _MARKS.sub(lambda found: _instead(*found.groups()), text)
    return named


def _instead(named: str | None, before: str | None, bare: str | None, hidden: str | None) -> str:
    return "0000" if hidden else f"{before or ''} {_STANDS_FOR.get(named or bare or '', '')} "


def _name(signal: Signal) -> str | None:
    if signal.kind == "url":
        return next((name for trait, name in _LINKS if trait in signal.traits), _OTHER_LINK)
    if signal.kind == "brand":
        return "B" + min(signal.traits, default="")[:3].upper()
    return _NAMES.get(signal.kind)
