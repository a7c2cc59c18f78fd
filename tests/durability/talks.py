"""What is said to the service: conversations made of a seed, and how many incidents each pair has by that."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.casework.fakes import BRAND_FRAUD, CONTACT, LURE, PLAIN

CLIENTS = 12
"""So many pairs there are: many conversations count for each, at the same time."""
_OTHER = {PLAIN: "Thank you, the receipt has arrived.", CONTACT: "Here's my number: 604-555-9876, give me a call"}
"""How a text is edited without a change of what it is."""
INCIDENTS = frozenset({CONTACT, _OTHER[CONTACT]})


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. Without an id and a key nobody may send it again: whether it was recorded cannot be known.

    ``twice``: it is sent twice at the same time, as platforms do.
    """

    text: str
    message_id: str = ""
    key: str = ""
    twice: bool = False

    @property
    def may_be_repeated(self) -> bool:
        """Whether the service can tell it from another that says the same."""
        return bool(self.message_id or self.key)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation; ``client`` and ``advisor`` are the pair whose incidents are counted, if any."""

    conversation: str
    turns: tuple[Turn, ...]
    client: str = ""
    advisor: str = ""


def talks(seed: int) -> Iterator[Talk]:
    """Conversations without end, the same for the same seed."""
    dice = random.Random(seed)
    for number in itertools.count():
        yield _TALKS[dice.choices(range(len(_TALKS)), (50, 20, 15, 15))[0]](dice, number)


def _of_a_pair(dice: random.Random, number: int) -> Talk:
    """Some messages share a number, and some are edited: so that they do, or no longer do."""
    name = f"pair-{number}"
    turns: list[Turn] = []
    for _ in range(dice.randint(2, 6)):
        named = [turn for turn in turns if turn.message_id]
        text = dice.choice((PLAIN, CONTACT))
        if named and dice.random() < 0.2:
            last = {turn.message_id: turn.text for turn in named}
            edited = dice.choice(sorted(last))
            turns.append(Turn(_OTHER[text] if last[edited] == text else text, edited))
        else:
            turns.append(_turn(dice, text, f"{name}-{len(turns)}"))
    client = f"client-{dice.randrange(CLIENTS)}@example.org"
    return Talk(name, tuple(turns), client, "advisor@example.org")


def _of_a_lure(dice: random.Random, number: int) -> Talk:
    """It is confirmed to be a scam and handed off."""
    name = f"lure-{number}"
    texts = ("Good morning, is this Mrs Hill?", *LURE)
    return Talk(name, tuple(_turn(dice, text, f"{name}-{place}") for place, text in enumerate(texts)))


def _of_a_brand(dice: random.Random, number: int) -> Talk:
    """It raises an alert, and those that follow are held back."""
    name = f"brand-{number}"
    return Talk(name, tuple(_turn(dice, BRAND_FRAUD, f"{name}-{place}") for place in range(dice.randint(2, 3))))


def _without_a_name(_dice: random.Random, number: int) -> Talk:
    """One message that is sent once."""
    return Talk(f"once-{number}", (Turn(CONTACT),), "once@example.org", "advisor@example.org")


_TALKS = (_of_a_pair, _of_a_lure, _of_a_brand, _without_a_name)


def _turn(dice: random.Random, text: str, name: str) -> Turn:
    """A new message, told by its id, by a key, or by both."""
    told_by = dice.choices(("id", "key", "both"), (60, 20, 20))[0]
    return Turn(
        text,
        message_id="" if told_by == "key" else name,
        key="" if told_by == "id" else f"key-{name}",
        twice=dice.random() < 0.1,
    )


def recorded_as(talk: Talk) -> list[tuple[str, str]]:
    """The messages, as (id, text), that are to be recorded of a talk, in order: every turn is a new message or edit."""
    return [(turn.message_id, turn.text) for turn in talk.turns]


def incidents(talks: Sequence[Talk]) -> dict[tuple[str, str], int]:
    """How many incidents every pair is to have: messages that shared something in any of their editions."""
    found: dict[tuple[str, str], int] = {}
    for talk in talks:
        shared = {turn.message_id or f"#{place}" for place, turn in enumerate(talk.turns) if turn.text in INCIDENTS}
        if shared:
            pair = (talk.client, talk.advisor)
            found[pair] = found.get(pair, 0) + len(shared)
    return found
