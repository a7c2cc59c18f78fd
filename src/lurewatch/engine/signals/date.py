"""Dates and deadlines. Traits: ``relative`` ("tomorrow"), ``deadline`` ("within 24 hours", "by 5 May"), ``expiry``
(of a card). A date that is written out in full has its ISO form as value, everything else its words."""

from __future__ import annotations

from collections.abc import Iterator

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import is_near, vocabulary, words_before

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_UNIT = "(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?)"
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|ten|few|a few|twelve|twenty[ \-]four|forty[ \-]eight)"
# Must match 12/05/2026, 2026-05-12, 5.12.26; not 192.168.0.1, not 10/20.
_NUMERIC = r"\b\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2}(?:\d{2})?\b"
# Must match "5th of May 2026", "28 december", "5-May-26".
_DAY_FIRST = rf"\b\d{{1,2}}(?:st|nd|rd|th)?[ \-]?(?:of )?{_MONTH}\b(?:[ ,'\-]{{1,2}}(?:20)?\d{{2}}\b)?"
# Must match "May 5th, 2026", "dec 28"; not "may 5 people" (the reader looks on).
_MONTH_FIRST = rf"\b{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? 20\d{{2}}\b)?"
# Must match "today", "tomorrow", "by friday", "next week".
_RELATIVE = (
    r"\b(?:today|tonight|tomorrow|tmrw|tmr|tomoro|2moro|2day|tonite"
    rf"|(?:by|before|until|till|on|this|next|due) {_DAY}"
    r"|(?:this|next) (?:morning|afternoon|evening|week|weekend|month|year)"
    r"|(?:by |before )?(?:end of (?:the )?|eo)(?:day|week|month|d)|by midnight|before midnight)\b"
)
# Must match "within 24 hours", "in the next two days", "within 30mins"; not "24 hours" alone.
_SPAN = rf"\b(?:within|in|next|under|after)(?: the)?(?: next)? {_COUNT}[ \-]?(?:business |working )?{_UNIT}\b"
# Must match "by 5pm", "before 17:30".
_CLOCK = r"\b(?:by|before|until|till) \d{1,2}(?:[:.]\d{2})? ?(?:am|pm|hrs|o'clock)\b"
# Must match "exp 04/27", "expiry date: 04/2027", "valid thru 04-27"; not "expires in 5 days".
_EXPIRY = (
    r"\b(?:exp(?:iry|ires?|iration)?|valid (?:thru|through|till|until|upto))(?: date| on)?(?: is)?[ :.\-]{0,3}"
    r"\d{1,2} ?[/\-] ?\d{2}(?:\d{2})?\b"
)
# Must match 04/27 and 04/2027, which the reader takes for an expiry only near words about cards.
_MONTH_YEAR = r"\b(?:0[1-9]|1[0-2]) ?/ ?(?:20)?[23]\d\b"
_FOR_CARDS = frozenset({"card", "cvv", "cvc", "cvv2", "exp", "expiry", "expires", "expiration", "visa", "mastercard"})
_LIMITS = vocabulary(
    """
    by before until till within deadline due expires expire expiring expired expiry ends ending valid latest
    later than
    """
)
_TEXTED = frozenset({"2day", "2moro"})
_NOT_AFTER = vocabulary("people hours days times minutes of more")


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: dates and deadlines."""
    return _NUMERIC, _DAY_FIRST, _MONTH_FIRST, _RELATIVE, _SPAN, _CLOCK, _EXPIRY, _MONTH_YEAR


def read(sighting: Sighting) -> Iterator[Signal]:
    """The dates, deadlines and expiry dates among the candidates, in order."""
    text = sighting.view.text
    done, found = 0, 0
    for start, end in sorted(sighting.spans, key=lambda span: (span[0], -span[1])):
        if start < done:
            continue
        read_as = _read(text, start, end)
        if read_as is None:
            continue
        done = end
        value, traits = read_as
        yield sighting.signal("date", value, start, end, traits=traits)
        found += 1
        if found == MOST:
            return


def _read(text: str, start: int, end: int) -> tuple[str, set[str]] | None:
    words = text[start:end].split()
    head = words[0]
    traits: set[str] = set()
    if not _LIMITS.isdisjoint(words_before(text, start, 24)[-2:]) or head in _LIMITS:
        traits.add("deadline")
    if head.startswith("exp") or head == "valid":
        return " ".join(words), {"expiry"}
    if head[0].isdecimal() and head not in _TEXTED:
        value = _calendar(text, start, end)
        if value is None:
            return None
        if len(value) == 7:
            return (value, {"expiry"}) if is_near(text, start, end, _FOR_CARDS) else None
        return value, traits
    if head.rstrip(".")[:3] in _MONTHS and words[-1][0].isdecimal():
        following = text[end : end + 10].split()
        if following and following[0] in _NOT_AFTER:
            return None
        return _written_out(words) or " ".join(words), traits
    if head in {"within", "under"} or (head == "in" and "next" in words):
        traits.add("deadline")
    return " ".join(words), traits | {"relative"}


def _calendar(text: str, start: int, end: int) -> str | None:
    """The value of a date that begins with a digit: ISO if it can be told, as written if not, None if it is none."""
    if text[start - 1 : start] in {"/", ".", "-", "$", "#"} or (
        text[end : end + 1] in {"/", "."} and text[end + 1 : end + 2].isdecimal()
    ):
        return None
    written = text[start:end]
    if any("a" <= char <= "z" for char in written):
        return _written_out(written.replace("-", " ").replace(",", " ").split()) or " ".join(written.split())
    parts = written.replace(".", "/").replace("-", "/").replace(" ", "").split("/")
    numbers = [int(part) for part in parts]
    if len(parts) == 2:
        return f"{numbers[1] % 100 + 2000}-{numbers[0]:02}"
    if len(parts[0]) > 2:
        year, month, day = numbers
        return f"{year}-{month:02}-{day:02}" if len(parts[0]) == 4 and 1 <= month <= 12 and 1 <= day <= 31 else None
    day, month = numbers[:2]
    if not (1 <= day <= 31 and 1 <= month <= 31 and min(day, month) <= 12):
        return None
    if len(parts[2]) == 4 and day > 12:
        return f"{numbers[2]}-{month:02}-{day:02}"
    return written


def _written_out(words: list[str]) -> str | None:
    """ISO for day, named month and year; None when the year is missing."""
    day = month = year = 0
    for word in words:
        number = word.strip("',.").rstrip("stndrh")
        if word[:3] in _MONTHS:
            month = _MONTHS.index(word[:3]) + 1
        elif number.isdecimal():
            if len(number) == 4:
                year = int(number)
            elif day:
                year = 2000 + int(number)
            else:
                day = int(number)
    return f"{year}-{month:02}-{day:02}" if year and month and 1 <= day <= 31 else None


KIND = Kind("date", ("date",), FOLDED, patterns, read)
