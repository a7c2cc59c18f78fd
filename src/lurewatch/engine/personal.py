"""Which signals are somebody's personal data: what leaves the process, and what is kept of a message, hides these."""

from __future__ import annotations

import re

PLACEHOLDERS = {
    "phone": "PHONE",
    "email": "EMAIL",
    "card": "CARD",
    "iban": "ACCOUNT",
    "bank_account": "ACCOUNT",
    "upi": "UPI",
    "wallet": "WALLET",
    "handle": "HANDLE",
    "aadhaar": "ID",
    "pan": "ID",
}
"""Kinds of signals that name or reach a person, and what stands in their place."""
# Must match "https://user@host.example:80" of a link, and "wa.me" of "wa.me/1604".
_HOST = re.compile(r"(?:[A-Za-z]{1,10}://)?[^/?#]*")


def host_end(text: str, start: int, end: int) -> int:
    """Where the host of the link ``text[start:end]`` ends, with the scheme and a user before it."""
    host = _HOST.match(text, start, end)
    return host.end() if host else start


def query_start(text: str, start: int, end: int) -> int:
    """Where what follows ``?`` or ``#`` in a link begins (tokens, names, addresses); ``end`` where nothing does."""
    first = min((at for mark in "?#" if (at := text.find(mark, start, end)) >= 0), default=end)
    return min(first + 1, end)
