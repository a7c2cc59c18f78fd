"""The JSON of a webhook: read within bounds, and looked into by dotted paths."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from lurewatch.errors import InputError

MOST_BODY = 1 << 20
"""Bytes of a body, unless configured otherwise."""
MOST_DEPTH = 32
MOST_NAME = 200
"""Characters of an id, a name or an address."""
MOST_LISTED = 1_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
"""``en``, ``pt-BR``, ``zh-hans``; not ``English``, nor whatever else a field may hold."""


def read(body: bytes, most_body: int = MOST_BODY) -> Mapping[str, Any]:
    """The JSON object in a body, whatever content type it was sent with.

    Raises:
        InputError: it is too large (``limit``), too deep, no JSON, or no object.
    """
    if len(body) > most_body:
        raise InputError(f"the body is larger than {most_body} bytes. Send less at once", limit=True)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputError(f"the body is no JSON: {error}. Choose JSON as the structure of the request") from error
    if not isinstance(document, dict):
        raise InputError("the body is JSON, but no object. Send {...}")
    level: list[Any] = [document]
    for _ in range(MOST_DEPTH):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return document
    raise InputError(f"the body is nested deeper than {MOST_DEPTH} levels. Send the fields that are mapped", limit=True)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def at(document: Any, path: str) -> Any:
    """What stands at a dotted path such as ``doc.messages.0.text``; None where there is nothing."""
    value = document
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdecimal() and len(step) < 7:
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


def pointer(path: str) -> str:
    """The RFC 6901 pointer of a dotted path."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path.split("."))


def language(value: object) -> str:
    """A language as a BCP 47 tag, also where it is written ``pt_BR``; empty where it is none."""
    tag = value.replace("_", "-") if isinstance(value, str) else ""
    return tag if _LANGUAGE.fullmatch(tag) else ""


class Fields:
    """Our names in somebody else's document: each is at the first of its dotted ``paths`` where something stands."""

    def __init__(self, document: Any, paths: Mapping[str, tuple[str, ...]], root: str = "") -> None:
        self._document = document
        self._paths = paths
        self._root = root

    def value(self, name: str) -> tuple[Any, str]:
        """What stands there, and the pointer to it; ``(None, "")`` where there is nothing."""
        for path in self._paths.get(name, ()):
            value = at(self._document, path)
            if value is not None and value != "":
                return value, self._root + pointer(path)
        return None, ""

    def text(self, name: str, most: int = MOST_NAME) -> str:
        """A text of at most ``most`` characters, a whole number as text; empty where there is nothing."""
        value, place = self.value(name)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise InputError(
                f"{name} is a text, not {_kind(value)}. Map {name} to the field that holds it", pointer=place
            )
        if len(value) > most:
            raise InputError(f"{name} is longer than {most} characters. Send it in parts", pointer=place, limit=True)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one text with commas; empty where there is nothing."""
        value, place = self.value(name)
        if value is None:
            return ()
        if isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InputError(f"{name} is a list of texts. Map {name} to the field that holds it", pointer=place)
        if len(value) > MOST_LISTED or any(len(item) > MOST_NAME for item in value):
            most = f"{MOST_LISTED} entries of {MOST_NAME} characters"
            raise InputError(f"{name} has more than {most}. Shorten the list", pointer=place, limit=True)
        return tuple(stripped for item in value if (stripped := item.strip()))

    def first(self, name: str) -> str:
        """The first entry of a list of texts that may be an address; "" where there is none. Others chose the list."""
        value, _ = self.value(name)
        entries = value.split(",", MOST_LISTED) if isinstance(value, str) else value
        if not isinstance(entries, list):
            return ""
        texts = (item.strip() for item in entries[:MOST_LISTED] if isinstance(item, str))
        return next((text for text in texts if 0 < len(text) <= MOST_NAME), "")

    def known(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """One of ``choices``, in any case; "" where something else stands, whatever it is."""
        value, _ = self.value(name)
        if value is None:
            return default
        read = (value.strip().casefold() or default) if isinstance(value, str) else ""
        return read if read in choices else ""

    def missing(self, name: str) -> InputError:
        """The error to raise where something must stand and nothing does."""
        path = self._paths[name][0]
        return InputError(
            f"{name} is missing. Map {name} to the field that holds it", pointer=self._root + pointer(path)
        )

    def number(self, name: str) -> float | None:
        """A finite number >= 0; None where there is nothing."""
        value, place = self.value(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise InputError(f"{name} is a number >= 0. Map {name} to the field that holds it", pointer=place)
        return float(value)


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", bool: "true or false", float: "a fraction"}.get(type(value), "that")
