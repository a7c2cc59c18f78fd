"""Messages and their senders from JSON fields; every error points to the field (RFC 6901)."""

from __future__ import annotations

import datetime
import math
from typing import Any, get_args

from lurewatch.engine.model import Message, Role, SenderMetadata
from lurewatch.errors import InputError

_ROLES: dict[str, Role] = {role: role for role in get_args(Role)}
_MILLISECONDS_FROM = 1e11
"""Larger times are in milliseconds: as seconds they would lie beyond the year 5138."""
_EARLIEST, _LATEST = -62_135_596_800.0, 253_402_300_800.0
"""The years 1 to 9999."""


def message(fields: object, pointer: str, names: tuple[str, str] = ("content", "text")) -> Message:
    """A message; its text stands under the first of ``names`` that is there. ``pointer`` is where the fields are."""
    if not isinstance(fields, dict):
        raise InputError("a message is an object", pointer=pointer)
    text = fields.get(names[0])
    if text is None:
        text = fields.get(names[1])
    if not isinstance(text, str):
        what = "is missing" if text is None else "is not a text"
        raise InputError(f"{names[0]} {what}", pointer=f"{pointer}/{names[0]}")
    role = fields.get("role")
    if role is None:
        role = "unknown"
    elif not isinstance(role, str) or role not in _ROLES:
        raise InputError(f"the role is not one of {', '.join(_ROLES)}", pointer=f"{pointer}/role")
    return Message(
        text,
        identity(fields, "sender", pointer),
        _ROLES[role],
        moment(fields.get("timestamp"), f"{pointer}/timestamp"),
        identity(fields, "message_id", pointer),
    )


def identity(fields: dict[str, Any], name: str, pointer: str) -> str:
    """A text or a whole number as text; empty when it is not there."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{name} is neither a text nor a whole number", pointer=f"{pointer}/{name}")
    return value if isinstance(value, str) else str(value)


def moment(value: object, pointer: str) -> float | None:
    """Seconds since the epoch from ISO 8601 (without a zone: UTC) or a number (from 1e11 on: milliseconds)."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            read = datetime.datetime.fromisoformat(value.strip())
        except ValueError:
            raise InputError(
                "the time is not ISO 8601, such as 2026-01-31T10:30:00Z, nor a number of seconds", pointer=pointer
            ) from None
        return (read if read.tzinfo else read.replace(tzinfo=datetime.UTC)).timestamp()
    seconds = _number(value)
    if seconds is None:
        raise InputError("the time is neither a text nor a finite number", pointer=pointer)
    seconds = seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds
    if not _EARLIEST <= seconds < _LATEST:
        raise InputError("the time is not in the years 1 to 9999", pointer=pointer)
    return seconds


def sender_metadata(fields: object, pointer: str) -> SenderMetadata:
    """What is known of the suspect's account; null and an empty object say nothing."""
    if fields is None:
        return SenderMetadata()
    if not isinstance(fields, dict):
        raise InputError("sender_metadata is an object", pointer=pointer)
    age = _number(fields.get("account_age_days"))
    if fields.get("account_age_days") is not None and (age is None or age < 0):
        raise InputError("account_age_days is not a number from 0 on", pointer=f"{pointer}/account_age_days")
    return SenderMetadata(
        identity(fields, "user_id", pointer) or None,
        age,
        identity(fields, "verification_status", pointer) or None,
    )


def _number(value: object) -> float | None:
    """A finite number; None for anything else, truth values and integers beyond any float included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
