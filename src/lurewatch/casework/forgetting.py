"""What was recorded as JSON (verdicts, states, events), without what some messages or a person left in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from lurewatch.casework.acts import Act
from lurewatch.casework.privacy import masked
from lurewatch.casework.screening.nouns import folded, text_hash

_LONGEST = 1_000
"""A longer text is looked for as a whole: nothing that is recorded of others quotes so much."""
_START = 4
"""A shorter value is not looked for inside other texts: it would be found in anything."""
_KINDS = (
    "risk_level scam_type conversation_id verdict_id persona policy action type kind pattern category rule status role "
    "outcome intent threat_level type_basis primary_tactic traits incomplete failed pack engine model config id stage"
)
_OURS = frozenset(_KINDS.split())
"""Fields that hold our own words, and names of conversations."""
_OPINIONS = {"reasoning": "", "quotes": [], "risk_indicators": []}
"""What a language model wrote about a message."""


class _Piece(msgspec.Struct):
    message_index: int = -1
    matched_text: str = ""
    value: str = ""


class _Evidence(msgspec.Struct):
    flags: list[_Piece]
    indicators: list[_Piece]


class Values:
    """Texts, values and names, each masked wherever it stands in a text; the longest first, as one may hold another.

    However many there are, looking for them takes the time of going through the text once.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._wholes: set[str] = set()
        self._starts: dict[str, dict[int, set[str]]] = {}
        self.add(values)

    def add(self, values: Iterable[str]) -> None:
        """Look for these too; those that are too short to mean anything are left out."""
        for value in values:
            if len(value) > _LONGEST:
                self._wholes.add(text_hash(value))
            elif len(value) >= _START:
                self._starts.setdefault(value[:_START], {}).setdefault(len(value), set()).add(value)

    def masked_in(self, text: str) -> str:
        """The text with each of them masked."""
        if len(text) > _LONGEST and text_hash(text) in self._wholes:
            return masked(text)
        left, end = text, 0
        for at in range(len(text) - _START + 1):
            found = self._starts.get(text[at : at + _START], {})
            last = at + max((size for size in found if text[at : at + size] in found[size]), default=0)
            if last > end:
                start = max(at, end)
                left, end = left[:start] + masked(text[start:last]) + left[last:], last
        return left


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is to be forgotten of one conversation: messages at these positions, and whoever has one of these names.

    ``values`` are masked wherever they stand in a text.
    """

    positions: Collection[int]
    names: Collection[str] = ()
    values: Values = field(default_factory=Values)
    verdicts: Collection[str] = ()
    """Ids of the verdicts on these messages."""

    def told_by(self, recorded: bytes) -> dict[int, set[str]]:
        """The evidence that a recorded verdict has of these messages, by their positions."""
        verdict = msgspec.json.decode(recorded, type=_Evidence)
        told: dict[int, set[str]] = {}
        for one in (*verdict.flags, *verdict.indicators):
            if one.message_index in self.positions:
                told.setdefault(one.message_index, set()).update((one.matched_text, one.value))
        return told

    def without_act(self, recorded: bytes) -> bytes:
        """An act that is handed on, delivered or not, without it. What it tells the others to read stays."""
        act = msgspec.json.decode(recorded, type=Act)
        named = {folded(name) for name in self.names}
        is_theirs = act.verdict in self.verdicts or folded(act.sender) in named
        left = replace(
            act,
            text=self.values.masked_in(act.text),
            sender="" if is_theirs else act.sender,
            message_id="" if is_theirs else act.message_id,
            client_email="" if folded(act.client_email) in named else act.client_email,
            advisor_email="" if folded(act.advisor_email) in named else act.advisor_email,
            matched=() if is_theirs else tuple(map(self.values.masked_in, act.matched)),
        )
        return recorded if left == act else msgspec.json.encode(left)

    def without(self, recorded: bytes) -> bytes:
        """The record without it; the same bytes where nothing of it is there."""
        whole = msgspec.json.decode(recorded)
        left = self._of(whole, "")
        return recorded if left == whole else msgspec.json.encode(left)

    def without_dossier(self, sender: str, recorded: bytes) -> bytes | None:
        """What is left of a sender's dossier; None for nothing, the same bytes where nothing of it is there."""
        whole = {sender: msgspec.json.decode(recorded)}
        left = self._of(whole, "dossiers")
        if left == whole:
            return recorded
        return msgspec.json.encode(left[sender]) if sender in left else None

    def _of(self, value: Any, name: str) -> Any:
        if isinstance(value, str):
            return value if name in _OURS else self.values.masked_in(value)
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

    def _is_of_them(self, value: Mapping[str, Any]) -> bool:
        return value.get("message_index") in self.positions

    def _is_theirs(self, value: Mapping[str, Any]) -> bool:
        """Whether it is something they said, or the engine's dossier of them."""
        if value.get("sender") and value["sender"] in self.names:
            return True
        return bool(self.names) and any(self._is_of_them(tail) for tail in value.get("tails", ()))
