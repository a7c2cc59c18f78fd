"""The plain reading: leetspeak, spacing and repetition undone."""

from __future__ import annotations

import re2

from lurewatch.engine.model import View
from lurewatch.engine.text.draft import Draft
from lurewatch.engine.text.folding import MAX_OBFUSCATIONS, Codes, Offsets
from lurewatch.engine.text.leet import collapse_repeats, undo_leet
from lurewatch.engine.text.spacing import cut_words, join_letters
from lurewatch.engine.text.vocabulary import compiled

MAX_PROTECTED = 500

_LATIN1 = re2.Options()
_LATIN1.encoding = re2.Options.Encoding.LATIN1
TOP_DOMAINS = (
    "com|net|org|info|biz|edu|gov|mil|int|app|dev|xyz|top|club|site|online|shop|store|live|link|icu|vip|pro|tech|space|cc"
    "|co|io|me|tv|ly|in|uk|us|ca|au|de|fr|es|it|nl|ru|cn|jp|br|mx|id|my|sg|ph|ng|za|ke|pk|bd|lk|np|eu|ch|at|be|pl|cz|tr|th|vn"
)
# Links, addresses and domains: "https://x.io/a1", "bit.ly/2x", "me@mail.com"; not "acc0unt.now".
PROTECTED = re2.compile(
    rf"(?:[a-z]{{2,8}}://|www\.)\S+|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|(?:[a-z0-9-]+\.)+(?:{TOP_DOMAINS})\b(?:/\S*)?".encode(),
    _LATIN1,
)


def read_plain(text: bytes, codes: Codes | None, origin: Offsets | None, words: frozenset[str]) -> View | None:
    """The plain reading of a folded text (arguments as for ``Draft``), ``None`` if it does not differ."""
    vocabulary = compiled(words)
    draft = Draft(text, codes, origin)
    rest = bytearray(text)
    if b"." in text or b"@" in text:
        for count, match in enumerate(PROTECTED.finditer(text)):
            if count >= MAX_PROTECTED:
                break
            start, end = match.span()
            rest[start:end] = b" " * (end - start)
    join_letters(draft, rest, vocabulary)
    left = bytes(rest)
    undo_leet(draft, left, vocabulary)
    collapse_repeats(draft, left, vocabulary)
    cut_words(draft, left, vocabulary)
    return draft.view("plain", MAX_OBFUSCATIONS)
