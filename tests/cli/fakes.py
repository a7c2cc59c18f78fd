"""Verdicts made by hand, and an engine that judges by one word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lurewatch.engine.model import Conversation, Decision, Flag, Indicator, Part, Verdict, Versions
from lurewatch.engine.state import TACTICS
from lurewatch.errors import InputError

LURE = "otp"
MOST = 100


def verdict(text: str = "share the otp", *, record_id: str = "1", is_scam: bool = True, **changes: Any) -> Verdict:
    """A verdict with one flag and one indicator over the first word of the text."""
    end = len(text.split(" ", maxsplit=1)[0])
    values: dict[str, Any] = {
        "id": record_id,
        "scam_probability": 97.5 if is_scam else 2.5,
        "risk_level": "confirmed" if is_scam else "safe",
        "is_scam": is_scam,
        "scam_type": "banking_scam" if is_scam else "not_scam",
        "threat_level": "critical" if is_scam else "none",
        "breakdown": {"linguistic_score": 0.95},
        "tactics": dict.fromkeys(TACTICS, 0.0),
        "flags": (Flag("otp_request", "request", "otp_request", text[:end], 0, 0, end, 0.95),) if is_scam else (),
        "indicators": (Indicator("phone", "+16045550142", 0, 0, end, True),) if is_scam else (),
        "reasoning": "Sensitive data requests.",
        "first_flagged_turn": 1 if is_scam else None,
        "status": "complete",
        "versions": Versions("1", "p", "m", "c"),
        "message_count": 1,
        "type_certainty": 0.83 if is_scam else 0.0,
        "type_basis": "both" if is_scam else "none",
    }
    return Verdict(**{**values, **changes})


def split_flag(text: str) -> Flag:
    """A flag over two messages."""
    return Flag("phone_number", "direct_contact", "phone", text, 1, 0, 4, 0.5, (Part(0, 3, 9), Part(1, 0, 4)))


class WordEngine:
    """LURE makes a scam, ``whatsapp`` in the id a decision; ``boom`` breaks it; MOST characters are read."""

    def assess(self, conversation: Conversation) -> Verdict:
        text = " ".join(message.text for message in conversation.messages)
        if len(text) > MOST:
            raise InputError("the message is too long", pointer="/messages/0/text", limit=True)
        if "boom" in text:
            raise ZeroDivisionError("boom")
        return verdict(text, record_id=conversation.id, is_scam=LURE in text)

    def decide(self, found: Verdict) -> Sequence[Decision]:
        return (Decision("off_platform", "warning"),) if "whatsapp" in found.id else ()
