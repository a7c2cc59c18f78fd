"""Invented texts in pairs: an honest service message and its imitation, in every language of the pack.

They teach the text model what real rows cannot: that the same subject, in the same words, is honest or not by what is
asked of the reader. They are training material only and are never measured on. The templates lie in `contrast/`, a
file a language; `{slot}` and `{slot.field}` are filled in, consistently within one text, from the file's own `slots`
and from the values below.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import product
from typing import Any

import yaml

from lurewatch.engine.model import Conversation, Message
from lurewatch.errors import InputError
from lurewatch.lab.corpus import Label, LabelledConversation, LabelledMessage

SOURCE = "contrast"
_SLOT = re.compile(r"\{\{|\}\}|\{([a-z_0-9]+)(?:\.([a-z_0-9]+))?\}")
_CURRENCY = ("${n}", "£{n}", "€{n}", "Rs.{n}", "Rs {n}", "USD {n}", "₹{n}")
_AMOUNTS, _SMALL = (20, 5000), (1, 9)
_NAMES = ("Anna", "Sam", "Daniel", "Maria", "Priya", "Tom", "Grace", "Omar", "Julia", "Mark", "Elena", "David", "Ruth")
_LURES = (
    "secure", "verify", "update", "help", "account", "track", "refund", "bonus", "login", "service", "pay", "claim",
)  # fmt: skip
_ENDINGS = ("top", "xyz", "info", "online", "shop", "cc", "vip", "icu", "site", "live", "click", "com", "net", "me")
_SHORT = ("bit.ly", "tinyurl.com", "cutt.ly", "is.gd", "t.ly", "rb.gy", "s.id")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LETTERS = "abcdefghijkmnpqrstuvwxyz"

Chance = random.Random
Value = Callable[[Chance, Mapping[str, Any]], str]


def messages(fillings: int) -> Iterator[tuple[str, LabelledMessage]]:
    """Each template filled in so many times, with the name of its pair; the source is ``contrast_<lang>``.

    The kind of an imitation is its scam type. Texts of one pair belong together: a model is tried on none or all.

    Raises InputError for a file that cannot be understood, with file and slot.
    """
    for name, document in _documents(lambda name: not name.startswith("conversations")):
        lang = str(document["lang"])
        for pair in document["pairs"]:
            sides: tuple[tuple[Label, str, str], ...] = (
                ("honest", "honest", str(pair["kind"])),
                ("scam", "imitation", str(pair["type"])),
            )
            for label, side, kind in sides:
                for template, number in product(pair[side], range(fillings)):
                    text = _filled(template, document, Chance(f"{lang}:{number}:{template}"), name)
                    yield f"{lang}:{pair['kind']}", LabelledMessage(f"{SOURCE}_{lang}", text, label, kind, lang)


def conversations() -> Iterator[LabelledConversation]:
    """The invented conversations; the source is ``contrast_<channel>``, so that every channel has both labels."""
    for _, document in _documents(lambda name: name.startswith("conversations")):
        for row in document:
            said = tuple(Message(str(text), sender=str(sender)) for sender, text in row["turns"])
            source, kind, lang = f"{SOURCE}_{row['channel']}", str(row.get("type", "")), str(row["lang"])
            label: Label = "scam" if row["label"] == "scam" else "honest"
            yield LabelledConversation(source, Conversation(said, id=row["id"]), label, kind, lang)


def _documents(wanted: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    folder = files("lurewatch.lab") / "contrast"
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yaml") and wanted(entry.name):
            yield entry.name, yaml.load(entry.read_bytes(), Loader=yaml.CSafeLoader)


def _filled(template: str, document: Mapping[str, Any], chance: Chance, place: str) -> str:
    """The template with its slots filled in; a slot named twice has the same value twice."""
    chosen: dict[str, Any] = {}

    def value(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0][0]
        slot, part = found[1], found[2]
        if slot not in chosen:
            own: Sequence[Any] | None = (document.get("slots") or {}).get(slot)
            if own is None and slot not in _BUILT_IN:
                raise InputError(f"{place}: unknown slot {{{slot}}} in {template!r}.")
            chosen[slot] = chance.choice(own) if own is not None else _BUILT_IN[slot](chance, document)
        filling = chosen[slot]
        fields = filling if isinstance(filling, Mapping) else {"": filling}  # a plain value has no fields
        key = part or ("name" if isinstance(filling, Mapping) else "")
        if key not in fields:
            raise InputError(f"{place}: the slot {{{slot}}} has no field {part!r}, asked for in {template!r}.")
        return _SLOT.sub(value, str(fields[key]))  # a value may name slots, too

    return _SLOT.sub(value, template)


def _money(key: str, usual: tuple[int, int]) -> Value:
    def value(chance: Chance, document: Mapping[str, Any]) -> str:
        low, high = document.get(key) or usual
        number = int(low * (high / low) ** chance.random())
        written = chance.choice((str(number), f"{number:,}", f"{number}.{chance.randrange(100):02d}"))
        return str(chance.choice(document.get("currency") or _CURRENCY)).replace("{n}", written)

    return value


def _digits(*lengths: int) -> Value:
    return lambda chance, _: "".join(chance.choice("0123456789") for _ in range(chance.choice(lengths)))


def _between(low: int, high: int) -> Value:
    return lambda chance, _: str(chance.randint(low, high))


def _word(chance: Chance, length: int) -> str:
    return "".join(chance.choice(_LETTERS) for _ in range(length))


def _bad_link(chance: Chance, _: Mapping[str, Any]) -> str:
    host = f"{chance.choice(_LURES)}-{chance.choice((*_LURES, _word(chance, 5)))}.{chance.choice(_ENDINGS)}"
    path = chance.choice(("", f"/{_word(chance, 4)}", f"/{chance.choice(_LURES)}", f"/?id={chance.randrange(9999)}"))
    return chance.choice(("http://", "https://", "https://", "", "www.")) + host + path


def _short_link(chance: Chance, _: Mapping[str, Any]) -> str:
    beginning = chance.choice(("https://", "http://", ""))
    return f"{beginning}{chance.choice(_SHORT)}/{_word(chance, 3)}{chance.randrange(99)}"


def _phone(chance: Chance, document: Mapping[str, Any]) -> str:
    tail = _digits(9)(chance, document)
    return chance.choice(
        (f"0{tail}", f"+{chance.choice((1, 44, 91, 234, 63, 62, 7, 90))} {tail}", f"{tail[:3]}-555-{tail[3:7]}")
    )


def _date(chance: Chance, _: Mapping[str, Any]) -> str:
    day, month = chance.randint(1, 28), chance.randint(1, 12)
    return chance.choice(
        (f"{day:02d}/{month:02d}", f"{day} {_MONTHS[month - 1]}", f"{day:02d}.{month:02d}.2026", f"{day}/{month}/26")
    )


_BUILT_IN: Mapping[str, Value] = {
    "code": _digits(4, 5, 6, 6, 6, 8),
    "amount": _money("amounts", _AMOUNTS),
    "small": _money("small", _SMALL),
    "last4": _digits(4),
    "phone": _phone,
    "shortcode": _digits(4, 5, 6),
    "date": _date,
    "time": lambda chance, _: f"{chance.randint(0, 23):02d}:{chance.randrange(60):02d}",
    "order": lambda chance, _: f"{_word(chance, 2).upper()}{chance.randrange(10**7, 10**9)}",
    "name": lambda chance, document: str(chance.choice(_NAMES)),  # noqa: ARG005
    "bad_link": _bad_link,
    "short_link": _short_link,
    "handle": lambda chance, _: f"@{_word(chance, 4)}_{_word(chance, 3)}{chance.randrange(99)}",
    "days": _between(2, 14),
    "hours": _between(2, 48),
    "percent": lambda chance, _: str(chance.choice((5, 10, 15, 20, 25, 30, 40, 50, 60, 70))),
}
