"""The outgoing webhooks that the settings name, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lurewatch.casework.screening import DEFAULT_TENANT
from lurewatch.entrypoints.connectors import standard_webhooks
from lurewatch.entrypoints.connectors.pinned import Pinned, target
from lurewatch.entrypoints.connectors.webhooks import Endpoint, Webhook
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

_NAME = re.compile(r"[a-z0-9-]{1,20}")
_ACTIONS = ("warning", "escalation", "alert", "hand_off")
_MOST_SECRETS = 2


def webhooks(settings: Settings) -> tuple[Webhook, ...]:
    """One for each table of the setting ``webhooks``.

    Raises:
        SettingsError: with every problem, one a line; no message shows an address or a secret.
    """
    found: dict[str, Webhook] = {}
    problems: list[str] = []
    for number, table in enumerate(settings.webhooks, 1):
        try:
            endpoint = _endpoint(table)
            if endpoint.name in found:
                raise ValueError(f"the name {endpoint.name} is another one's. Write one of its own.")
            client = Pinned(allow_private=table.get("allow_private", False))
            found[endpoint.name] = Webhook(endpoint, client)
        except ValueError as error:
            problems.append(f"webhooks, number {number}, {error}")
    if problems:
        raise SettingsError("\n".join(problems))
    return tuple(found.values())


def _endpoint(table: Mapping[str, Any]) -> Endpoint:
    name = table["name"]
    if not _NAME.fullmatch(name):
        raise ValueError(f"name: {name[:40]!r} is none. Write up to 20 of a to z, 0 to 9 and -.")
    try:
        url = target(table["url"], allow_private=table.get("allow_private", False))
    except ValueError as error:
        raise ValueError(f"{name}, url: {error}") from None
    form = table.get("format", "standard")
    return Endpoint(
        name=name,
        url=url,
        tenant=table.get("tenant", DEFAULT_TENANT),
        actions=frozenset(table.get("actions", _ACTIONS)),
        format=form,
        keys=_keys(name, form, table),
        channels=frozenset(table.get("channels", ())),
    )


def _keys(name: str, form: str, table: Mapping[str, Any]) -> tuple[bytes, ...]:
    written, file = table.get("secret"), table.get("secret_file")
    if form == "slack":
        if written or file:
            raise ValueError(f"{name}, secret: a chat checks none, its address is the secret. Leave it out.")
        return ()
    if bool(written) == bool(file):
        raise ValueError(f"{name}: it needs secret or secret_file, one of the two. Write whsec_... as the secret.")
    secrets = tuple(written or ()) if file is None else _from_file(name, file)
    if not 1 <= len(secrets) <= _MOST_SECRETS:
        raise ValueError(f"{name}, secret: there are {len(secrets)}. Write one, or two while one takes over.")
    try:
        return tuple(standard_webhooks.key(secret) for secret in secrets)
    except ValueError as error:
        raise ValueError(f"{name}, secret: {error}") from None


def _from_file(name: str, file: Path) -> tuple[str, ...]:
    try:
        return tuple(file.read_text("utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}, secret_file: {file} cannot be read: {type(error).__name__}.") from None
