"""Hand a confirmed scam to the systems that take it from here, once a conversation (spec: risk engine)."""

from __future__ import annotations

from lurewatch.engine.model import Decision, Memory, Verdict


def decide(verdict: Verdict, memory: Memory) -> Decision:
    """``hand_off`` at level confirmed unless it has been handed off before, else ``none``."""
    if verdict.risk_level != "confirmed" or memory.handed_off:
        return Decision("handoff", "none")
    return Decision(
        "handoff",
        "hand_off",
        type="SCAM_CONFIRMED",
        score=verdict.scam_probability,
        detail={"scam_type": verdict.scam_type, "recommended_action": "honeypot_engagement"},
    )
