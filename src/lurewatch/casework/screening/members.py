"""Of a large group, whose dossiers are at hand: of those who lead and of those who spoke last.

The others are put away, each in a row of its own, and taken up again when their sender speaks. So a message costs the
same in a group of a thousand, and nobody's doings are forgotten or mixed with those of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.screening.drafts import Held
from lurewatch.casework.store import ledger
from lurewatch.engine import speakers
from lurewatch.engine.model import Message
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.state import ConversationState, Dossier

AT_HAND = 4
_LEADING = 2
"""So many of them are those with the most against them."""
_OURS = "\x00"
"""So begin keys that are no sender's: who answers unnamed, the crowd. No row could have them; they stay at hand."""
_DOSSIER: msgspec.json.Decoder[Dossier] = msgspec.json.Decoder(Dossier)


def put_away(state: ConversationState) -> tuple[ConversationState, dict[str, Dossier]]:
    """The state with few dossiers, and the others by their keys."""
    known = {key: dossier for key, dossier in state.dossiers.items() if not key.startswith(_OURS)}
    if len(known) <= AT_HAND:
        return state, {}
    by_suspicion = sorted(known, key=lambda key: (not known[key].counts, -known[key].probability, key))
    leading = set(by_suspicion[:_LEADING])
    by_time = sorted(known.keys() - leading, key=lambda key: (-_last(known[key]), key))
    at_hand = leading | set(by_time[: AT_HAND - _LEADING])
    away = {key: dossier for key, dossier in known.items() if key not in at_hand}
    kept = {key: dossier for key, dossier in state.dossiers.items() if key not in away}
    return replace(state, dossiers=kept), away


async def take_up(connection: AsyncConnection, engine: Engine, speaking: Sequence[tuple[Held, Message]]) -> None:
    """Have the dossiers of those who speak at hand, in one query."""
    wanted = {}
    for held, message in speaking:
        sender = _key(engine, message)
        if sender in held.away:
            held.state = _taken_up(engine, held.state, sender, held.away.pop(sender))
        elif not held.anew and held.state.message_count > AT_HAND and sender not in held.state.dossiers:
            # Of so few messages none is put away; of more one may be, also where fewer are at hand: some were erased.
            wanted[held.seq, sender] = held
    for (seq, sender), recorded in (await ledger.dossiers_away(connection, wanted)).items():
        held = wanted[seq, sender]
        held.state = _taken_up(engine, held.state, sender, _decoded(recorded))


def read_on(engine: Engine, state: ConversationState, away: dict[str, Dossier], message: Message) -> ConversationState:
    """The state after one more message; ``away`` holds the dossiers that are not at hand, and changes with it.

    Another pack may have read the state: what was put away before is of that one until it is taken up.
    """
    state, put = put_away(state)
    away |= put
    sender = _key(engine, message)
    state, _ = engine.observe(_taken_up(engine, engine.adopted(state), sender, away.pop(sender, None)), message)
    return state


def _key(engine: Engine, message: Message) -> str:
    """Under which key the dossier of a message's sender waits, if it does."""
    return message.sender or speakers.label(message.text, engine.pack.tables.speakers)


def _taken_up(engine: Engine, state: ConversationState, sender: str, dossier: Dossier | None) -> ConversationState:
    """The state with the dossier of a sender that was put away, if one was; another pack may have read it."""
    if dossier is None:
        return state
    known = engine.adopted(ConversationState(dossiers={sender: dossier})).dossiers
    return replace(state, dossiers={**state.dossiers, **known})


def _decoded(recorded: bytes) -> Dossier | None:
    """A dossier that was put away; None where it is none of this engine's."""
    try:
        return _DOSSIER.decode(recorded)
    except msgspec.DecodeError:
        return None


def _last(dossier: Dossier) -> int:
    """The place of its sender's last message in the conversation."""
    return dossier.tails[-1].message_index if dossier.tails else -1
