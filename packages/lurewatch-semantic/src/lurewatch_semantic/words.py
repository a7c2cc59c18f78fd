"""What a transformer reads of a wording: the names of kinds, which only Lurewatch knows, in plain words."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 500
"""So many characters of a wording are read; more do not fit into MOST_TOKENS but of rare scripts."""
KINDS: Final = {
    "PH": "phone number",
    "EM": "email address",
    "HD": "user name",
    "MS": "messenger",
    "PY": "payment app",
    "CD": "card number",
    "IB": "account number",
    "BA": "account number",
    "UP": "payment address",
    "WA": "wallet address",
    "MO": "money",
    "DT": "date",
    "LO": "official link",
    "LK": "known link",
    "LS": "short link",
    "LL": "fake link",
    "LU": "link",
    "BBAN": "bank",
    "BTEC": "tech company",
    "BRET": "shop",
    "BPAY": "payment company",
    "BSOC": "social network",
    "BGOV": "government",
    "BTEL": "phone company",
    "BCOU": "courier",
    "BSTR": "streaming service",
    "BCRY": "crypto exchange",
    "BTRA": "travel company",
    "BUTI": "utility company",
}


def in_words(wording: str) -> str:
    """The beginning of the wording, each kind in words."""
    return " ".join(KINDS.get(word, word) for word in wording[:LONGEST].split())
