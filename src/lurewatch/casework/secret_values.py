"""Values that nobody may keep, whoever sent them: card numbers, CVV, one-time codes, PINs and passwords.

Found in every reading of a text (disguised digits and digits in words too), whether the engine took them for anything
or not. Erring this way costs a number in the record, erring the other way somebody's account: what might be a secret
is one. All patterns run in linear time: those that could backtrack are RE2's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import re2

from lurewatch.engine.text import normalise

_GROUP = re.compile(r"[0-9]+")
_CARD_SIZES = range(13, 20)
_MOST_BETWEEN = 3
_ISSUERS = frozenset("234568")
"""How numbers of payment cards begin."""

# Words before or behind which a secret stands, as they are in folded text (lower case, Latin letters without accents),
# in the languages of the core pack. Must match "your OTP", "Bestätigungscode" and "код"; not "opinion" or "кодекс".
_CUES = re2.compile(
    r"(?:^|[^\pL\pN_])(?:"
    r"(?P<cvv>cvv2?|cvc2?|csc|card verification (?:value|code)|security code|prufziffer|kartenprufnummer"
    r"|codigo de seguran[cz]a|codigo de seguridad|code de securite|cryptogramme|kode keamanan|guvenlik kodu"
    r"|код безопасности)"
    r"|(?P<pin>[am]?pins?|pin[ -]?codes?|geheimzahl|nip|пин|пин-?код\pL{0,2}|पिन)"
    r"|(?P<code>otps?|2fa|tan|one[ -]?time (?:pass)?(?:codes?|words?|pins?)|passcodes?|(?:[a-z]{5,20})?codes?"
    r"|codigos?|codice|kode|kodu?n?u?z?|код\pL{0,2}|कोड|ओटीपी)"
    r"|(?P<password>passwords?|passwd|pwd|passphrase|passwort|kennwort|contrasena|clave|mot de passe|mdp|senha"
    r"|kata sandi|sandi|sifre(?:m|n|niz)?|parola|парол\pL{1,3}|पासवर्ड)"
    r")(?:$|[^\pL\pN\pM_])"
    # Thai and Chinese are written without spaces.
    r"|(?P<password_joined>รหัสผ่าน|密码|密碼)|(?P<code_joined>รหัส|验证码|驗證碼|校验码|动态码)"
    r"|(?P<cvv_joined>安全码)"
)
_CUE_GROUPS = tuple((name.removesuffix("_joined"), number) for name, number in _CUES.groupindex.items())
# Other codes that are no secret. Must match "zip " and "promo-" at its end.
_OTHER_CODES = re2.compile(
    r"(?:zip|postal|post|area|country|dial(?:ling|ing)?|dress|error|status|promo|promotion|discount|coupon|product|bar|qr"
    r"|source|sort|swift|ifsc|branch|bank|tracking|item|invite|referral)[ -]?$"
)
_BARE_CODE = re2.compile(r"^(?:zip|post|bar|area|promo|error|source|coupon|country|discount)codes?$")
# Must match "482913", "48 29 13", "g-482913" and the digits of "a7-1234"; each run is looked at afterwards.
_NUMBER = re.compile(r"(?:[a-z]-)?[0-9]+(?:[ -][0-9]+){0,7}")
_SIZES = {"cvv": (3, 4), "pin": (4, 8), "code": (4, 8), "password": (3, 8)}
_NEAR, _FAR = 12, 48
"""A value stands so near its word, or so far in the same sentence."""
# Must match ". " in "Here is the code. 4829 people ..."; not the stop of "no.5".
_SENTENCE_END = re2.compile(r"[.!?।。！？]\s|[।。！？]")
# Must match " is your Google verification" of "482913 is your Google verification code".
_NAMED_BEHIND = re2.compile(
    r"^\s{0,2}(?:is|as|es|ist|est|e|adalah|:|-|—|–|है|—ваш|ваш|su|tu|your|votre|ihr|dein|sua?|teu|seu|kode)[^\pL][^\d.!?]{0,40}$"
)
# What is written behind its word with a sign or "is": must match ": hunter2" and " is Xk9!b", each token whole.
_WRITTEN = re2.compile(r"^(\s{0,3}[:=：]\s{0,3}|\s{1,3}(?:is|was|es|ist|est|e|adalah)\s{1,3}|\s{0,2})(\S{3,64})")
_BEHIND = (
    "a an and at already being by can case changed correct expired for from has have here i if "
    "in incorrect invalid is it needed new no not now of on or please required reset safe same secure "
    "strong that the this to too valid was weak when which will with wrong you your"
)
_NO_PASSWORD = frozenset(_BEHIND.split())
"""What stands behind the word and is none."""
_QUOTES = "\"'`.,;!?)(]}»«”“’"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in ``[start, end)`` of a text; ``kind`` is card, cvv, code, pin or password."""

    kind: str
    start: int
    end: int


def find(text: str, taken: Sequence[tuple[int, int]] = ()) -> list[Secret]:
    """The secrets in a text, in no order and perhaps more than once; in time linear in its length.

    ``taken`` are spans of what is surely something else (an amount, a date, a telephone number): no code, PIN or CVV is
    looked for there. Card numbers are.
    """
    found: list[Secret] = []
    apart = sorted(taken)
    for view in normalise(text):
        for kind, first, last in (*_cards(view.text), *_behind_words(view.text)):
            start, end = view.span(first, last)
            if kind == "card" or not _overlaps(apart, start, end):
                found.append(Secret(kind, start, end))
    return found


def _cards(text: str) -> Iterator[tuple[str, int, int]]:
    """Groups of digits that together are a number of 13 to 19 digits with the right check digit."""
    groups = [match.span() for match in _GROUP.finditer(text)]
    if sum(end - start for start, end in groups) < _CARD_SIZES[0]:
        return
    for run in _runs(text, groups):
        digits = "".join(text[start:end] for start, end in run)
        if len(digits) < _CARD_SIZES[0]:
            continue
        sums = _check_sums(digits)
        starts = list(accumulate((end - start for start, end in run), initial=0))
        ends = dict(zip(starts[1:], (end for _, end in run), strict=True))
        for (start, _), first in zip(run, starts, strict=False):
            if digits[first : first + 1] not in _ISSUERS:
                continue
            for last in range(first + _CARD_SIZES[0], first + _CARD_SIZES[-1] + 1):
                if last in ends and (sums[~last & 1][last] - sums[~last & 1][first]) % 10 == 0:
                    yield "card", start, ends[last]


def _check_sums(digits: str) -> tuple[list[int], list[int]]:
    """Sums up to each place for the check digit (Luhn): of numbers whose last digit is at an even place, and at an odd.

    Every second digit from the last but one backwards counts twice, less nine where that has two digits.
    """
    single = [int(digit) for digit in digits]
    double = [2 * digit - 9 if digit > 4 else 2 * digit for digit in single]
    even = (double[at] if at % 2 else single[at] for at in range(len(digits)))
    odd = (single[at] if at % 2 else double[at] for at in range(len(digits)))
    return list(accumulate(even, initial=0)), list(accumulate(odd, initial=0))


def _runs(text: str, groups: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Groups of digits with nothing but up to three signs or spaces between them."""
    run: list[tuple[int, int]] = []
    for start, end in groups:
        if run:
            between = text[run[-1][1] : start]
            if len(between) > _MOST_BETWEEN or any(map(str.isalnum, between)):
                yield run
                run = []
        run.append((start, end))
    if run:
        yield run


def _behind_words(text: str) -> Iterator[tuple[str, int, int]]:
    cues = list(_cues(text))
    if not cues:
        return
    for kind, _, end in cues:
        written = _WRITTEN.search(text[end : end + 80])
        if written is not None and _is_written(kind, written[1], written[2]):
            size = len(written[2].rstrip(_QUOTES))
            yield kind, end + written.start(2), end + written.start(2) + size
    starts = [start for _, start, _ in cues]
    last: dict[str, int] = {}
    waiting = iter([*cues, ("", len(text) + 1, len(text) + 1)])
    cue = next(waiting)
    for first, end, digits in _numbers(text):
        while cue[2] <= first:
            last[cue[0]] = cue[2]
            cue = next(waiting)
        for kind, before in last.items():
            least, most = _SIZES[kind]
            if least <= digits <= most and _reaches(text, before, first):
                last[kind] = end  # several may follow one word
                yield kind, first, end
                break
        else:
            following = bisect_left(starts, end)
            if following < len(cues):
                kind, start, _ = cues[following]
                least, most = _SIZES[kind]
                if least <= digits <= most and start - end <= _FAR and _NAMED_BEHIND.search(text[end:start] + " "):
                    yield kind, first, end


def _cues(text: str) -> Iterator[tuple[str, int, int]]:
    """The words that tell of a secret: of which kind, and where."""
    # RE2 reads bytes: given a text, each search would encode all of it once more. One sign stands for one surrogate.
    encoded = text.encode(errors="replace")
    is_ascii = len(encoded) == len(text)
    at = place = 0
    while (match := _CUES.search(encoded, at)) is not None:
        name, first, last = next(
            (name, *match.span(number)) for name, number in _CUE_GROUPS if match.span(number)[0] >= 0
        )
        start = first if is_ascii else place + len(encoded[at:first].decode())
        place = end = start + (last - first if is_ascii else len(encoded[first:last].decode()))
        at = last
        if name == "code" and (
            _OTHER_CODES.search(text[max(0, start - 12) : start]) or _BARE_CODE.search(text[start:end])
        ):
            continue
        yield name, start, end


def _numbers(text: str) -> Iterator[tuple[int, int, int]]:
    """Runs of digits that may be a code, with how many digits they have; a long run group by group."""
    for run in _NUMBER.finditer(text):
        start, end = run.span()
        groups = [match.span() for match in _GROUP.finditer(text, start, end)]
        size = sum(last - first for first, last in groups)
        if size <= 8:
            yield start, end, size
        else:
            yield from ((first, last, last - first) for first, last in groups)


def _reaches(text: str, before: int, start: int) -> bool:
    """Whether a word that ends at ``before`` may speak of a value that begins at ``start``."""
    gap = start - before
    return gap <= _NEAR or (gap <= _FAR and _SENTENCE_END.search(text[before:start]) is None)


def _is_written(kind: str, sign: str, token: str) -> bool:
    """Whether a token behind a word and a sign is the secret itself; digits alone are looked for elsewhere."""
    value = token.strip(_QUOTES)
    if len(value) < 3 or value in _NO_PASSWORD:
        return False
    has_digit = any(map(str.isdigit, value))
    if kind != "password":
        mixed = has_digit and value.isalnum() and not value.isdigit()
        return kind == "code" and mixed and bool(sign.strip()) and len(value) <= 12
    if sign.strip() in {":", "=", "："} or (has_digit and len(value) > 3):
        return True
    return sign.strip() in {"is", "was"} or (bool(sign.strip()) and not value.isalpha())


def _overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether any of the sorted spans has a character of ``[start, end)``."""
    at = bisect_left(spans, (start, start))
    return any(first < end and start < last for first, last in spans[max(0, at - 1) : at + 2])
