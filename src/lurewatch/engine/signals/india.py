"""Indian identifiers: UPI addresses, branch codes (IFSC), tax numbers (PAN) and Aadhaar numbers."""

from __future__ import annotations

from collections.abc import Iterator

from stdnum import verhoeff

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import digits_of, is_near

# Must match the middle of "name@okaxis", "9876543210 @ybl"; e-mail addresses too, which the reader leaves alone.
_UPI = r"[a-z0-9._\-] ?@ ?[a-z]{2}"
# Must match "SBIN0001234" and nothing longer.
_IFSC = r"\b[a-z]{4}0[a-z0-9]{6}\b"
# Must match "ABCPD1234F": the fourth letter names the kind of holder.
_PAN = r"\b[a-z]{3}[abcfghljpt][a-z]\d{4}[a-z]\b"
# Must match "2345 6789 0124" and twelve digits in one piece; no number begins with 0 or 1.
_AADHAAR = r"\b[2-9]\d{3}[ \-]?\d{4}[ \-]?\d{4}\b"
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_FOR_UPI = frozenset({"upi", "vpa", "gpay", "phonepe", "paytm", "bhim", "pay", "payment"})
_FOR_AADHAAR = frozenset({"aadhaar", "aadhar", "adhar", "adhaar", "uid", "uidai"})


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: UPI addresses, branch codes, PAN and Aadhaar."""
    return _UPI, _IFSC, _PAN, _AADHAAR


def read(sighting: Sighting) -> Iterator[Signal]:
    """The Indian identifiers among the candidates, in order."""
    text = sighting.view.text
    found = 0
    for start, end in sighting.spans:
        if "@" in text[start:end]:
            signal = _upi(sighting, start, end)
        elif text[start] in "23456789":
            signal = _aadhaar(sighting, start, end)
        elif end - start == 11:
            signal = _ifsc(sighting, start, end)
        else:
            signal = _pan(sighting, start, end)
        if signal is not None:
            yield signal
            found += 1
            if found == 4 * MOST:
                return


def _upi(sighting: Sighting, start: int, end: int) -> Signal | None:
    text = sighting.view.text
    at = end - 2
    stop = at
    while stop < len(text) and stop - at < 40 and text[stop] in _NAME:
        stop += 1
    handle = text[at:stop].rstrip(".-_")
    if "." in handle or "-" in handle:
        return None
    known = handle in sighting.tables.upi_handles
    if not known and (len(handle) < 2 or end - start > 4 or not is_near(text, start, stop, {"upi", "vpa"}, 24)):
        return None
    first = start
    while first and start - first < 64 and text[first - 1] in _NAME:
        first -= 1
    while first < start and text[first] in ".-_":
        first += 1
    if first and (text[first - 1] == "@" or not text[first : start + 1].strip("._-")):
        return None
    if end - start > 4 and not is_near(text, first, stop, _FOR_UPI, 32):
        return None  # "@" between words; a UPI address is written in one piece unless it is named
    last = at + len(handle)
    return sighting.signal("upi", f"{text[first : start + 1]}@{handle}", first, last, valid=known)


def _ifsc(sighting: Sighting, start: int, end: int) -> Signal | None:
    text = sighting.view.text
    code = text[start:end]
    known = code[:4] in sighting.tables.ifsc_banks
    if not known and not is_near(text, start, end, {"ifsc", "ifs"}):
        return None
    return sighting.signal("ifsc", code.upper(), start, end, valid=known)


def _pan(sighting: Sighting, start: int, end: int) -> Signal | None:
    sent = sighting.as_sent(start, end)
    if sent != sent.upper() and not is_near(sighting.view.text, start, end, {"pan", "pancard"}):
        return None
    return sighting.signal("pan", sighting.view.text[start:end].upper(), start, end, valid=True)


def _aadhaar(sighting: Sighting, start: int, end: int) -> Signal | None:
    text = sighting.view.text
    digits = digits_of(text[start:end])
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if (before[-1:] in "+-/.#" and before[-1:]) or (before[:1].isdecimal() and before[1:] == " "):
        return None
    if (after[:1] in {" ", "-"} and after[1:].isdecimal()) or after[:1] in {"@", "-", "/"}:
        return None  # a part of a card number or of an address
    valid = verhoeff.is_valid(digits)
    named = is_near(text, start, end, _FOR_AADHAAR)
    if not named and (not valid or end - start == 12):
        return None
    return sighting.signal("aadhaar", digits, start, end, valid=valid)


KIND = Kind("india", ("upi", "ifsc", "pan", "aadhaar"), FOLDED, patterns, read)
