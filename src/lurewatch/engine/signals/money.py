"""Amounts of money with their currency. Traits: the currency's code in lower case, and ``large`` (about 1,000 USD)."""

from __future__ import annotations

from collections.abc import Iterator

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.amounts import (
    AFTER,
    BEFORE,
    DOLLARS,
    INDIAN,
    SCALES,
    SYMBOLS,
    amount,
    as_text,
    is_large,
)
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting
from lurewatch.engine.signals.surroundings import vocabulary

_CODES = "|".join(sorted(BEFORE, key=len, reverse=True))
_UNITS = "|".join(sorted(AFTER, key=len, reverse=True))
_INDIAN = "|".join(sorted(INDIAN, key=lambda word: (-len(word), word)))
# Must match "Rs.5", "INR 5", "$5", "US$ 5" and, as every sign beyond ASCII is one "?", the start of "£5"; ends at the
# first digit.
_SIGN_FIRST = rf"(?:\b(?:{_CODES})|[$?])[ .:]{{0,3}}\d"
# Must match "5 dollars", "5 million usd", "5 lakh", "5k euros", "5$" and the start of "5 руб".
_SIGN_LAST = (
    r"\d[ \-]?(?:(?:k|thousand|m|mn|million|bn|billion|hundred|ribu|rb|juta|jt|mil|millones|milhoes)[ \-])?"
    rf"(?:k?(?:{_UNITS})|{_INDIAN}|mil|juta|jt|ribu|rb)\b"
)
_SYMBOL_LAST = r"\d ?[$?]"
# Must match "a million dollars", "two lakh rupees".
_IN_WORDS = (
    r"\b(?:a|one|two|three|four|five|six|seven|eight|nine|ten|several|few)[ \-](?:hundred |thousand )?"
    rf"(?:(?:million|billion|thousand|hundred)[ \-](?:us )?(?:{_UNITS})|{_INDIAN})\b"
)
# Must match "N5,000" and "P5,000", as naira and peso are written.
_LETTER_FIRST = r"\b[np]\d{1,3},?\d{3}\b"
_NUMBERS = {
    word: value
    for value, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}
_NUMBERS |= {"a": 1, "several": 3, "few": 3}
_NOT_MONEY = vocabulary(
    """
    people users subscribers followers views members customers downloads families votes
    """
)
_FIRST_LETTERS = {"р": ("руб", "р."), "บ": ("บาท",)}
_ALSO_WORDS = frozenset({"php", "cop", "ron", "nok"})
_NUMERIC = frozenset("0123456789.,")


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: currencies beside digits."""
    return _SIGN_FIRST, _SIGN_LAST, _SYMBOL_LAST, _IN_WORDS, _LETTER_FIRST


def read(sighting: Sighting) -> Iterator[Signal]:
    """The amounts among the candidates, in order."""
    text = sighting.view.text
    done, found = 0, 0
    for start, end in sighting.spans:
        if start < done:
            continue
        if text[start].isdecimal():
            read_as = _sign_last(text, start, end, done)
        elif text[end - 1].isdecimal():
            read_as = _letter_first(sighting, start, end) if text[start] in "np" else None
            read_as = read_as or _sign_first(sighting, start, end)
        else:
            read_as = _in_words(text, start, end)
        if read_as is None:
            continue
        first, done, currency, value = read_as
        traits = [currency.lower()]
        if is_large(value, currency):
            traits.append("large")
        yield sighting.signal("money", f"{currency} {as_text(value)}", first, done, traits=traits)
        found += 1
        if found == MOST:
            return


_Read = tuple[int, int, str, float] | None


def _sign_first(sighting: Sighting, start: int, end: int) -> _Read:
    text = sighting.view.text
    sign = text[start : end - 1].strip(" .:")
    if text[start - 1 : start] in {"/", "=", "&", "%"} or text[start : end + 2] == "rs232":
        return None  # a part of a link; a plug
    if sign in BEFORE:
        currency = BEFORE[sign]
        if sign in _ALSO_WORDS and not sighting.as_sent(start, end).startswith(sign.upper()):
            return None
        first = start
    else:
        currency = SYMBOLS.get(text[start], "")
        if not currency or text[start].isalpha():
            return None
        first = start
        if text[start] == "$":
            letters = start
            while letters and start - letters < 2 and "a" <= text[letters - 1] <= "z":
                letters -= 1
            if text[letters:start] in DOLLARS and not text[letters - 1 : letters].isalnum():
                first, currency = letters, DOLLARS[text[letters:start]]
    stop = _number_end(text, end - 1)
    value = amount(text[end - 1 : stop], currency)
    if value is None:
        return None
    scaled, stop = _scaled(text, value, stop, currency)
    return first, stop, currency, scaled


def _letter_first(sighting: Sighting, start: int, end: int) -> _Read:
    text = sighting.view.text
    letter = sighting.as_sent(start, start + 1)
    if text[start + 1 : start + 2].isdecimal() and letter in {"N", "P"}:
        if letter == "P" and "," not in text[start:end]:
            return None
        currency = "NGN" if letter == "N" else "PHP"
        stop = _number_end(text, start + 1)
        value = amount(text[start + 1 : stop], currency)
        return None if value is None else (start, stop, currency, value)
    return None


def _sign_last(text: str, start: int, end: int, done: int) -> _Read:
    words = text[start + 1 : end].replace("-", " ").split()
    unit = _unit(words[-1], text, end) if words else None
    first = _number_start(text, start, done)
    if unit is None or (first and (text[first - 1].isalnum() or text[first - 1] in "-/#")):
        return None
    if start + 1 - first > 12 and text[first : start + 1].partition(".")[0].isdecimal():
        return None  # a telephone number run into a price
    currency, scale = unit
    value = amount(text[first : start + 1], currency)
    if value is None:
        return None
    stop = end
    while words[-1] in SYMBOLS and words[-1].isalpha() and text[stop : stop + 1].isalpha() and stop - end < 8:
        stop += 1
    if words[-1] in INDIAN:
        following = text[end : end + 16].split()
        if following and following[0].strip(".,!") in _NOT_MONEY:
            return None
    return first, stop, currency, value * scale * (SCALES.get(words[0], 1) if len(words) > 1 else 1)


def _unit(word: str, text: str, end: int) -> tuple[str, float] | None:
    """Currency and scale of the word behind an amount."""
    if word in SYMBOLS:
        if word in _FIRST_LETTERS and not text.startswith(_FIRST_LETTERS[word], end - 1):
            return None
        return SYMBOLS[word], 10_000 if word == "万" else 1
    if word in AFTER:
        return AFTER[word], 1
    if word[:1] == "k" and word[1:] in AFTER:
        return AFTER[word[1:]], 1_000
    if word in INDIAN:
        return "INR", SCALES[word]
    if word in {"juta", "jt", "ribu", "rb"}:
        return "IDR", SCALES[word]
    return None


def _in_words(text: str, start: int, end: int) -> _Read:
    words = text[start:end].replace("-", " ").split()
    value = float(_NUMBERS.get(words[0], 1))
    currency = "INR" if words[-1] in INDIAN else AFTER.get(words[-1], "USD")
    for word in words[1:]:
        if word in SCALES and word not in AFTER:
            value *= SCALES[word]
    return start, end, currency, value


def _number_end(text: str, at: int) -> int:
    limit = min(len(text), at + 32)
    while at < limit and text[at] in _NUMERIC:
        at += 1
    while text[at - 1] in ".,":
        at -= 1
    return at


def _number_start(text: str, at: int, done: int) -> int:
    """Where the number begins that ends with ``text[at]``; "50 000" counts as one."""
    first = at
    limit = max(done, at - 32)
    while first > limit:
        before = text[first - 1]
        spaced = (
            before == " "
            and text[first : first + 3].isdecimal()
            and text[first + 3 : first + 4] in {" ", "", text[at + 1 : at + 2]}
        )
        if before not in _NUMERIC and not (spaced and text[first - 2].isdecimal()):
            break
        first -= 1
    while text[first] in " .,":
        first += 1
    return first


def _scaled(text: str, value: float, at: int, currency: str) -> tuple[float, int]:
    """The value times the scale that follows it ("5 lakh", "2.5 million", "10k"), and where that ends."""
    first = at + (text[at : at + 1] in {" ", "-"})
    stop = first
    while stop < len(text) and stop - first < 10 and "a" <= text[stop] <= "z":
        stop += 1
    word = text[first:stop]
    attached = first == at
    if word not in SCALES or (len(word) == 1 and not attached) or (word in {"l", "cr"} and currency != "INR"):
        return value, at
    if word in {"mil", "bin", "m"} and not attached and currency not in {"COP", "MXN", "BRL", "TRY", "EUR"}:
        return value, at
    return value * SCALES[word], stop


KIND = Kind("money", ("money",), FOLDED, patterns, read)
