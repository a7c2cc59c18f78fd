"""Account, routing and sort-code numbers that are named as such. Traits: ``routing``, ``sort_code``.

``valid`` is the check digit of a nine-digit routing number, None for the others, which have none in common.
"""

from __future__ import annotations

from collections.abc import Iterator

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.digits import run_at
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import DIGITS

# Must match "account number: 1", "a/c no. 1", "routing # 1", "sort code 1"; not "account ending in", "a/c XX1".
_CANDIDATE = (
    r"\b(?:a/c|ac|acc|acct|account|routing|aba|sort code|bsb|transit|rekening|norek|rek|konto|cuenta|conta|compte"
    r"|khat[ae]|clabe|cbu|nuban)"
    r"(?:[ :.#\-]{1,3}(?:no|num|number|nr|nos|is|code|id|for|my|savings|saving|current|checking|bank"
    r"|it's|its|bca|bri|bni|mandiri|sbi|hdfc|numero|nomor|de|below|transfer|routing|and|was)){0,4}[ :.#=\-]{0,4}\d"
)


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: accounts that are named."""
    return (_CANDIDATE,)


def read(sighting: Sighting) -> Iterator[Signal]:
    """The account, routing and sort-code numbers among the candidates, in order."""
    text = sighting.view.text
    done, found = 0, 0
    for first, last in sighting.spans:
        start = last - 1
        if start < done or (text[start - 1].isalpha() and text[start - 1].isascii()):
            continue
        run = run_at(text, start)
        done = run.end
        groups = run.kept[: _whole(run.kept)]
        digits = "".join(groups)
        if not 6 <= len(digits) <= 18 or run.plus or len(set(digits)) == 1:
            continue
        end = run.spans[len(groups) - 1][1]
        following = text[end : end + 2]
        if following[:1] in {"*", "x"} or (following[:1] in {".", ",", ":", "/"} and following[1:] in DIGITS):
            continue  # masked, or an amount, a time, a date
        label = text[first:last]
        valid, traits = None, []
        if "sort" in label or "bsb" in label:
            traits.append("sort_code")
        elif len(digits) == 9 and ("routing" in label or "aba" in label):
            traits.append("routing")
            valid = _is_routing(digits)
        yield sighting.signal("bank_account", digits, start, end, valid=valid, traits=traits)
        found += 1
        if found == MOST:
            return


def _whole(groups: tuple[str, ...]) -> int:
    """How many groups belong to the number: a single long one alone, or all of several short ones."""
    return 1 if groups and len(groups[0]) >= 8 else len(groups)


def _is_routing(digits: str) -> bool:
    """The weighted sum of the American Bankers Association: 3, 7, 1 repeating, a multiple of ten."""
    return sum(int(digit) * (3, 7, 1)[at % 3] for at, digit in enumerate(digits)) % 10 == 0


KIND = Kind("bank_account", ("bank_account",), FOLDED, patterns, read)
