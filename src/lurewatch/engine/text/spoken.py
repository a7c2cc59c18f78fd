"""The spoken reading: what was dictated or spelled out, as it is dialled or typed."""

from __future__ import annotations

import re2

from lurewatch.engine.model import View
from lurewatch.engine.text import addresses, dictation, links
from lurewatch.engine.text.draft import Draft
from lurewatch.engine.text.folding import Codes, Offsets

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1
HINT = f"{dictation.HINT}|{addresses.HINT}|{links.HINT}"
SPELLED_OUT = re2.compile(HINT.encode("latin-1"), _LATIN1)


def is_spelled_out(text: bytes) -> bool:
    """A quick look at a folded text, one byte a character: whether it may hold number words or bent addresses."""
    return SPELLED_OUT.search(text) is not None


def read_spoken(text: bytes, codes: Codes | None, origin: Offsets | None) -> View | None:
    """The spoken reading of a folded text (arguments as for ``Draft``), ``None`` if it does not differ."""
    draft = Draft(text, codes, origin)
    dictation.write_digits(draft)
    addresses.write_addresses(draft)
    links.write_links(draft)
    return draft.view("spoken", 0)
