"""Between observing and judging: a second opinion, where one is configured and there is room for it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

from lurewatch.engine.model import NOTHING_KNOWN, Conversation, Knowledge, Verdict
from lurewatch.engine.opinion import Opinion
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.state import ConversationState, speaker
from lurewatch.intel.opinion import Opinions, Question, Words
from lurewatch.intel.opinion.masking import Seen
from lurewatch.intel.opinion.model import MOST_CHARACTERS

_log = logging.getLogger("lurewatch")
UNAVAILABLE = "second opinion"
"""What stands in ``incomplete`` of a verdict that had to do without a wanted opinion."""


class Consultation:
    """A conversation that was observed, with the question that is on its way. The engine stays the same throughout.

    Raises:
        InputError: as ``Engine.steps`` does.
    """

    def __init__(self, engine: Engine, conversation: Conversation, opinions: Opinions) -> None:
        self._engine = engine
        steps = engine.steps(conversation)
        self._state = next(steps)
        speakers = []
        for state in steps:
            speakers.append(speaker(self._state, state))
            self._state = state
        self._asked: Future[Opinion] = opinions.ask(_question(engine, conversation, self._state, speakers))

    def knowledge(self) -> Knowledge:
        """What came of the question; waits for it."""
        return _known(self._asked.result())

    async def known(self) -> Knowledge:
        """``knowledge`` for an event loop, which goes on while it waits."""
        await asyncio.wrap_future(self._asked)
        return self.knowledge()

    def verdict(self) -> Verdict:
        """What the engine believes with that; waits for it."""
        return self._engine.judge(self._state, self.knowledge())

    async def awaited(self) -> Verdict:
        """The same for an event loop, which goes on while it waits."""
        await self.known()
        return self.verdict()


def consulted(engine: Engine, conversation: Conversation, opinions: Opinions | None) -> Knowledge:
    """What a language model says of a conversation; nothing without ``opinions``. Raises InputError as ``assess``."""
    return NOTHING_KNOWN if opinions is None else Consultation(engine, conversation, opinions).knowledge()


async def asked(engine: Engine, conversation: Conversation, opinions: Opinions) -> Knowledge:
    """``consulted`` for an event loop, which goes on meanwhile; an opinion that was wanted and not had is logged."""
    consultation = await asyncio.to_thread(Consultation, engine, conversation, opinions)
    knowledge = await consultation.known()
    if knowledge.opinion is not None and knowledge.opinion.outcome in ("error", "timeout"):
        _log.warning("No second opinion: %s", knowledge.opinion)
    return knowledge


def _known(opinion: Opinion) -> Knowledge:
    return Knowledge(opinion=opinion, unavailable=(UNAVAILABLE,) if opinion.is_missing else ())


def _question(
    engine: Engine, conversation: Conversation, state: ConversationState, speakers: Sequence[str]
) -> Question:
    verdict = engine.judge(state)
    return Question(
        words=tuple(reversed(tuple(_latest(conversation, state, speakers)))),
        scam_types=engine.pack.scam_types,
        is_scam=verdict.is_scam,
        heuristic=verdict.type_confidence,
        turn=state.message_count,
        decided=verdict.risk_level == "confirmed",
    )


def _latest(conversation: Conversation, state: ConversationState, speakers: Sequence[str]) -> Iterator[Words]:
    """What those wrote who may lure, the newest first, as much as is sent; the last message in any case.

    ``speakers`` are the keys of the messages' dossiers.
    """
    seen: dict[int, list[Seen]] = defaultdict(list)
    for one in state.indicators:
        for place in one.parts or (one,):
            seen[place.message_index].append(Seen(one.type, place.start, place.end))
    letters: dict[str, str] = {}
    length = 0
    for index in range(len(conversation.messages) - 1, -1, -1):
        message = conversation.messages[index]
        key = speakers[index]
        if not state.dossiers[key].counts or not message.text.strip():
            continue
        length += len(message.text)
        if letters and length > MOST_CHARACTERS:
            return
        letter = letters.setdefault(key, f"S{len(letters) + 1}")
        yield Words(letter, message.text, tuple(seen[index]))
