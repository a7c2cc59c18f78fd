"""What of a verdict on a conversation is of one message, and which policies may have to do with it."""

from __future__ import annotations

from dataclasses import replace

from lurewatch.engine.model import Verdict
from lurewatch.engine.policies import brand_watch, off_platform


def of_message(verdict: Verdict, position: int) -> Verdict:
    """The verdict with the evidence of one message alone: what policies are to count anew."""
    return replace(
        verdict,
        flags=tuple(flag for flag in verdict.flags if flag.message_index == position),
        indicators=tuple(one for one in verdict.indicators if one.message_index == position),
    )


def has_contact(verdict: Verdict, position: int) -> bool:
    """Whether the message may count for its pair."""
    return any(flag.pattern in off_platform.PATTERNS and flag.message_index == position for flag in verdict.flags)


def may_alert(verdict: Verdict, position: int) -> bool:
    """Whether the message may raise an alert that keeps a cool-down."""
    return any(one.type == "brand" and one.message_index == position for one in verdict.indicators) or any(
        flag.category in brand_watch.CATEGORIES and flag.message_index == position for flag in verdict.flags
    )
