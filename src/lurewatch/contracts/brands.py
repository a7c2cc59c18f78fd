"""The brand monitor's names: analyse a group message, alert the group, add brands and patterns at run time."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, MutableMapping, MutableSet
from dataclasses import replace
from typing import Any, Protocol

from lurewatch.contracts.engine import default_engine
from lurewatch.engine.model import Conversation, Decision, Memory, Message
from lurewatch.engine.packs.phrases import PhraseError, translate
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.policies import brand_watch
from lurewatch.entrypoints.app import build_engine
from lurewatch.entrypoints.settings import Settings, load
from lurewatch.errors import InputError


class Bot(Protocol):
    """What can write to a group, such as a python-telegram-bot ``Bot``."""

    async def send_message(self, chat_id: int | str, text: str) -> Any: ...


class FraudDetector:
    """Watches groups. Alerts of one type in one group keep a cool-down, remembered by this object.

    ``clock`` gives seconds since the epoch. Adding a brand or a pattern swaps in a new frozen engine, which takes
    seconds; messages that are being analysed keep the old one.
    """

    def __init__(
        self, engine: Engine | None = None, settings: Settings | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._clock = clock
        self._last: dict[str, dict[str, float]] = {}
        self.brand_keywords: MutableSet[str] = _Brands(self)
        self.suspicious_patterns: MutableMapping[str, str] = _Patterns(self)
        self._added: dict[str, str] = {}

    @property
    def engine(self) -> Engine:
        """The engine in use; made from the settings of this process when none was given."""
        if self._engine is None:
            self._engine = default_engine()
        return self._engine

    @property
    def settings(self) -> Settings:
        """The settings the engine is made from."""
        if self._settings is None:
            self._settings = load()
        return self._settings

    async def analyze_message(
        self, message_text: str, message_id: int | str, group_id: int | str, bot: Bot | None = None
    ) -> dict[str, Any]:
        """Analyse one message of a group; ``bot`` posts the warning or notice when one is due.

        Answers ``{"alerts": [{"id", "type", "score", "keywords"}], "analysis": {"brand_mentions",
        "suspicious_patterns", "suspicious_score", "confidence"}}``. An alert in its cool-down is left out.
        """
        engine = self.engine
        verdict = engine.assess(Conversation((Message(message_text, message_id=str(message_id)),), str(group_id)))
        config = engine.config.policies.brand_watch
        analysis = brand_watch.analyse(verdict, config.brands)
        remembered = self._last.setdefault(str(group_id), {})
        decision = brand_watch.decide(verdict, Memory(now=self._clock(), last_alert=remembered), config)
        alerts = []
        if decision.type is not None and not decision.suppressed:
            remembered[decision.type] = self._clock()
            alerts.append(_alert(decision))
            if bot is not None and decision.text:
                await bot.send_message(group_id, decision.text)
        return {
            "alerts": alerts,
            "analysis": {
                "brand_mentions": list(analysis.brands),
                "suspicious_patterns": list(analysis.patterns),
                "suspicious_score": analysis.score,
                "confidence": analysis.confidence,
            },
        }

    def watch(self, brands: tuple[str, ...], patterns: dict[str, str]) -> None:
        """Watch exactly these brands, and these patterns (phrase -> type) besides the pack's.

        Raises:
            InputError: a pattern that is not linear-time, or a name that is no brand.
        """
        overlay = {f"rules/fraud_talk/added_{n}.yaml": _rule(n, *item) for n, item in enumerate(patterns.items())}
        settings = replace(self.settings, brands=brands)
        engine = build_engine(settings, overlays=(overlay,) if overlay else ())
        self._settings, self._engine, self._added = settings, engine, patterns

    @property
    def added(self) -> dict[str, str]:
        """The patterns added at run time, with their types."""
        return dict(self._added)


def _alert(decision: Decision) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "type": decision.type,
        "score": decision.score,
        "keywords": list(decision.keywords),
    }


def _rule(number: int, phrase: str, kind: str) -> bytes:
    import orjson  # noqa: PLC0415 - only where patterns are added

    document = {
        "title": f"Added at run time: {kind}",
        "id": f"added_{number}",
        "pattern": kind,
        "description": kind,
        "weight": 0.5,
        "when": {"phrase": [phrase]},
        "examples": {"flag": [], "pass": []},
    }
    return orjson.dumps(document)  # JSON is YAML


class _Brands(MutableSet[str]):
    """The watched brands as a set; a change makes a new engine."""

    def __init__(self, owner: FraudDetector) -> None:
        self._owner = owner

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and value.lower() in self._owner.settings.brands

    def __iter__(self) -> Iterator[str]:
        return iter(self._owner.settings.brands)

    def __len__(self) -> int:
        return len(self._owner.settings.brands)

    def add(self, value: str) -> None:
        """Watch one more brand."""
        if value not in self:
            self._owner.watch((*self._owner.settings.brands, value.lower()), self._owner.added)

    def discard(self, value: str) -> None:
        """Stop watching a brand."""
        if value in self:
            kept = tuple(brand for brand in self._owner.settings.brands if brand != value.lower())
            self._owner.watch(kept, self._owner.added)


class _Patterns(MutableMapping[str, str]):
    """Patterns added at run time (phrase -> type); a change makes a new engine."""

    def __init__(self, owner: FraudDetector) -> None:
        self._owner = owner

    def __getitem__(self, pattern: str) -> str:
        return self._owner.added[pattern]

    def __setitem__(self, pattern: str, kind: str) -> None:
        try:
            translate(pattern)
        except PhraseError as error:
            raise InputError(f"the pattern {pattern!r} is refused: {error}") from None
        self._owner.watch(self._owner.settings.brands, {**self._owner.added, pattern: kind})

    def __delitem__(self, pattern: str) -> None:
        kept = self._owner.added
        del kept[pattern]
        self._owner.watch(self._owner.settings.brands, kept)

    def __iter__(self) -> Iterator[str]:
        return iter(self._owner.added)

    def __len__(self) -> int:
        return len(self._owner.added)


fraud_detector = FraudDetector()
"""The monitor of this process; its engine is made on first use."""


async def analyze_message(
    message_text: str, message_id: int | str, group_id: int | str, bot: Bot | None = None
) -> dict[str, Any]:
    """``fraud_detector.analyze_message``."""
    return await fraud_detector.analyze_message(message_text, message_id, group_id, bot)
