"""Other servers: a client that goes where it is told, and answers that are read within a bound."""

from __future__ import annotations

from typing import Any

import httpcore2
import httpx2


def client(**how: Any) -> httpx2.AsyncClient:
    """A client that goes where it is told, with these arguments of ``httpx2.AsyncClient``.

    The environment has no say in it: no proxy reads keys and messages on the way, and ``.netrc`` has no key of its own.
    Only whose certificates are trusted comes from there (``SSL_CERT_FILE``, ``SSL_CERT_DIR``).
    """
    return httpx2.AsyncClient(trust_env=False, verify=httpcore2.default_ssl_context(), **how)


async def read(response: httpx2.Response, most: int) -> bytes:
    """What was answered to a request that streams; nothing where it is more than ``most`` bytes."""
    parts: list[bytes] = []
    length = 0
    async for part in response.aiter_bytes():
        length += len(part)
        if length > most:
            return b""
        parts.append(part)
    return b"".join(parts)
