"""Who sent it: signatures and tokens, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal

from lurewatch.errors import SettingsError, SignatureError

Encoding = Literal["base64", "hex"]


def needed(secret: str, key: str) -> None:
    """Raises SettingsError where there is no secret: without one anybody could write to us."""
    if not secret:
        raise SettingsError(f"{key} is empty. Set the same secret here and on the other side")


def check_token(headers: Mapping[str, str], name: str, secret: str) -> None:
    """Raises SignatureError unless the header ``name`` (any case) is the secret itself."""
    _compare(_header(headers, name), secret, name)


def check_body(
    body: bytes, headers: Mapping[str, str], name: str, secret: str, *, encoding: Encoding, prefix: str = ""
) -> None:
    """Raises SignatureError unless the header ``name`` (any case) is ``prefix`` and the HMAC-SHA256 of the raw body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    text = base64.b64encode(digest).decode() if encoding == "base64" else digest.hex()
    _compare(_header(headers, name), prefix + text, name)


def _header(headers: Mapping[str, str], name: str) -> str:
    wanted = name.lower()
    for key, value in headers.items():
        if key.lower() == wanted:
            return value.strip()
    raise SignatureError(
        f"the header {name} is missing. Set the secret on the other side, so that it signs what it sends"
    )


def _compare(given: str, expected: str, name: str) -> None:
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode()):
        raise SignatureError(
            f"the header {name} does not fit the body and the secret. Set the same secret on both sides"
        )
