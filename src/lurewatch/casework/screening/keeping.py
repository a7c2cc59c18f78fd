"""What is kept of a message's verdict, decisions and state: nothing in them tells what was not kept of its text.

Values of earlier messages were left out when those were recorded, so this looks at one message alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from lurewatch.casework.keep import Keep
from lurewatch.casework.privacy import PERSONAL, SECRETS, Cover, Covers, covers, masked
from lurewatch.engine.model import Decision, Flag, Indicator, Knowledge, Memory, Verdict
from lurewatch.engine.opinion import Opinion
from lurewatch.engine.state import ConversationState, Dossier, Tail

_NAMELESS = frozenset({"domain", "messaging_app", "payment_app", "brand", "money", "date"})
"""Kinds whose value is kept even where its place is covered: they name no person."""
_WORD = re.compile(r"[a-z]{4,20}")
_ANY_DIGIT = str.maketrans("123456789", "000000000")
_SHORTEST = 4
"""A shorter value is not looked for in sentences: it would be found in anything."""


class Keeping:
    """What is kept of everything about the message at ``position`` with this ``text``."""

    def __init__(self, text: str, position: int, verdict: Verdict, state: ConversationState, keep: Keep) -> None:
        self._keep = keep
        self._text = text
        self._position = position
        indicators = [one for one in verdict.indicators if position in _places(one)]
        own = [one for one in indicators if one.message_index == position]
        self._own = covers(text, own, keep, _ended(state, position - 1))
        self.earlier = {
            index: Covers(found) for index, found in self._elsewhere(indicators).items() if index != position
        }
        self._covers = self.earlier | {position: self._own}
        self._keeps_all = keep == "full" and not self._own and not self.earlier
        values = {text[cover.start : cover.end] for cover in self._own}
        values |= {one.value for one in indicators if self._is_hidden(one.type)}
        self._values = sorted(values, key=len, reverse=True)
        self._words = frozenset(_WORD.findall(" ".join(self._values).lower()))

    def _elsewhere(self, indicators: Iterable[Indicator]) -> dict[int, list[Cover]]:
        """The parts of values that go on in another message; that one was recorded before anybody knew."""
        found: dict[int, list[Cover]] = {}
        for one in indicators:
            if self._is_hidden(one.type):
                for part in one.parts:
                    found.setdefault(part.message_index, []).append(Cover(one.type, part.start, part.end))
        return found

    def _is_hidden(self, kind: str) -> bool:
        return kind == "card" or (self._keep != "full" and kind in PERSONAL)

    def has_secret(self, one: Indicator) -> bool:
        """Whether a value of this message lies in what nobody may keep."""
        found = self._own.over(one.start, one.end)
        return one.message_index == self._position and found is not None and found.kind in SECRETS

    @property
    def text(self) -> str | None:
        """What is kept of the message's text; None for nothing."""
        return None if self._keep == "hash" else self._own.kept(self._text)

    def again(self, position: int, text: str | None) -> str | None:
        """What is kept of a message recorded before, now that a value turned out to begin in it."""
        found = self.earlier.get(position)
        return text if text is None or found is None else found.kept(text)

    def verdict(self, verdict: Verdict) -> Verdict:
        """The verdict as it is kept."""
        if self._keeps_all and verdict.second_opinion is None:
            return verdict
        return replace(
            verdict,
            flags=tuple(map(self._flag, verdict.flags)),
            indicators=tuple(map(self._indicator, verdict.indicators)),
            reasoning=self._sentence(verdict.reasoning),
            second_opinion=self._opinion(verdict.second_opinion),
        )

    def decisions(self, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
        """The decisions as they are kept."""
        if self._keeps_all:
            return tuple(decisions)
        return tuple(replace(one, flags=tuple(map(self._flag, one.flags))) for one in decisions)

    def knowledge(self, knowledge: Knowledge) -> Knowledge:
        """What was known as it is kept."""
        if self._keeps_all and knowledge.opinion is None:
            return knowledge
        return replace(
            knowledge,
            indicators=tuple(replace(one, value=self._known(one.type, one.value)) for one in knowledge.indicators),
            opinion=self._opinion(knowledge.opinion),
        )

    def memory(self, memory: Memory) -> Memory:
        """What was remembered as it is kept; what might be shared is somebody's address or number."""
        return memory if self._keep == "full" else replace(memory, allowed=tuple(map(masked, memory.allowed)))

    def state(self, state: ConversationState) -> ConversationState:
        """The state as it is kept: what the engine goes on with."""
        if self._keeps_all:
            return state
        leading = state.leading
        if leading is not None:
            findings = {
                name: replace(found, reasons=tuple(map(self._sentence, found.reasons)))
                for name, found in leading.findings.items()
            }
            leading = replace(leading, dossier=self._dossier(leading.dossier), findings=findings)
        return replace(
            state,
            dossiers={name: self._dossier(dossier) for name, dossier in state.dossiers.items()},
            flags=tuple(map(self._flag, state.flags)),
            indicators=tuple(map(self._indicator, state.indicators)),
            asked=self._asked(state.asked),
            leading=leading,
        )

    def _flag(self, flag: Flag) -> Flag:
        if self._keep == "hash":
            return replace(flag, matched_text="")
        found = self._covers.get(flag.message_index)
        return replace(flag, matched_text=found.kept(flag.matched_text, flag.start)) if found else flag

    def _indicator(self, one: Indicator) -> Indicator:
        if one.type in _NAMELESS:
            return one
        if self._keep == "hash" or self._is_hidden(one.type):
            return replace(one, value=masked(one.value))
        found = self._covers.get(one.message_index)
        if not found or found.over(one.start, one.end) is None:
            return one
        if one.type == "url" and found is self._own:
            return replace(one, value=found.kept(self._text[one.start : one.end], one.start))
        return replace(one, value=masked(one.value))

    def _known(self, kind: str, value: str) -> str:
        return masked(value) if value in self._values or self._is_hidden(kind) else value

    def _dossier(self, dossier: Dossier) -> Dossier:
        if self._keep == "hash":
            tails = tuple(replace(tail, text="") for tail in dossier.tails)
            return replace(dossier, tails=tails, words="", claims=())
        if not any(tail.message_index in self._covers for tail in dossier.tails):
            return dossier  # of somebody else
        return replace(
            dossier,
            tails=tuple(map(self._tail, dossier.tails)),
            words=self._kept_words(dossier.words),
        )

    def _tail(self, tail: Tail) -> Tail:
        found = self._covers.get(tail.message_index)
        return replace(tail, text=found.kept(tail.text, tail.start)) if found else tail

    def _kept_words(self, words: str) -> str:
        """The engine's own kinds stand in place of most values there; digits all read alike."""
        kept = covers(words, (), self._keep).kept(words) if self._own else words
        return kept.translate(_ANY_DIGIT)

    def _asked(self, asked: tuple[str, frozenset[str]] | None) -> tuple[str, frozenset[str]] | None:
        if asked is None or self._keep == "hash":
            return None
        return asked[0], asked[1] - self._words

    def _sentence(self, text: str) -> str:
        for value in self._values:
            if len(value) >= _SHORTEST:
                text = text.replace(value, masked(value))
        return text

    def _opinion(self, opinion: Opinion | None) -> Opinion | None:
        if opinion is None:
            return None
        if self._keep == "hash":
            quotes = tuple(map(masked, opinion.quotes))  # that there is one is what lets it accuse
            return replace(opinion, quotes=quotes, reasoning="", risk_indicators=())
        return replace(
            opinion,
            quotes=tuple(map(self._free, opinion.quotes)),
            reasoning=self._free(opinion.reasoning),
            risk_indicators=tuple(map(self._free, opinion.risk_indicators)),
        )

    def _free(self, text: str) -> str:
        """Foreign text about the message, in which values are looked for anew."""
        text = self._sentence(text)
        return covers(text, (), self._keep).kept(text)


def _ended(state: ConversationState, position: int) -> str:
    """How the message at a position ended, as far as that is kept."""
    for dossier in state.dossiers.values():
        for tail in dossier.tails:
            if tail.message_index == position:
                return tail.text
    return ""


def _places(one: Indicator) -> set[int]:
    """The messages that have some of a value."""
    return {one.message_index, *(part.message_index for part in one.parts)}
