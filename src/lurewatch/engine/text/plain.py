"""The plain reading: leetspeak, spacing, repetition and typing errors undone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import re2

from lurewatch.engine.model import View
from lurewatch.engine.text.bars import settle_bars
from lurewatch.engine.text.draft import Draft
from lurewatch.engine.text.folding import MAX_OBFUSCATIONS, Codes, Offsets
from lurewatch.engine.text.leet import THRICE, collapse_repeats, undo_leet
from lurewatch.engine.text.spacing import cut_words, join_letters
from lurewatch.engine.text.typos import mend_typos
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

_SPACED = "|".join(rf"\x{sign:02x}[a-z]\x{sign:02x}" for sign in b" .-_*,/|~+\xa0")
# A sign or two inside a word, one before or after it, a letter thrice, three letters kept apart, a very long word:
# "acc0unt", "5end", "hell0", "0tp"; not "call me at 5, ok!", "rs500", "10am", "xx1234", "1st".
HINT = (
    rf"[a-z][0-9@$!|+#*^(\[{{<_\x90-\xbf]{{1,2}}[a-z]|(?:^|[^a-z0-9])(?:0[a-z]{{2}}|[13-57@$(!|+#\x90-\xbf][a-z]{{3}})"
    rf"|[a-z]{{2}}[0134579@$|+\x90-\xbf](?:[^a-z0-9]|$)|{THRICE}|\b[a-z](?:{_SPACED})[a-z]\b|[a-z]{{14}}"
)
DISGUISED = re2.compile(HINT.encode(), _LATIN1)


def is_disguised(text: bytes) -> bool:
    """A quick look at a folded text, one byte a character: whether it may hold leetspeak, spacing or repetition."""
    return DISGUISED.search(text) is not None


def read_plain(
    text: bytes,
    codes: Codes | None,
    origin: Offsets | None,
    words: frozenset[str],
    *,
    bars: bool,
    slips: Sequence[bytes],
) -> View | None:
    """The plain reading of a folded text (arguments as for ``Draft``), ``None`` if it does not differ.

    ``bars`` says that strokes were found which may be another letter than they were folded to, ``slips`` are the words
    to put right.
    """
    rest = bytearray(text)
    if b"." in text or b"@" in text:
        for match in islice(PROTECTED.finditer(text), MAX_PROTECTED):
            start, end = match.span()
            rest[start:end] = b" " * (end - start)
        if not bars and not is_disguised(bytes(rest)) and not slips:
            return None
    vocabulary = compiled(words)
    draft = Draft(text, codes, origin)
    join_letters(draft, rest, vocabulary)
    if slips:
        mend_typos(draft, rest, [slip for slip in slips if slip not in vocabulary.costs])
    left = bytes(rest)
    undo_leet(draft, left, vocabulary)
    collapse_repeats(draft, left, vocabulary)
    cut_words(draft, left, vocabulary)
    if bars:
        settle_bars(draft, left, vocabulary)
    return draft.view("plain", MAX_OBFUSCATIONS)
