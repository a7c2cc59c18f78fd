"""Payment cards: 13 to 19 digits. ``valid`` and the trait ``luhn`` mean that the check digit is right."""

from __future__ import annotations

from collections.abc import Iterator

from stdnum import luhn

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.digits import MOST_GROUPS, MOST_RUNS, Run, run_at
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import is_near, vocabulary, words_before

# Must match the start of "4111 1111 1111 1111" and "4111111111111111"; not fewer than 13 digits.
_CANDIDATE = r"\b\d(?:[ .,\-]{0,3}\d){12}"
_FOR_CARDS = vocabulary(
    """
    card cards credit debit visa mastercard amex rupay maestro cc cvv cvc expiry exp expires carte karte tarjeta
    cartao kartu kart
    """
)
_FOR_OTHERS = vocabulary(
    """
    order orders imei tracking track awb ref reference utr rrn txn transaction invoice serial isbn timestamp
    epoch iccid account acct iban consignment parcel shipment sku ean upc barcode id uuid purchase msgid lic
    """
)
_SHAPES = frozenset({(4, 6, 5), (4, 6, 4), (6, 13), (4, 4, 4, 4, 3), (4, 5, 6), (8, 8)})


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: runs of thirteen digits and more."""
    return (_CANDIDATE,)


def read(sighting: Sighting) -> Iterator[Signal]:
    """The card numbers among the candidates, in order."""
    text = sighting.view.text
    done, found = 0, 0
    for number, (start, _) in enumerate(sighting.spans):
        if number == MOST_RUNS:
            return
        if start < done or text[start - 1 : start] in {"#", "$", "=", "/", "&", "@"}:
            continue
        run = run_at(text, start, commas=sighting.view.reading == "spoken")
        done = run.end
        picked = _pick(text, run) if len(run.groups) <= MOST_GROUPS else None
        if picked is None:
            continue
        first, last, digits, valid = picked
        traits = ("luhn",) if valid else ()
        yield sighting.signal("card", digits, run.spans[first][0], run.spans[last - 1][1], valid=valid, traits=traits)
        found += 1
        if found == MOST:
            return


def _pick(text: str, run: Run) -> tuple[int, int, str, bool] | None:
    """The groups that make a card number, its digits, and whether they pass Luhn."""
    wanted = is_near(text, run.start, run.end, _FOR_CARDS, 48)
    if not wanted and any(word in _FOR_OTHERS for word in words_before(text, run.start, 24)):
        return None
    doubtful: tuple[int, int, str, bool] | None = None
    for first in range(min(len(run.groups), 8)):
        if first and len(run.groups[first]) == len(run.groups[first - 1]) < 4:
            continue  # digits read out one by one or in pairs make one number
        total = 0
        for last in range(first + 1, len(run.groups) + 1):
            total += len(run.groups[last - 1])
            if total > 19:
                break
            if total < 13:
                continue
            digits = "".join(run.groups[first:last])
            shape = tuple(map(len, run.groups[first:last]))
            if len(set(digits)) == 1 or not (_is_usual(shape) or wanted):
                continue
            if luhn.is_valid(digits) and (wanted or _is_issued(digits)):
                return first, last, digits, True
            grouped = shape == (4, 4, 4, 4) and not _are_years(run.groups[first:last])
            if total == 16 and doubtful is None and (grouped or (wanted and _is_usual(shape))):
                doubtful = first, last, digits, False
    return doubtful


def _is_usual(shape: tuple[int, ...]) -> bool:
    """Whether people write card numbers in such groups."""
    return len(shape) == 1 or shape in _SHAPES or set(shape) <= {4} or set(shape) in ({1}, {2})


def _are_years(groups: tuple[str, ...]) -> bool:
    return all(group[:2] in {"19", "20"} for group in groups)


def _is_issued(digits: str) -> bool:
    """Whether cards of this length begin with these digits."""
    size, two, four = len(digits), int(digits[:2]), int(digits[:4])
    if digits[0] == "4":
        return size in {13, 16, 19}
    if 51 <= two <= 55 or 2200 <= four <= 2204 or 2221 <= four <= 2720:
        return size == 16
    if two in {34, 37} or four in {1800, 2131}:
        return size == 15
    if 3000 <= four <= 3059 or two in {36, 38}:
        return size == 14
    return two in {35, 50, 56, 57, 58, 60, 62, 64, 65, 81, 82} and size >= 16


KIND = Kind("card", ("card",), FOLDED, patterns, read)
