"""Answers of other servers, read within a bound."""

from __future__ import annotations

import httpx2


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
