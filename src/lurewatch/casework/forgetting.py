"""What was recorded as JSON (verdicts, states, events), without what some messages or a person left in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from lurewatch.casework.privacy import masked

_SHORTEST = 4
"""A shorter value is not looked for inside other texts: it would be found in anything."""
_KINDS = (
    "risk_level scam_type conversation_id verdict_id persona policy action type kind pattern category rule status role "
    "outcome intent threat_level type_basis primary_tactic traits incomplete failed pack engine model config id stage"
)
_OURS = frozenset(_KINDS.split())
"""Fields that hold our own words, and names of conversations."""
_OPINIONS = {"reasoning": "", "quotes": [], "risk_indicators": []}
"""What a language model wrote about a message."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is to be forgotten of one conversation: messages at these positions, and whoever has one of these names.

    ``values`` are texts, values and names: each is masked wherever it stands in a text.
    """

    positions: Collection[int]
    names: Collection[str] = ()
    values: tuple[str, ...] = field(default=())

    def with_values(self, values: Iterable[str]) -> Forgotten:
        """The same, and these values too; the longest first, as one may hold another."""
        found = {value for value in (*self.values, *values) if len(value) >= _SHORTEST}
        return Forgotten(self.positions, self.names, tuple(sorted(found, key=lambda value: (-len(value), value))))

    def told_by(self, recorded: bytes) -> set[str]:
        """The evidence that a recorded verdict has of these messages."""
        verdict = msgspec.json.decode(recorded)
        evidence = [one for one in (*verdict["flags"], *verdict["indicators"]) if self._is_of_them(one)]
        return {one.get("matched_text", "") for one in evidence} | {one.get("value", "") for one in evidence}

    def without(self, recorded: bytes) -> bytes:
        """The record without it; the same bytes where nothing of it is there."""
        whole = msgspec.json.decode(recorded)
        left = self._of(whole, "")
        return recorded if left == whole else msgspec.json.encode(left)

    def _of(self, value: Any, name: str) -> Any:
        if isinstance(value, str):
            return value if name in _OURS else self._text(value)
        if isinstance(value, list):
            if name == "asked" and value and value[0] in self.names:
                return None
            return [self._of(one, name) for one in value]
        if not isinstance(value, dict):
            return value
        if name == "leading" and self._is_theirs(value.get("dossier") or {}):
            return None
        if name == "dossiers":
            kept = {key: one for key, one in value.items() if key not in self.names and not self._is_theirs(one)}
            return {key: self._of(one, "dossier") for key, one in kept.items()}
        return self._fields(value)

    def _fields(self, value: Mapping[str, Any]) -> dict[str, Any]:
        left = {key: self._of(one, key) for key, one in value.items()}
        if self._is_of_them(value):
            left |= {key: "" for key in ("matched_text", "value", "text") if key in value}
        if self._is_theirs(value):
            left |= {key: "" for key in ("sender", "content", "text", "message_id") if key in value}
        for key in ("user_id", "sender_id"):
            if value.get(key) in self.names:
                left[key] = None
        if value.get("tails") and all(map(self._is_of_them, value["tails"])):
            left |= {"words": "", "claims": []}
        if "quotes" in value:
            left |= {key: empty for key, empty in _OPINIONS.items() if key in value}
        return left

    def _text(self, text: str) -> str:
        for value in self.values:
            if value in text:
                text = text.replace(value, masked(value))
        return text

    def _is_of_them(self, value: Mapping[str, Any]) -> bool:
        return value.get("message_index") in self.positions

    def _is_theirs(self, value: Mapping[str, Any]) -> bool:
        """Whether it is something they said, or the engine's dossier of them."""
        if value.get("sender") and value["sender"] in self.names:
            return True
        return bool(self.names) and any(self._is_of_them(tail) for tail in value.get("tails", ()))
