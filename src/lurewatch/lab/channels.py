"""A conversation without the marks of its channel: what is left is what was said.

Among public conversations the scams are mostly letters and calls, and the honest ones chat. Whoever measures a judge on
them may be measuring whether it knows a letter when it sees one. So they are judged once more without what only a
letter, a call or a chat has: heads and salutations, fillers, smileys, and the length of a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lurewatch.engine.model import Conversation, Message

UNMARKED = "channel marks removed"
LONGEST = 200
"""So many characters has a message at most, unless one sentence has more: about what is said in one breath."""
# A line break is looked for from the beginning of white space only, else much of it would be read again and again.
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|(?<!\s)\s*\n\s*")
_MARKS = (
    re.compile(r"(?im)^[ \t]*(?:>.*|(?:from|to|cc|subject|date|sent|reply-to|re|fwd?):.*)$"),
    re.compile(r"(?im)^[ \t]*(?:dear|hi|hello|hey|good (?:morning|afternoon|evening|day))\b[^\n.?!:;]{0,40}[,.!:;]"),
    re.compile(
        r"(?im)^[ \t]*(?:(?:best|kind|warm|with)\s+){0,4}(?:regards|wishes|sincerely|yours\s+\w+|cheers)\b[^\n]{0,40}$"
    ),
    re.compile(r"\[[^\]\n]{1,30}\]|\*[^*\n]{1,30}\*"),  # [pause], *laughs*
    re.compile(r"(?i)\b(?:u+h+|u+m+|e+r+m*|h+m+|lol|haha(?:ha)*)\b[,.]?"),
    re.compile(r"(?m)^[ \t]*(?:@\w+\s+)+"),  # to whom a post is addressed
    re.compile("[:;=]-?[()DPp]|[\U0001f300-\U0001faff\u2600-\u27bf]"),
)


def unmarked(conversation: Conversation) -> Conversation:
    """The conversation without marks, its long messages in several; who says what, and when, stays."""
    return replace(conversation, messages=tuple(piece for said in conversation.messages for piece in _pieces(said)))


def _pieces(message: Message) -> Iterator[Message]:
    text = message.text
    for mark in _MARKS:
        text = mark.sub(" ", text)
    piece = ""
    for sentence in _SENTENCE.split(text):
        if piece and len(piece) + len(sentence) >= LONGEST:
            yield replace(message, text=piece)
            piece = ""
        piece = f"{piece} {sentence}".strip()
    yield replace(message, text=piece)
