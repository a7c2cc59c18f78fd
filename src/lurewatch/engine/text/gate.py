"""The quick look that spares most texts a further reading."""

from __future__ import annotations

import re2

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1

_SPACED = "|".join(rf"\x{sign:02x}[a-z]\x{sign:02x}" for sign in b" .-_*,/|~+\xa0")
_REPEATED = "|".join(f"{chr(code)}{{3}}" for code in range(ord("a"), ord("z") + 1))
# A letter beside a digit or sign, a letter thrice, three letters kept apart, a very long word; not "call me at 5, ok!".
DISGUISED = re2.compile(
    rf"[a-z][0-9@$|+#*^(\[{{<_\x90-\xbf]|[0-9@$+#^\x90-\xbf][a-z]|[!|][a-z]|{_REPEATED}|\b[a-z](?:{_SPACED})[a-z]\b"
    r"|[a-z]{14}".encode(),
    _LATIN1,
)


def is_worth_a_look(text: bytes) -> bool:
    """Whether a folded text, one byte a character, may hold leetspeak, spacing or repetition."""
    return DISGUISED.search(text) is not None
