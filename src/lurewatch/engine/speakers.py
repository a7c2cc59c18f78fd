"""Who speaks, where a message names no sender.

Two things tell it, and what they do not tell stays unknown: a label of the pack's ``speakers.txt`` before a colon
("Caller: ..."), and words only the one who was asked would say, right after an ask. What a text says of its sender
never makes anybody innocent: it only keeps two people's words apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from lurewatch.engine.model import Message
from lurewatch.engine.packs.rule import ANSWER, Rule
from lurewatch.engine.reading import MessageReading
from lurewatch.engine.stages import ASK, LOSS
from lurewatch.engine.state import ConversationState

ANSWERING = "\x00answering"
"""The sender of what answers an unnamed sender's ask."""
_LONGEST_LABEL = 24


def named(
    state: ConversationState,
    message: Message,
    reading: MessageReading,
    labels: Collection[str],
    rules: Mapping[str, Rule],
) -> Message:
    """The message with the speaker it shows, when it names no sender; else as it is."""
    if message.sender:
        return message
    if shown := label(message.text, labels):
        return replace(message, sender=shown)
    return replace(message, sender=ANSWERING) if _answers(state, reading, rules) else message


def label(text: str, labels: Collection[str]) -> str:
    """The label that a text begins with, one of ``labels``; empty without one."""
    head, colon, _ = text[:_LONGEST_LABEL].replace("\uff1a", ":").partition(":")
    if not colon:
        return ""
    name = head.strip("[]()*_ \t\r\n").casefold()
    return name if name in labels else ""


def _answers(state: ConversationState, reading: MessageReading, rules: Mapping[str, Rule]) -> bool:
    """Whether the message before asked for something, unnamed, and this one answers and asks for nothing."""
    before = state.dossiers.get("")
    if not reading.marks or before is None or before.course.asked_at != state.message_count:
        return False
    matched = [rules[hit.rule] for hit in (*reading.hits, *reading.marks)]
    return not any(rule.stage == ASK for rule in matched) and any(
        rule.category == ANSWER or rule.stage == LOSS for rule in matched
    )
