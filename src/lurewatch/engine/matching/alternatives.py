"""The alternatives of a pattern: each can be looked for by words of its own."""

from __future__ import annotations

from collections.abc import Iterator


def alternatives(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern, also of one group that is the whole of it."""
    for branch in _branches(pattern):
        edge = r"\b" if branch.startswith(r"\b(?:") and branch.endswith(r")\b") else ""
        inner = branch[len(edge) : len(branch) - len(edge)]
        if inner.startswith("(?:") and inner.endswith(")") and _is_closed(inner[3:-1]):
            for alternative in _branches(inner[3:-1]):
                yield from alternatives(edge + alternative + edge)
        else:
            yield branch


def _branches(pattern: str) -> Iterator[str]:
    """The top-level alternatives of a pattern."""
    start = 0
    for position, char, depth in _walk(pattern):
        if char == "|" and not depth:
            yield pattern[start:position]
            start = position + 1
    yield pattern[start:]


def _is_closed(pattern: str) -> bool:
    """Whether every group that ends in the pattern begins in it."""
    return all(depth >= 0 for _, _, depth in _walk(pattern))


def _walk(pattern: str) -> Iterator[tuple[int, str, int]]:
    """Position, sign and depth in groups of everything but the insides of classes and escaped characters."""
    depth = position = 0
    while position < len(pattern):
        char = pattern[position]
        if char == "\\":
            position += 1
        elif char == "[":
            position = pattern.index("]", position + 2)
        elif char in "()":
            depth += 1 if char == "(" else -1
            yield position, char, depth
        else:
            yield position, char, depth
        position += 1
