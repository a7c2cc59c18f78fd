"""What telephone numbers are, by libphonenumber: in the national formats of some regions, or abroad."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

MOST_PARSES = 50
"""At most so many attempts are made for one view; each takes some 20 microseconds."""
UNKNOWN = PhoneNumberType.UNKNOWN
_WITHOUT_TRUNK = "IN"  # mobile numbers are written without the trunk prefix 0 here, and sometimes with it


class Numbers:
    """libphonenumber with a budget for one view."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        self._left = MOST_PARSES
        self._regions = _dialling(regions)

    def international(self, digits: str) -> tuple[str, int] | None:
        """E.164 and type of ``+digits``; type UNKNOWN when possible but not valid; None when impossible."""
        return self._parse("+" + digits, None)

    def national(self, digits: str) -> tuple[str, int] | None:
        """The same for digits as dialled at home: the first region in which they are valid, else possible."""
        possible = None
        for region, trunk in self._regions:
            if (digits[0] == "0") != (trunk == "0") and region != _WITHOUT_TRUNK:
                continue
            number = self._parse(digits, region)
            if number is not None:
                if number[1] != UNKNOWN:
                    return number
                if digits[0] != "0":  # else the country is a guess that would put a wrong code before it
                    possible = possible or number
        return possible

    def best(self, digits: str) -> tuple[str, int] | None:
        """What digits without a ``+`` are: a national number, else an international one that lacks the sign."""
        if digits.startswith("00"):
            return self.international(digits[2:])
        number = self.national(digits)
        if digits[0] != "0" and len(digits) > 10 and (number is None or number[1] == UNKNOWN):
            return self.international(digits) or number
        return number

    def _parse(self, written: str, region: str | None) -> tuple[str, int] | None:
        if self._left == 0:
            return None
        self._left -= 1
        return _parsed(written, region)


@lru_cache(maxsize=32)
def _dialling(regions: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """One region for each country code, with its trunk prefix; those that require a leading 0 first."""
    chosen: dict[int, tuple[str, str]] = {}
    for region in regions:
        code = phonenumbers.country_code_for_region(region)
        chosen.setdefault(code, (region, phonenumbers.ndd_prefix_for_region(region, True) or ""))
    return tuple(sorted(chosen.values(), key=lambda each: each[0] == _WITHOUT_TRUNK))


@lru_cache(maxsize=2048)
def _parsed(written: str, region: str | None) -> tuple[str, int] | None:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164), phonenumbers.number_type(number)
