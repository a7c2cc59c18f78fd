"""Which lines of what a mail quotes nobody said before: they are its sender's own words, whatever they look like.

Anybody can give a lure the shape of a quotation. What really was said before counts for who said it, and not again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.privacy import covers
from lurewatch.casework.screening.nouns import Incoming
from lurewatch.casework.store import reading

MOST_MESSAGES = 100
MOST_CHARACTERS = 100_000
"""So much of what was said before is compared, the newest."""
_RUN = 4
"""So many words in a row that were said before are a quotation; single words are not."""
_WORD = re.compile(r"\w+")


class _Words(msgspec.Struct):
    """Of a decision what people were told."""

    text: str = ""


_DECISIONS = msgspec.json.Decoder(list[_Words])


async def completed(
    connection: AsyncConnection, incoming: Incoming, conversation: int, position: int, most_characters: int
) -> Incoming:
    """The message as it is screened and kept: its text, and below it what of its quotation was not said before.

    ``conversation`` is the row of its conversation, ``position`` its place there: what comes later is not looked at, so
    that the same message is the same again. It has at most ``most_characters``. Where the text of an earlier message is
    not kept, nobody knows what was said, and the quotation is left out.
    """
    if not incoming.quoted:
        return incoming
    said = await _said(connection, conversation, position)
    room = most_characters - len(incoming.message.text) - 1
    new = "" if said is None else restored(incoming.quoted, said)[: max(room, 0)]
    text = f"{incoming.message.text}\n{new}" if new else incoming.message.text
    return replace(incoming, message=replace(incoming.message, text=text), quoted="", request_hash=incoming.fingerprint)


def restored(quoted: str, said: Iterable[str]) -> str:
    """The lines of a quotation that hold words nobody said before; ``said`` are texts of the conversation as kept.

    Runs of words are compared, so that another wrapping of the lines makes no difference. Secrets are compared as they
    are kept: not at all.
    """
    kept = covers(quoted, (), "full").kept(quoted)
    found = [(match[0], number) for number, line in enumerate(kept.splitlines()) for match in _words(line)]
    run = min(_RUN, len(found))
    known: set[tuple[str, ...]] = set()
    for text in said:
        words = [match[0] for match in _words(text)]
        known.update(zip(*(words[shift:] for shift in range(run)), strict=False))
    covered = [False] * len(found)
    for start in range(len(found) - run + 1):
        if tuple(word for word, _ in found[start : start + run]) in known:
            covered[start : start + run] = [True] * run
    new = {number for (_, number), seen in zip(found, covered, strict=True) if not seen}
    return "\n".join(line for number, line in enumerate(quoted.splitlines()) if number in new)


async def _said(connection: AsyncConnection, conversation: int, position: int) -> list[str] | None:
    """What people read there before: messages, also as they were before an edit, and what policies had us say."""
    texts = await reading.texts_before(connection, conversation, position, MOST_MESSAGES)
    if any(text is None for text in texts):
        return None
    said: list[str] = []
    left = MOST_CHARACTERS
    for text in texts:
        if text is None or (left := left - len(text)) < 0:
            break
        said.append(text)
    decided = await reading.decisions_before(connection, conversation, position, MOST_MESSAGES)
    return [*said, *{one.text for decisions in decided for one in _DECISIONS.decode(decisions) if one.text}]


def _words(text: str) -> Iterable[re.Match[str]]:
    return _WORD.finditer(text.casefold())
