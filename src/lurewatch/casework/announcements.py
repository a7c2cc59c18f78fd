"""What other systems are told: the payloads of the published events (spec: risk engine)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lurewatch.casework.bus.messages import ScamConfirmedMessage, ScamDetectionResultMessage
from lurewatch.engine.model import Verdict
from lurewatch.engine.packs.pack import Pack

_PERSONA = "elderly_excited"
"""Who is to answer where the pack does not know the type of scam."""


def detection_result(
    conversation_id: str, verdict: Verdict, verdict_id: str, sender_id: str | None
) -> ScamDetectionResultMessage:
    """What was believed after one more message."""
    return ScamDetectionResultMessage(
        conversation_id=conversation_id,
        verdict_id=verdict_id,
        scam_probability=verdict.scam_probability,
        risk_level=verdict.risk_level,
        is_scam=verdict.is_scam,
        scam_type=verdict.scam_type,
        metadata={"sender_id": sender_id, "message_count": verdict.message_count},
    )


def scam_confirmed(
    conversation_id: str,
    verdict: Verdict,
    pack: Pack,
    metadata: Mapping[str, Any],
    conversation: Sequence[Mapping[str, Any]],
) -> ScamConfirmedMessage:
    """The hand-off, with the conversation so far for whoever takes it from here."""
    persona = next((kind.persona for kind in pack.scam_types if kind.id == verdict.scam_type), _PERSONA)
    return ScamConfirmedMessage(
        conversation_id=conversation_id,
        scam_probability=verdict.scam_probability,
        risk_level=verdict.risk_level,
        scam_type=verdict.scam_type,
        metadata={
            **metadata,
            "persona": persona,
            "indicators": [{"type": one.type, "value": one.value} for one in verdict.indicators],
            "conversation": list(conversation),
        },
    )
