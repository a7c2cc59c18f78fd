"""Conditions: the ``when`` and ``unless`` of a rule, as a tree of frozen values, and how YAML becomes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SIGNAL_KINDS = (
    "phone",
    "email",
    "url",
    "domain",
    "handle",
    "messaging_app",
    "payment_app",
    "card",
    "iban",
    "bank_account",
    "upi",
    "ifsc",
    "pan",
    "aadhaar",
    "wallet",
    "money",
    "brand",
    "date",
)
_WITHIN_DEFAULT = 40
_WITHIN_MOST = 2000


class ConditionError(ValueError):
    """A condition that cannot be read; ``path`` leads to it inside the rule."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Phrase:
    """True where one of the phrases matches."""

    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """True where a phrase of the concept matches, in any language."""

    name: str


@dataclass(frozen=True, slots=True)
class SignalPresent:
    """True where a signal of the kind (``"url"``) or of the kind with a trait (``"url.shortener"``) is present."""

    name: str


@dataclass(frozen=True, slots=True)
class Combination:
    """``how`` is any, all or none over ``of``."""

    how: str
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Proximity:
    """Every one of ``of`` with at most ``within`` characters between neighbours; in this order when ``ordered``."""

    of: tuple[Condition, ...]
    within: int
    ordered: bool


Condition = Phrase | Lexicon | SignalPresent | Combination | Proximity


def parse(value: object, path: tuple[str | int, ...] = ("when",)) -> Condition:
    """The condition that ``value`` (as read from YAML) describes.

    Raises:
        ConditionError: with the path to what is wrong.
    """
    condition = _parse(value, path)
    if isinstance(condition, Combination) and condition.how == "none":
        raise ConditionError(path, "none says what must not be there; it stands inside all, beside what must")
    return condition


def _parse(value: object, path: tuple[str | int, ...]) -> Condition:
    if isinstance(value, str):
        return Phrase((value,))
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            return Phrase(tuple(value))
        return Combination("any", _parse_list(value, path))
    if not isinstance(value, Mapping) or len(value) != 1:
        raise ConditionError(path, "a condition is a phrase, a list of phrases or a mapping with exactly one key")
    ((key, inner),) = value.items()
    here = (*path, str(key))
    match key:
        case "phrase":
            return _parse_phrase(inner, here)
        case "lexicon":
            if not isinstance(inner, str):
                raise ConditionError(here, "lexicon takes the name of one concept")
            return Lexicon(inner)
        case "signal":
            if not isinstance(inner, str) or inner.partition(".")[0] not in SIGNAL_KINDS:
                raise ConditionError(here, f"unknown signal {inner!r}; signals are {', '.join(SIGNAL_KINDS)}")
            return SignalPresent(inner)
        case "any" | "all" | "none":
            return Combination(str(key), _parse_list(inner, here, exclusions=key == "all"))
        case "near" | "then":
            return _parse_proximity(inner, here, ordered=key == "then")
        case _:
            raise ConditionError(
                path, f"unknown condition {key!r}; write phrase, lexicon, signal, any, all, none, near or then"
            )


def _parse_phrase(value: object, path: tuple[str | int, ...]) -> Phrase:
    phrases = [value] if isinstance(value, str) else value
    if not isinstance(phrases, list) or not phrases or not all(isinstance(item, str) for item in phrases):
        raise ConditionError(path, "phrase takes one phrase or a list of phrases (quote numbers and yes/no)")
    return Phrase(tuple(phrases))


def _parse_list(value: object, path: tuple[str | int, ...], *, exclusions: bool = False) -> tuple[Condition, ...]:
    """The conditions of a list; ``exclusions`` may be among them where that means something."""
    if not isinstance(value, list) or not value:
        raise ConditionError(path, "a list with at least one condition is needed here")
    one = _parse if exclusions else parse
    return tuple(one(item, (*path, index)) for index, item in enumerate(value))


def _parse_proximity(value: object, path: tuple[str | int, ...], *, ordered: bool) -> Proximity:
    if not isinstance(value, Mapping) or set(value) - {"within", "of"}:
        raise ConditionError(path, "near and then take 'of' (a list) and 'within' (characters)")
    within = value.get("within", _WITHIN_DEFAULT)
    if not isinstance(within, int) or isinstance(within, bool) or not 0 <= within <= _WITHIN_MOST:
        raise ConditionError((*path, "within"), f"within is a number of characters from 0 to {_WITHIN_MOST}")
    of = _parse_list(value.get("of"), (*path, "of"))
    if len(of) < 2:
        raise ConditionError((*path, "of"), "near and then need at least two conditions")
    return Proximity(of, within, ordered)


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything below it."""
    yield condition
    if isinstance(condition, Combination | Proximity):
        for inner in condition.of:
            yield from walk(inner)
