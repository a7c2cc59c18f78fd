"""One rule: its fields, and how a YAML document becomes one. See docs/rules.md for what each field means."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lurewatch.engine.packs.conditions import Condition, ConditionError, parse

Mode = Literal["shadow", "enforce"]
Path = tuple[str | int, ...]
Complain = Callable[[Path, str, str], None]

STATUSES = ("stable", "test", "experimental", "deprecated")
LEVELS = ("informational", "low", "medium", "high", "critical")
MODES = ("enforce", "shadow")
STAGES = ("contact", "rapport", "pretext", "isolation", "ask", "pressure", "loss")
"""How a scam goes on, in this order."""
ANSWER = "answer"
"""The category of what only the one who is asked would say."""
MARKING = frozenset((*STAGES, ANSWER))
"""Rules of these categories mark what is going on; their matches are no flags, and only the stage they begin counts."""
REQUIRED = ("title", "id", "description", "weight", "when", "examples")
OPTIONAL = (
    "pattern",
    "status",
    "author",
    "date",
    "references",
    "falsepositives",
    "level",
    "tags",
    "indicates",
    "mode",
    "expires",
    "unless",
)
_ID = re.compile(r"[a-z][a-z0-9_]{1,60}\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts the rule must flag, must pass, and ought to flag but does not yet."""

    flag: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    known_miss: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Which signals and phrases together mean something. ``weight`` is in (0, 1]; ``category`` is its folder.

    ``stage`` is the one that a match begins, empty for none, and ``excuses`` drop a match like ``unless``, also from
    inside of it; they follow from the pack's ``stages.yaml`` and ``exceptions.yaml``.
    """

    id: str
    category: str
    title: str
    description: str
    weight: float
    when: Condition
    examples: Examples
    pattern: str
    unless: tuple[Condition, ...] = ()
    indicates: tuple[str, ...] = ()
    mode: Mode = "enforce"
    status: str = "stable"
    level: str = "medium"
    expires: str | None = None
    author: str = ""
    date: str = ""
    tags: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    stage: str = ""
    excuses: tuple[Condition, ...] = ()

    @property
    def only_marks(self) -> bool:
        """Whether a match is no flag, and counts only by the stage it begins."""
        return self.category in MARKING


def parse_rule(category: str, stem: str, document: object, complain: Complain) -> Rule | None:
    """The rule of ``rules/<category>/<stem>.yaml``, or None after telling ``complain`` everything that is wrong."""
    if not isinstance(document, Mapping):
        complain((), "a rule file holds one mapping", "Start from `lurewatch rules new`.")
        return None
    faults = 0

    def fault(path: Path, message: str, remedy: str = "") -> None:
        nonlocal faults
        faults += 1
        complain(path, message, remedy)

    for key in REQUIRED:
        if key not in document:
            fault((), f"the field {key!r} is missing", "")
    for key in document:
        if key not in REQUIRED and key not in OPTIONAL:
            fault((key,), f"unknown field {key!r}", f"Known fields: {', '.join(REQUIRED + OPTIONAL)}.")
    _check_scalars(stem, document, fault)
    when = _condition(document.get("when"), ("when",), fault) if "when" in document else None
    unless = tuple(
        found
        for index, item in enumerate(_list(document, "unless", fault, strings=False))
        if (found := _condition(item, ("unless", index), fault)) is not None
    )
    lists: dict[str, Any] = {
        key: _list(document, key, fault) for key in ("indicates", "tags", "references", "falsepositives")
    }
    examples = _examples(document.get("examples"), fault)
    if faults or when is None:
        return None
    return Rule(
        id=stem,
        category=category,
        title=str(document["title"]),
        description=str(document["description"]),
        weight=float(document["weight"]),
        when=when,
        examples=examples,
        pattern=str(document.get("pattern", stem)),
        unless=unless,
        mode=document.get("mode", "enforce"),
        status=str(document.get("status", "stable")),
        level=str(document.get("level", "medium")),
        expires=document.get("expires"),
        author=str(document.get("author", "")),
        date=str(document.get("date", "")),
        **lists,
    )


def _check_scalars(stem: str, document: Mapping[str, Any], fault: Complain) -> None:
    for key in ("title", "description", "pattern", "author"):
        if key in document and (not isinstance(document[key], str) or not document[key].strip()):
            fault((key,), f"{key!r} is a text", "Put it in quotes.")
    if "id" in document and document["id"] != stem:
        fault(("id",), f"the id {document['id']!r} differs from the file name {stem!r}", "Make them the same.")
    if not _ID.match(stem):
        fault(("id",), f"{stem!r} is no id", "Use lower-case letters, digits and '_', beginning with a letter.")
    weight = document.get("weight", 1)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 1:
        fault(("weight",), f"the weight {weight!r} is not a number in (0, 1]", "")
    for key, allowed in (("status", STATUSES), ("level", LEVELS), ("mode", MODES)):
        if key in document and document[key] not in allowed:
            fault((key,), f"{key} {document[key]!r} is unknown", f"Write one of: {', '.join(allowed)}.")
    for key in ("date", "expires"):
        if key in document and not _is_date(document[key]):
            fault((key,), f"{key} {document[key]!r} is no date", "Write YYYY-MM-DD.")


def _is_date(value: object) -> bool:
    if not (isinstance(value, str) and _DATE.match(value)):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _condition(value: object, path: Path, fault: Complain) -> Condition | None:
    try:
        return parse(value, path)
    except ConditionError as error:
        fault(error.path, str(error), "See docs/rules.md, 'Conditions'.")
        return None


def _list(document: Mapping[str, Any], key: str, fault: Complain, *, strings: bool = True) -> tuple[Any, ...]:
    value = document.get(key) or []
    if not isinstance(value, list) or (strings and not all(isinstance(item, str) for item in value)):
        fault((key,), f"{key!r} is a list" + (" of texts" if strings else ""), "Quote numbers.")
        return ()
    return tuple(value)


def _examples(value: object, fault: Complain) -> Examples:
    if not isinstance(value, Mapping):
        if value is not None:
            fault(("examples",), "examples is a mapping of flag, pass and known_miss", "")
        return Examples()
    for key in value:
        if key not in ("flag", "pass", "known_miss"):
            fault(("examples", key), f"unknown list {key!r}", "Write flag, pass or known_miss.")

    def texts(key: str) -> tuple[str, ...]:
        items = value.get(key) or []
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            fault(("examples", key), "examples are texts", "Put each in quotes.")
            return ()
        return tuple(items)

    return Examples(texts("flag"), texts("pass"), texts("known_miss"))
