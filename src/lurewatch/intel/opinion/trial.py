"""One small real request, past cache and guards: does this endpoint answer as it should?"""

from __future__ import annotations

import asyncio
import secrets
import time

from lurewatch.engine.packs.taxonomy import ScamType
from lurewatch.intel.opinion import prompt, reply
from lurewatch.intel.opinion.endpoint import Endpoint
from lurewatch.intel.opinion.failure import Failure
from lurewatch.intel.opinion.model import OpinionConfig

_MESSAGE = "See you at the station at five, I will bring the umbrella."
_TYPES = (ScamType("banking_scam", "critical", "Banking Fraud", "worried_customer", "Fake bank verification requests"),)


async def tried(config: OpinionConfig) -> float:
    """How many seconds a good answer took.

    Raises:
        Failure: there was none.
    """
    endpoint, before = Endpoint(config), time.monotonic()
    try:
        async with asyncio.timeout(config.timeout):
            completion = await endpoint.complete(
                prompt.instructions(_TYPES),
                prompt.fenced([("S1", _MESSAGE)], secrets.token_hex(8)),
                prompt.schema(_TYPES),
            )
    except TimeoutError:
        raise Failure("timeout", f"no answer within {config.timeout:g} s") from None
    finally:
        await endpoint.close()
    reply.read(completion, _TYPES, [_MESSAGE])
    return time.monotonic() - before
