"""One pattern, and the RE2 program that decides where it matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import re2


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern, in RE2's syntax, over lower-case text.

    ``script`` patterns are for scripts that do not fold to ASCII: where the script writes spaces between words a match
    must be a whole word, and ``atoms`` are literals one of which occurs wherever the pattern matches. They run on the
    bytes of UTF-8, and their classes are of bytes. Others run on ASCII in which every other character is one ``?``.
    """

    name: str
    exact: str
    script: bool = False
    atoms: tuple[str, ...] = ()


_MEMORY = 384 << 10
"""Bytes that one program may take; over a thousand may be in use, and what does not fit is worked out anew."""


def options(*, longest: bool = True, memory: int = _MEMORY) -> Any:
    """RE2 options for patterns over bytes; ``memory`` in bytes."""
    made = re2.Options()
    made.encoding = re2.Options.Encoding.LATIN1
    made.longest_match = longest
    made.never_capture = True
    made.log_errors = False
    made.max_mem = memory
    return made


def compile_exact(pattern: Pattern) -> Any:
    """The RE2 program that decides the spans of ``pattern``; raises ``re2.error`` when RE2 refuses it."""
    return re2.compile(pattern.exact.encode(), options=options())
