"""Telephone numbers: found when possible by length and grouping, valid when libphonenumber says so.

At least ten digits (eight after a ``+``), or a short code that one is told to text to. Traits: ``full`` (ten digits and
more), ``short``, ``premium``, ``toll_free``.
"""

from __future__ import annotations

from collections.abc import Iterator

from phonenumbers import PhoneNumberType

from lurewatch.engine.model import Signal
from lurewatch.engine.packs.tables import Tables
from lurewatch.engine.signals.digits import MOST_GROUPS, MOST_RUNS, Run, run_at
from lurewatch.engine.signals.kind import FOLDED, MOST, Kind, Sighting
from lurewatch.engine.signals.numbering import UNKNOWN, Numbers
from lurewatch.engine.signals.surroundings import vocabulary, words_after, words_before

_LONGEST = 13
# Must match the start of "604-555-1234", "(020) 7946 0018", "98765 43210", "6 0 4, 5 5 5 ..."; not fewer than 7 digits.
_NUMBER = r"\b\d(?:[ ().,/\-]{0,5}[\do]){6}"
# Must match in "text WIN to 85023"; not "to 5".
_SHORT_CODE = r"\bto \d{4,6}\b"

_NUMBER_WORDS = vocabulary("number numbers no nos num nr numero numéro nomor nummer")
_FILLERS = vocabulary(
    """
    is was are the of for my your our his her this that a an at on to me us it its please pls be ur here am
    use now or and by via free new 24x7 24 hours
    """
)
_FOR_PHONES = vocabulary(
    """
    phone phones mobile mob moblie cell cellphone cellular tel telephone call calls calling called dial ring
    ringing text txt sms whatsapp whatsap watsapp wa contact contacts reach ph fax helpline hotline toll
    tollfree landline handphone hp care telefon telefono telefone telp hubungi celular ligar ligue llame llama
    llamar appeler appelez appel movil tlf viber signal telegram imo msg message home work office voice direct
    ext missed speak talk cust custcare customer
    """
)
_FOR_OTHERS = vocabulary(
    """
    order orders ref reference txn txnid transaction trx trn utr rrn upi imps neft rtgs invoice bill ticket case
    id ids tracking track awb account acct acc ac accounts loan policy consumer pnr otp code pin imei serial sku
    isbn issn part model card cards ssn aadhaar aadhar ein vin docket receipt complaint request application
    booking reservation confirmation item listing batch lot gstin claim consignment parcel meter uid timestamp
    epoch purchase lic license licence dre bre folio crn umn mandate cheque check sn session
    token iban routing aba bsb swift rs inr usd amount balance bal price cost total password passwd username
    user passport voucher coupon product
    """
)
_UNITS = vocabulary(
    """
    rs rupees dollars usd inr eur naira points views users times years km miles mb gb kb bytes sqft
    """
)
_LINKS = ("wa.me/", "phone=", "t.me/", "tel:", "tel:+", "sms:", "signal.me/#p/")
_CURRENCY = frozenset("$£€₹¥₦₱฿₩₫₴₺₽#=&%*@")
_FREE = frozenset({"1800", "1860", "1300", "0800", "1888", "1877", "1866", "1855", "1844", "1833"})
_TEXTING = frozenset({"text", "txt", "sms", "msg", "texting"})
_DATES = frozenset("/-.")


def patterns(_tables: Tables) -> tuple[str, ...]:
    """Candidates: seven digits with separators; short codes."""
    return _NUMBER, _SHORT_CODE


def read(sighting: Sighting) -> Iterator[Signal]:
    """The telephone numbers among the candidates, in order."""
    text = sighting.view.text
    numbers = Numbers(sighting.regions)
    done, found, runs = 0, 0, 0
    for start, end in sighting.spans:
        if start < done:
            continue
        if text[start] == "t":
            signal = _short_code(sighting, start, end)
            if signal is not None:
                found += 1
                yield signal
            continue
        runs += 1
        run = run_at(text, start, commas=sighting.view.reading == "spoken")
        done = run.end
        for signal in _phones(sighting, run, numbers):
            yield signal
            found += 1
            if found == MOST:
                return
        if runs == MOST_RUNS:
            return


def _phones(sighting: Sighting, run: Run, numbers: Numbers) -> Iterator[Signal]:
    text = sighting.view.text
    plus, usable = _left_edge(text, run)
    if not usable:
        return
    groups = run.kept
    if not groups or len(groups) > MOST_GROUPS or sum(map(len, groups)) < (8 if plus else 10):
        return
    context = _context(text, run)
    if context < 0 and not plus:
        return
    first = 3 if _begins_with_date(run, tuple(map(len, groups))) else 0
    while first < len(groups):
        if first and len(groups[first]) == 1 == len(groups[first - 1]):
            first += 1  # digits read out one by one make one number
            continue
        picked = _pick(text, run, first, plus and first == 0, context, numbers)
        if picked is None:
            first += 1
            continue
        last, number, digits = picked
        start = run.spans[first][0]
        if first == 0:
            start -= run.lead
        yield _signal(sighting, start, run.spans[last - 1][1], digits, number)
        first = last


def _signal(sighting: Sighting, start: int, end: int, digits: str, number: tuple[str, int] | None) -> Signal:
    value, kind = number or (digits, UNKNOWN)
    traits = {"full"} if len(digits) >= 10 else set()
    if kind in {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}:
        traits.add("premium")
    elif kind == PhoneNumberType.TOLL_FREE:
        traits.add("toll_free")
    return sighting.signal("phone", value, start, end, valid=kind != UNKNOWN, traits=traits)


def _left_edge(text: str, run: Run) -> tuple[bool, bool]:
    """Whether a ``+`` (or a link that implies one) stands before the run, and whether it may be a number at all."""
    if run.plus:
        return True, True
    edge = run.start - run.lead
    before = text[edge - 1] if edge else " "
    if before in " \n\t(;":
        return False, True
    if text[max(0, run.start - 16) : run.start].endswith(_LINKS):
        return True, True
    other = text[edge - 2] if edge > 1 else " "
    if before in _CURRENCY or other.isdecimal():
        return False, False
    if before in "-/._":
        phones = not other.isalnum() or not _FOR_PHONES.isdisjoint(words_before(text, edge, 14))
        return False, before != "/" and phones
    return False, True


def _context(text: str, run: Run) -> int:
    """1 when the words around speak of telephones, -1 when they speak of other numbers, 0 when of neither."""
    numbered, seen = False, 0
    for word in reversed(words_before(text, run.start - run.lead)):
        if word in _NUMBER_WORDS:
            numbered = True
        elif word in _FOR_OTHERS:
            return -1
        elif word in _FOR_PHONES:
            return 1
        elif word not in _FILLERS:
            seen += 1
            if seen == 3:
                break
    after = words_after(text, run.end, 30)[:5]
    if after and after[0] in _UNITS:
        return -1
    if numbered or any(word in _FOR_PHONES for word in after):
        return 1
    return 1 if len(text) - (run.end - run.start) <= 8 else 0


def _pick(
    text: str, run: Run, first: int, plus: bool, context: int, numbers: Numbers
) -> tuple[int, tuple[str, int] | None, str] | None:
    """The longest number that begins with group ``first``: the group it ends before, what it is, its digits."""
    groups = run.kept
    if plus:
        return _pick_international(groups, first, numbers)
    windows = []
    total = 0
    for last, group in enumerate(groups[first:], first + 1):
        total += len(group)
        if total > _LONGEST:
            break
        if total >= 10 and not _is_something_else(text, run, first, last):
            windows.append((last, "".join(groups[first:last]), tuple(map(len, groups[first:last]))))
    for last, digits, shape in reversed(windows):
        if _is_strong(run, first, digits, shape):
            return last, numbers.best(digits), digits
    if first and len(groups[first]) < 10:
        return None
    for last, digits, shape in reversed(windows):
        number = numbers.best(digits)
        if number is not None and number[1] != UNKNOWN and not _is_doubtful(digits, shape, context):
            return last, number, digits
    if context > 0 and windows:
        last, digits, _ = windows[-1]
        return last, numbers.best(digits), digits
    return None


def _pick_international(
    groups: tuple[str, ...], first: int, numbers: Numbers
) -> tuple[int, tuple[str, int] | None, str] | None:
    last = first
    total = 0
    while last < len(groups) and total + len(groups[last]) <= 16:
        total += len(groups[last])
        last += 1
    fallback: tuple[int, tuple[str, int] | None, str] | None = None
    for end in range(last, max(first, last - 4), -1):
        digits = "".join(groups[first:end])
        if len(digits) < 8:
            break
        number = numbers.international(digits)
        if number is not None and number[1] != UNKNOWN:
            return end, number, digits
        if fallback is None and len(digits) <= 15:
            fallback = end, number, digits
    return fallback


def _is_doubtful(digits: str, shape: tuple[int, ...], context: int) -> bool:
    """Whether digits that happen to be a valid number are rather some identifier: long ones, almost in one piece."""
    if context:
        return False
    if set(shape) == {2}:
        return True  # pairs of digits are scores, sizes, lottery numbers
    return (shape[0] > 11 and digits[:2] not in {"91", "44"}) or (len(shape) > 1 and shape[0] > 6)


def _is_something_else(text: str, run: Run, first: int, last: int) -> bool:
    """Whether the groups are an address of a computer, a part of a card number or one digit repeated."""
    groups = run.groups[first:last]
    if len(set("".join(groups))) == 1:
        return True
    if len(groups) > 2 and all(len(group) == 4 for group in groups):
        return True
    if len(groups) == 4 and all(len(group) <= 3 and int(group) < 256 for group in groups):
        return text[run.spans[first][0] : run.spans[last - 1][1]].count(".") == 3
    return False


def _is_strong(run: Run, first: int, digits: str, shape: tuple[int, ...]) -> bool:
    """Whether the grouping alone says telephone number."""
    lead = digits[0]
    if shape == (3, 3, 4):
        return lead not in "01" or run.separator(first) != " "
    if shape in {(1, 3, 3, 4), (1, 3, 7)}:
        return lead == "1"
    if shape in {(3, 7), (6, 4)}:
        return lead not in "01" and run.separator(first) != " "
    if shape == (5, 5):
        return lead in "6789"
    if shape in {(2, 5, 5), (1, 5, 5), (6, 5), (2, 10)}:
        return digits.startswith(("91", "0"))
    if len(shape) > 1 and digits[:4] in _FREE and shape[0] == 4:
        return True
    if first == 0 and run.lead and shape[0] == 3 and len(digits) == 10 and lead not in "01":
        return True
    if (
        lead != "0"
        or first
        or not 2 <= len(shape) <= 6
        or len(digits) > 12
        or not all(2 <= size <= 8 for size in shape)
    ):
        return False
    return len(shape) > 2 or bool(run.lead) or run.separator(first) != " "


def _begins_with_date(run: Run, shape: tuple[int, ...]) -> bool:
    if len(shape) < 3 or shape[:3] not in {(2, 2, 4), (4, 2, 2), (2, 2, 2), (1, 2, 4), (2, 1, 4), (1, 1, 4)}:
        return False
    one, two = run.separator(0), run.separator(1)
    return one == two and one in _DATES and (len(shape) == 3 or run.separator(2) != one)


def _short_code(sighting: Sighting, start: int, end: int) -> Signal | None:
    text = sighting.view.text
    digits = text[start + 3 : end]
    words = words_before(text, start, 60)
    if _TEXTING.isdisjoint(words) and not any(word in {"send", "reply"} for word in words[-2:]):
        return None
    if len(digits) == 4 and (digits[:2] in {"19", "20"} or _TEXTING.isdisjoint(words)):
        return None
    return sighting.signal("phone", digits, start + 3, end, traits={"short"})


KIND = Kind("phone", ("phone",), FOLDED, patterns, read)
