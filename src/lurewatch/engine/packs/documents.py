"""YAML in, plain values out; and back from a place inside a document to its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from lurewatch.errors import Problem

MOST_BYTES = 2 << 20
_DEEPEST = 40


class _Loader(yaml.CSafeLoader):
    """Only true, false, null and decimal numbers are anything but text: ``no`` and ``2026-11-21`` stay as written."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|)\Z"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(?:0|[1-9]\d{0,17})\Z"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?\d{1,17}\.\d{1,17}\Z"), list("-0123456789"))


def read(name: str, data: bytes, problems: list[Problem]) -> Any:
    """The document in ``data``; None after appending to ``problems`` what is wrong with it."""
    if len(data) > MOST_BYTES:
        problems.append(Problem(name, 0, f"the file is larger than {MOST_BYTES >> 20} MiB", "Split it."))
        return None
    if b"&" in data and re.search(rb"(?m)(?:^|[\s\[{,:-])[&*][A-Za-z0-9_]+(?:\s|$)", _unquoted(data)):
        problems.append(Problem(name, 0, "anchors and aliases are not allowed", "Write the value out."))
        return None
    try:
        text = data.decode("utf-8-sig")
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
        if reason := _odd(document):
            problems.append(Problem(name, 0, *reason))
            return None
        return document
    except UnicodeDecodeError as error:
        problems.append(Problem(name, 0, f"the file is not UTF-8 (byte {error.start})", "Save it as UTF-8."))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problems.append(Problem(name, line, f"this is no YAML: {error.problem or error.context}", "Check quotes."))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problems.append(Problem(name, 0, f"this is no YAML: {error}", "Check quotes and indentation."))
    return None


def _odd(value: Any, depth: int = 0) -> tuple[str, str] | None:
    """What is wrong with a document that is YAML, and what to do; None when nothing is."""
    if depth > _DEEPEST:
        return f"it is nested more than {_DEEPEST} deep", "Write it flatter."
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                return f"the key {key!r} is not a text", f'Quote it: "{key}".'
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((reason for item in inner if (reason := _odd(item, depth + 1))), None)


def _unquoted(data: bytes) -> bytes:
    return re.sub(rb"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|#[^\n]*", b"", data)


def line_of(data: bytes, path: tuple[str | int, ...]) -> int:
    """The 1-based line of the value at ``path``, or of the closest thing above it that exists; 0 if unreadable."""
    try:
        node = yaml.compose(data.decode("utf-8-sig"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return 0
    line = 1
    for step in path[:_DEEPEST]:
        found = _child(node, step)
        if found is None:
            break
        line, node = found
    return line


def _child(node: Any, step: str | int) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        value = node.value[step]
        return value.start_mark.line + 1, value
    return None


def duplicate_keys(name: str, data: bytes) -> list[Problem]:
    """A key written twice in one mapping silently loses its first value; every such key, with its line."""
    found: list[Problem] = []
    try:
        root = yaml.compose(data.decode("utf-8-sig"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return found
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    found.append(
                        Problem(name, key.start_mark.line + 1, f"the key {key.value!r} stands twice", "Keep one.")
                    )
                seen.add(key.value)
                waiting.append(value)
    return found


def as_mapping(name: str, value: object, problems: list[Problem]) -> Mapping[str, Any]:
    """``value`` if it is a mapping (an empty file counts as one); else an empty one, and a problem."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    problems.append(Problem(name, 1, "this file holds one mapping", "Write `key: value` lines."))
    return {}
