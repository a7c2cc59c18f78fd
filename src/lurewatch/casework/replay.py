"""A stored verdict made once more, from the texts, what was known and what was remembered when it was given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from lurewatch.casework.origins import Origins, PackFiles
from lurewatch.casework.screening import members, resuming
from lurewatch.casework.screening.newest import of_message
from lurewatch.casework.store import Store, origins, reading
from lurewatch.casework.store.ledger import Row
from lurewatch.engine.model import Decision, Knowledge, Memory, SenderMetadata, Verdict, Versions
from lurewatch.engine.pipeline import Engine, EngineConfig
from lurewatch.engine.policies import PolicyConfig
from lurewatch.engine.state import ConversationState, Dossier
from lurewatch.errors import InputError, ReplayError

Build = Callable[[PackFiles | None, EngineConfig | None], Engine]
"""An engine of a pack and a configuration that were kept; of those in use where there are none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that came out otherwise: where (a JSON pointer), what was stored, and what came out; None for nothing."""

    pointer: str
    stored: Any
    replayed: Any


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it. ``notes`` say what was not as it was then."""

    verdict_id: str
    differences: tuple[Difference, ...]
    stored: Versions
    replayed: Versions
    notes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether verdict and decisions are what they were, bit for bit."""
        return not self.differences


class Replay:
    """Replays verdicts of a store with engines that ``build`` makes."""

    def __init__(self, store: Store, build: Build) -> None:
        self._store = store
        self._build = build
        self._origins = Origins(store)
        self._engines: dict[tuple[str, str], Engine] = {}

    async def replay(self, tenant: str, verdict_id: str) -> Replayed:
        """The verdict made once more: from each message as it was then, read by what read it then.

        Raises:
            InputError: there is no such verdict.
            ReplayError: it cannot be replayed; says what is missing.
        """
        async with self._store.reading() as connection:
            row = await reading.verdict(connection, tenant, verdict_id)
            if row is None:
                raise InputError(f"no verdict of the tenant {tenant} is called {verdict_id}. Is the id whole?")
            conversation = await reading.conversation(connection, tenant, row["channel"], row["conversation_id"])
            said = await origins.readings(connection, row["conversation"], row["seq"])
        stored = _Stored.of(row)
        sender = resuming.sender_of(conversation["state"]) if conversation else None
        state, engine = await self._state(said, stored.verdict.id, sender or SenderMetadata())
        if state.message_count != stored.verdict.message_count:
            raise ReplayError(
                f"of the {stored.verdict.message_count} messages that the verdict is of, not all are kept any more"
            )
        verdict = engine.judge(state, stored.knowledge)
        policies = await self._policies(row["policies"])
        decisions = engine.decide(of_message(verdict, row["position"]), stored.memory, policies)
        made = {"verdict": _plain(verdict), "decisions": _plain(decisions)}
        were = {"verdict": _plain(stored.verdict), "decisions": _plain(stored.decisions)}
        versions = stored.verdict.versions
        return Replayed(
            verdict_id, tuple(_differences("", were, made)), versions, engine.versions, _notes(versions, engine)
        )

    async def _policies(self, name: str) -> PolicyConfig | None:
        """The policies that were bound to its channel and tenant; None for the engine's own."""
        if not name:
            return None
        found = await self._origins.policies(name)
        if found is None:
            raise ReplayError(
                "the policies of its channel and tenant are not kept, or another Lurewatch has stored them"
            )
        return found

    async def _state(self, said: Sequence[Row], name: str, sender: SenderMetadata) -> tuple[ConversationState, Engine]:
        """The conversation as it was once all of these had been read, and what read the last of them."""
        if not said:
            raise ReplayError("the messages that the verdict is of are not kept any more")
        first = max((at for at, row in enumerate(said) if row["anew"]), default=0)
        for row in said:
            _check_kept(row)
        engine = await self._engine(said[first])
        state = replace(engine.start(name), sender_metadata=sender)
        if said[first]["anew"]:
            # An edit was read in its place; any other message after what was read again.
            until = first + 1 if said[first]["edition"] else first
            latest = {row["position"]: resuming.message(row) for row in said[:until]}
            known = sorted(latest.items())[-engine.config.most_messages :]
            state = resuming.anew(engine, state, known, len(latest))
            first = until
        away: dict[str, Dossier] = {}
        for row in said[first:]:
            engine = await self._engine(row)
            message = resuming.message(row)
            if state.message_count != row["position"] or message is None:
                raise ReplayError(f"message {state.message_count} of the conversation (from 0) is not kept any more")
            state = members.read_on(engine, resuming.bounded(state), away, message)
        return state, engine

    async def _engine(self, row: Row) -> Engine:
        """What read a message."""
        name = row["pack"], row["config"]
        if name not in self._engines:
            files, config = await self._origins.pack(row["pack"]), await self._origins.config(row["config"])
            engine = self._build(files, config)
            if engine.versions.pack != row["pack"]:
                place = "in use is" if files is None else "of the files that are, this Lurewatch makes"
                raise ReplayError(f"the pack {row['pack']} that made it is not kept; {place} {engine.versions.pack}")
            self._engines[name] = engine
        return self._engines[name]


@dataclass(frozen=True, slots=True)
class _Stored:
    verdict: Verdict
    decisions: tuple[Decision, ...]
    knowledge: Knowledge
    memory: Memory

    @classmethod
    def of(cls, row: Row) -> _Stored:
        try:
            return cls(
                msgspec.json.decode(row["verdict"], type=Verdict),
                msgspec.json.decode(row["decisions"], type=tuple[Decision, ...]),
                msgspec.json.decode(row["knowledge"], type=Knowledge),
                msgspec.json.decode(row["memory"], type=Memory),
            )
        except msgspec.DecodeError as error:
            raise ReplayError(
                f"another Lurewatch has stored it, in a form that this one does not know: {error}"
            ) from error


def _check_kept(row: Row) -> None:
    if not resuming.is_as_sent(row):
        kept = "only its hash is" if row["text"] is None else "it is masked, as secrets always are"
        raise ReplayError(f"the text of message {row['position']} (from 0) is not kept as it was sent: {kept}")


def _notes(stored: Versions, engine: Engine) -> tuple[str, ...]:
    """What made the verdict and is not what replays it."""
    made = engine.versions
    told = {
        "engine": "Lurewatch itself is of another version",
        "pack": "the pack is another",
        "model": "the calibration is another",
        "config": "the configuration is another: settings, weights of detectors or the second reading",
    }
    return tuple(
        f"{what} ({getattr(stored, name)} then, {getattr(made, name)} now)"
        for name, what in told.items()
        if getattr(stored, name) != getattr(made, name)
    )


def _plain(value: object) -> Any:
    """As it is encoded; what has no order is sorted, so that it is the same in every process."""
    return msgspec.json.decode(msgspec.json.encode(value, order="deterministic"))


def _differences(pointer: str, stored: Any, replayed: Any) -> Iterator[Difference]:
    if isinstance(stored, dict) and isinstance(replayed, dict):
        for key in sorted(stored.keys() | replayed.keys()):
            yield from _differences(f"{pointer}/{key}", stored.get(key), replayed.get(key))
    elif isinstance(stored, list) and isinstance(replayed, list):
        for at in range(max(len(stored), len(replayed))):
            yield from _differences(
                f"{pointer}/{at}",
                stored[at] if at < len(stored) else None,
                replayed[at] if at < len(replayed) else None,
            )
    elif stored != replayed or type(stored) is not type(replayed):
        yield Difference(pointer, stored, replayed)
