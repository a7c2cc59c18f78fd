"""The engine: observe a message, judge the conversation, decide what to do. Pure, synchronous, thread-safe.

state, reading = engine.observe(state, message)     what is in the message, and what it adds
verdict = engine.judge(state, knowledge)            what to believe
decisions = engine.decide(verdict, memory)          what should happen
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lurewatch.engine import detectors, dossiers, fusion, policies, speakers, verdicts
from lurewatch.engine.detectors.case import Case
from lurewatch.engine.matching import Compiler, Databases
from lurewatch.engine.model import (
    NOTHING_KNOWN,
    Conversation,
    Decision,
    Finding,
    Knowledge,
    Memory,
    Message,
    SenderMetadata,
    Verdict,
)
from lurewatch.engine.opinion import leaves_room
from lurewatch.engine.packs.pack import Pack
from lurewatch.engine.reading import MessageReading, Reader
from lurewatch.engine.scam_type import Classifier
from lurewatch.engine.splitting import Splitter
from lurewatch.engine.state import NOBODY, Assessment, ConversationState, Dossier
from lurewatch.engine.text_model import SecondReading
from lurewatch.errors import InputError

MOST_CHARACTERS = 20_000
MOST_MESSAGES = 2_000


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """How an engine is set up. ``scam_threshold`` is in [0,100]; ``fusion`` is calibrated or weighted."""

    fusion: str = "calibrated"
    scam_threshold: float = 35.0
    regions: tuple[str, ...] = ("US", "CA", "GB", "IN")
    most_characters: int = MOST_CHARACTERS
    most_messages: int = MOST_MESSAGES
    policies: policies.PolicyConfig = field(default_factory=policies.PolicyConfig)


class Engine:
    """One pack and one configuration, ready to use. Immutable: a changed pack makes a new engine.

    ``plugins`` are detectors beyond the five, as (name, detector, weight in [0,1)). ``second`` reads again
    what the text model does not call honest. ``compiler`` may give compiled automata from a cache; without it they are
    compiled here, which takes seconds.
    """

    def __init__(
        self,
        pack: Pack,
        config: EngineConfig = EngineConfig(),
        *,
        plugins: tuple[tuple[str, detectors.Detector, float], ...] = (),
        second: SecondReading | None = None,
        compiler: Compiler | None = None,
    ) -> None:
        self.pack = pack
        self.config = config
        self._plugins = plugins
        self._second = second
        self.reader = Reader(pack, config.regions, compiler, second)
        self._rules = {rule.id: rule for rule in pack.rules}
        self._categories = {rule.id: rule.category for rule in pack.rules}
        self._classifier = Classifier(pack)
        self._splitter = Splitter(self.reader)
        self._weights = fusion.detector_weights(
            pack.thresholds.detector_weights, {name: weight for name, _, weight in plugins}
        )
        self._detectors = (*detectors.BUILT_IN.items(), *((name, detector) for name, detector, _ in plugins))
        self.versions = verdicts.versions(pack, config, self._weights, second.version if second else "")
        self.policies = policies.allowing(config.policies, pack.allow)
        self._frame = verdicts.Frame(self._rules, pack.thresholds, config, self.versions, self._classifier)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.pack, self.config, self._plugins, self._second, self.reader.dump())

    def with_pack(self, pack: Pack) -> Engine:
        """The same engine over another pack; patterns are compiled anew only where they differ."""
        old = self.pack
        same = pack.rules is old.rules and pack.lexicons is old.lexicons and pack.tables is old.tables
        databases = self.reader.dump() if same else None
        compiler: Compiler | None = (lambda _: databases) if databases else None
        return Engine(pack, self.config, plugins=self._plugins, second=self._second, compiler=compiler)

    def start(self, conversation_id: str = "", **metadata: Any) -> ConversationState:
        """The state of a conversation in which nothing has been said; keywords as of ``SenderMetadata``."""
        state = ConversationState(id=conversation_id, pack=self.pack.hash)
        return replace(state, sender_metadata=replace(state.sender_metadata, **metadata)) if metadata else state

    def assess(self, conversation: Conversation, knowledge: Knowledge = NOTHING_KNOWN) -> Verdict:
        """Fold ``observe`` over the messages and judge. Raises InputError as ``steps`` does."""
        return self.judge(self.follow(conversation), knowledge)

    def follow(self, conversation: Conversation) -> ConversationState:
        """The state after all messages of a conversation. Raises InputError as ``steps`` does."""
        return deque(self.steps(conversation), maxlen=1).pop()

    def steps(self, conversation: Conversation) -> Iterator[ConversationState]:
        """The state before the first message of a conversation, and after each.

        Raises:
            InputError: more messages than ``most_messages``, a longer text than ``most_characters``, or a time that is
                not a finite number.
        """
        if len(conversation.messages) > self.config.most_messages:
            raise InputError(
                f"the conversation has {len(conversation.messages)} messages; at most {self.config.most_messages} are "
                "read at once. Send it in parts, or raise the limit max_messages",
                pointer="/messages",
                limit=True,
            )
        state = ConversationState(conversation.id, self.pack.hash, conversation.sender_metadata)
        yield state
        for message in conversation.messages:
            state, _ = self.observe(state, message)
            yield state

    def observe(self, state: ConversationState, message: Message) -> tuple[ConversationState, MessageReading]:
        """The state after one more message, and what was read in it. Raises InputError as ``steps`` does."""
        self._check(message, state.message_count)
        index = state.message_count
        reading = self.reader.read(message.text)
        message = speakers.named(state, message, reading, self.pack.tables.speakers, self._rules)
        key = state.key_of(message.sender)
        before = state.dossiers.get(key, NOBODY)
        split = self._splitter.across(before, message, index)
        if split:
            reading = self._splitter.extended(reading, split, self._rules)
        ignored = dossiers.ignores_question(state, message, reading, self._rules)
        dossier = dossiers.advance(before, message, index, reading, self._rules, ignored_question=ignored)
        if index == 1:
            state = self._as_conversation(state)
        assessment = self._assess(state.sender_metadata, index + 1, dossier, NOTHING_KNOWN, message.text)
        new = verdicts.appended(state, key, assessment, message, reading, self._frame)
        if reading.marks:
            new = dossiers.answered(new, key, reading, self._rules)
        return new, reading

    def judge(self, state: ConversationState, knowledge: Knowledge = NOTHING_KNOWN) -> Verdict:
        """What to believe of the conversation: the judgement on the sender with the most against them."""
        leading = state.leading if knowledge is NOTHING_KNOWN else None
        if leading is None:
            suspects = [dossier for dossier in state.dossiers.values() if dossier.counts] or [NOBODY]
            if knowledge is NOTHING_KNOWN:  # then each is as probable as when they last said something
                most = max(dossier.probability for dossier in suspects)
                suspects = [dossier for dossier in suspects if dossier.probability == most]
            metadata, count = state.sender_metadata, state.message_count
            assessed = [self._assess(metadata, count, dossier, knowledge) for dossier in suspects]
            leading = max(assessed, key=lambda assessment: (assessment.probability, assessment.weighted))
        return verdicts.verdict(state, leading, knowledge, self._frame)

    def features(self, state: ConversationState) -> Mapping[str, float]:
        """What the calibrated fusion sees of the leading sender, before any weight: what the lab fits it on."""
        dossier = _leading(state)
        case = Case(dossier, state.sender_metadata, NOTHING_KNOWN, self.pack.tables)
        found = detectors.run(self._detectors, case)
        guess = self._classifier.classify(dossier.evidence)
        return fusion.features(dossier, found.by_name, guess, self._categories)

    def decide(
        self,
        verdict: Verdict,
        memory: Memory = Memory(),  # noqa: B008 - frozen
        config: policies.PolicyConfig | None = None,
    ) -> tuple[Decision, ...]:
        """What each policy wants done, by the engine's own configuration or ``config``, to which nothing is added."""
        return policies.decide(verdict, memory, config or self.policies)

    def adopted(self, state: ConversationState) -> ConversationState:
        """A state that was read with another pack, for this one to read on: without what only the other one knew."""
        if state.pack == self.pack.hash:
            return state
        known = {
            key: replace(
                dossier, evidence={rule: weight for rule, weight in dossier.evidence.items() if rule in self._rules}
            )
            for key, dossier in state.dossiers.items()
        }
        return replace(state, pack=self.pack.hash, dossiers=known, leading=None)

    def _as_conversation(self, state: ConversationState) -> ConversationState:
        """The state after the first message, weighed as part of a conversation: by the other calibration."""
        weighed = {
            key: self._assess(state.sender_metadata, 2, dossier, NOTHING_KNOWN).dossier
            for key, dossier in state.dossiers.items()
        }
        return replace(state, dossiers=weighed)

    def _check(self, message: Message, index: int) -> None:
        if len(message.text) > self.config.most_characters:
            raise InputError(
                f"message {index} has {len(message.text)} characters; at most {self.config.most_characters} are read. "
                "Shorten it, or raise the limit max_characters",
                pointer=f"/messages/{index}/text",
                limit=True,
            )
        if message.timestamp is not None and not math.isfinite(message.timestamp):
            raise InputError(
                f"the time of message {index} is not a finite number of seconds",
                pointer=f"/messages/{index}/timestamp",
            )

    def _assess(
        self, metadata: SenderMetadata, messages: int, dossier: Dossier, knowledge: Knowledge, text: str = ""
    ) -> Assessment:
        """One sender weighed, in a conversation of so many messages."""
        case = Case(dossier, metadata, knowledge, self.pack.tables, text)
        found = detectors.run(self._detectors, case)
        findings, plugged = self._kept(found.by_name, dossier) if self._plugins else (found.by_name, dossier.plugged)
        guess = self._classifier.classify(dossier.evidence)
        values = fusion.features(dossier, findings, guess, self._categories)
        calibration = self.pack.calibration
        coefficients = calibration.message if messages <= 1 else calibration.conversation
        probability, added = fusion.calibrated(values, coefficients)
        if self._plugins:
            unfitted = {
                name: weight
                for name, _, weight in self._plugins
                if name not in coefficients.weights and name not in found.failed
            }
            probability = fusion.pooled(probability, findings, unfitted)
        confirmed, alone = self.pack.thresholds.risk_thresholds["confirmed"], not dossier.evidence
        if (known := findings.get("historical")) is not None and known.score:
            probability, more = fusion.remembered(probability, known.score, confirmed, alone=alone)
            added = {**added, "historical": more}
        if knowledge.opinion is not None and leaves_room(guess.confidence, messages):
            probability, more = fusion.advised(probability, knowledge.opinion, confirmed, alone=alone)
            added = {**added, fusion.OPINION: more} if more else added
        return Assessment(
            dossier=dossier.weighed(probability, plugged),
            findings=findings,
            failed=found.failed,
            guess=guess,
            probability=probability,
            added=added,
            weighted=fusion.weighted(findings, self._weights),
        )

    def _kept(
        self, findings: Mapping[str, Finding], dossier: Dossier
    ) -> tuple[Mapping[str, Finding], Mapping[str, float]]:
        """The findings with each plug-in's highest score so far: one that reads texts sees each message only once."""
        found, plugged = dict(findings), dict(dossier.plugged)
        for name, _, _ in self._plugins:
            if plugged.get(name, 0.0) > found[name].score:
                found[name] = replace(found[name], score=plugged[name])
            plugged[name] = found[name].score
        return found, plugged


def _leading(state: ConversationState) -> Dossier:
    """The sender with the most against them; nobody when all are protected or agents."""
    suspects = [dossier for dossier in state.dossiers.values() if dossier.counts]
    return max(suspects, key=lambda dossier: dossier.probability, default=NOBODY)


def _restore(pack: Pack, config: EngineConfig, plugins: Any, second: Any, databases: Databases | None) -> Engine:
    return Engine(pack, config, plugins=plugins, second=second, compiler=lambda _: databases)
