"""What a setting is: a field with its place in the file, its names, its help, and how its values are checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from lurewatch.engine.policies import POLICIES
from lurewatch.entrypoints.values import Kind

ACTIONS = ("warning", "escalation", "alert", "notice", "log", "hand_off")
"""What a policy may ask for, besides nothing."""
_SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""Nothing else: not a space, not a letter with an accent."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of one field: its place in the file, how it is read, what it is for, and its other names.

    A secret has no flag: everybody on a machine can see the flags of a process.
    """

    name: str
    key: str
    kind: Kind
    help: str
    default: Any
    variables: tuple[str, ...]
    flag: str
    secret: bool


def setting(
    default: Any, key: str, kind: Kind, help_text: str, *, variables: tuple[str, ...] = (), flag: str = "", **more: bool
) -> Any:
    """A field. ``variables`` are names in the environment instead of (first) or besides ``LUREWATCH_<NAME>``."""
    return field(
        default=default,
        repr=not more.get("secret", False),
        metadata={"key": key, "kind": kind, "help": help_text, "variables": variables, "flag": flag, **more},
    )


def region(text: str) -> str:
    """A region by its two letters, in capitals; raises ValueError."""
    if text.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"no region is called {text!r}. Write two letters, such as US, GB or IN.")
    return text.upper()


def policy(text: str) -> str:
    """A policy by its name; raises ValueError."""
    if text not in POLICIES:
        raise ValueError(f"no policy is called {text!r}. There are: {', '.join(POLICIES)}.")
    return text


def action(text: str) -> str:
    """What a policy may ask for, by its name; raises ValueError."""
    if text not in ACTIONS:
        raise ValueError(f"no action is called {text!r}. There are: {', '.join(ACTIONS)}.")
    return text


def number(text: str) -> str:
    """A whole number, written out; raises ValueError."""
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 18):
        raise ValueError(f"{text!r} is no id. Write a whole number, such as -1001234567890.")
    return text


def secret_token(text: str) -> str:
    """A secret_token as Telegram's setWebhook takes it; raises ValueError, which does not hold it."""
    if not _SECRET_TOKEN.fullmatch(text):
        raise ValueError("Telegram takes no such secret_token. Write 1 to 256 of A-Z, a-z, 0-9, _ and -.")
    return text


def brand(text: str) -> str:
    """The name of a brand in lower case; raises ValueError."""
    if not 2 <= len(text) <= 60 or set(text) & set("|#*\n"):
        raise ValueError(f"{text!r} is no brand. Write a name of 2 to 60 characters without | # and *.")
    return text.lower()
