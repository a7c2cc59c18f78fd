"""What may be screened: everything about a message that no store could keep is found here, before anything is written.

Pointers of errors are into ``Incoming``. Texts are never refused for the characters in them: nobody gets past screening
by sending one that a database cannot hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from lurewatch.casework.screening.nouns import LONGEST_ID, Incoming, folded
from lurewatch.engine.model import Message, Role
from lurewatch.errors import InputError

LONGEST_NAME = 64
_NUL_SHOWN_AS = "\u200b"
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_ROLES = get_args(Role)
_SENDER_TYPES = ("client", "advisor")
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799
"""The years 1 to 9999: what timestamps can say."""


def admit(incoming: Incoming, most_characters: int) -> Incoming:
    """The message as it is screened and kept, with as many characters in its text as were sent.

    What has no bytes in UTF-8 (half of a surrogate pair) is read as U+FFFD. NUL, which PostgreSQL cannot hold, is read
    as a space without width: it is as little seen, and a word that it was put into is still found.

    Raises:
        InputError: an id or a name is too long or has characters that cannot be kept, the text is longer than
            ``most_characters``, a number is not finite, or a role is none.
    """
    for pointer, value, longest in _names(incoming):
        _check_name(pointer, value, longest)
    message, metadata = incoming.message, incoming.sender_metadata
    _check_message(message, most_characters)
    _check_choice("/sender_type", incoming.sender_type, _SENDER_TYPES)
    if metadata.account_age_days is not None and not math.isfinite(metadata.account_age_days):
        raise InputError(
            "the age of the account is not a finite number of days. Leave it out where it is not known",
            pointer="/sender_metadata/account_age_days",
        )
    text, sender = _kept(message.text), _kept(message.sender)
    quoted = _kept(incoming.quoted)
    if text is message.text and sender is message.sender and quoted is incoming.quoted:
        return incoming
    return replace(incoming, message=replace(message, text=text, sender=sender), quoted=quoted)


def _names(incoming: Incoming) -> Iterator[tuple[str, str, int]]:
    """What rows are found by: where it is, what it is, and how long it may be."""
    metadata = incoming.sender_metadata
    yield "/tenant", incoming.tenant, LONGEST_NAME
    yield "/channel", incoming.channel, LONGEST_NAME
    yield "/conversation_id", incoming.conversation_id, LONGEST_ID
    yield "/message/message_id", incoming.message.message_id, LONGEST_ID
    yield "/client", folded(incoming.client), LONGEST_ID
    yield "/advisor", folded(incoming.advisor), LONGEST_ID
    yield "/language", incoming.language, LONGEST_NAME
    yield "/idempotency_key", incoming.idempotency_key, LONGEST_ID
    yield "/sender_metadata/user_id", metadata.user_id or "", LONGEST_ID
    yield "/sender_metadata/verification_status", metadata.verification_status or "", LONGEST_ID


def _check_name(pointer: str, value: str, longest: int) -> None:
    if len(value) > longest:
        raise InputError(
            f"{_last(pointer)} has {len(value)} characters; at most {longest} are kept. Send a shorter one, such as a "
            "hash of it",
            pointer=pointer,
            limit=True,
        )
    if _UNKEEPABLE.search(value):
        raise InputError(
            f"{_last(pointer)} has a NUL character or half of a surrogate pair in it, which cannot be kept and would "
            "make two of them look the same. Send it without",
            pointer=pointer,
        )


def _check_message(message: Message, most_characters: int) -> None:
    if len(message.text) > most_characters:
        raise InputError(
            f"the text has {len(message.text)} characters; at most {most_characters} are read. Shorten it, or raise "
            "the limit max_characters",
            pointer="/message/text",
            limit=True,
        )
    if len(message.sender) > LONGEST_ID:
        raise InputError(
            f"the sender has {len(message.sender)} characters; at most {LONGEST_ID} are kept. Send an id or an "
            "address of the sender",
            pointer="/message/sender",
            limit=True,
        )
    _check_choice("/message/role", message.role, _ROLES)
    if message.timestamp is not None and not _EARLIEST <= message.timestamp <= _LATEST:
        raise InputError(
            "the time of the message is not a number of seconds since 1970 within the years 1 to 9999. Are these "
            "milliseconds? Leave it out where it is not known",
            pointer="/message/timestamp",
        )


def _check_choice(pointer: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InputError(f"{_last(pointer)} is none of {', '.join(choices)}. Send one of these", pointer=pointer)


def _last(pointer: str) -> str:
    return pointer.rpartition("/")[2]


def _kept(text: str) -> str:
    if text.isascii() and "\x00" not in text:
        return text
    return _SURROGATE.sub("\ufffd", text.replace("\x00", _NUL_SHOWN_AS))
