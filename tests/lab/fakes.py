"""An engine that believes what a message says of itself."""

from __future__ import annotations

from lurewatch.engine.model import Conversation, Flag, Verdict, Versions
from lurewatch.errors import InputError


class Credulous:
    """Takes a conversation with the word `lure` for a scam, flags the word `odd`, refuses the word `refuse`."""

    def assess(self, conversation: Conversation) -> Verdict:
        """A verdict on the words."""
        text = "\n".join(message.text for message in conversation.messages)
        if "refuse" in text:
            raise InputError("refused")
        found = "lure" in text
        flags = (Flag("odd", "invented", "odd", "odd", 0, 0, 3),) if "odd" in text else ()
        return Verdict(
            id=conversation.id,
            scam_probability=90.0 if found else 10.0,
            risk_level="confirmed" if found else "safe",
            is_scam=found,
            scam_type="invented" if found else "unknown",
            threat_level="none",
            breakdown={},
            tactics={"urgency": 0.5 if found else 0.0},
            flags=flags,
            indicators=(),
            reasoning="",
            first_flagged_turn=1 if found else None,
            status="complete",
            versions=Versions("1", "1", "1", "1"),
            message_count=len(conversation.messages),
        )
