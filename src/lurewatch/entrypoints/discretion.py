"""Logs without what people wrote: of an unexpected error, where it was raised and its kind, never its own words."""

from __future__ import annotations

import logging
import re
import traceback

_LOGGERS = ("lurewatch", "uvicorn.error", "uvicorn.access", "asyncio")
# Must match the "/ann%40example.org?limit=2" of "/v1/subjects/ann%40example.org?limit=2", and the
# "?conversation_id=ann" of "/stats?conversation_id=ann".
_NAMED = re.compile(r"(?<=/v1/subjects)/.*|(?<=/v1/conversations)/.*|\?.*")


class _Discreet(logging.Filter):
    """Lets every record pass, without the message of its exception and without ids in the address of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            record.exc_info, record.exc_text = None, shown(error)
        if record.name == "uvicorn.access" and isinstance(record.args, tuple):
            record.args = tuple(_NAMED.sub("/...", one) if isinstance(one, str) else one for one in record.args)
        return True


_DISCREET = _Discreet()


def keep_logs_discreet() -> None:
    """From now on no log of this process has the words of an unexpected error: they may be somebody's message."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_DISCREET)
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)  # below, it tells every value of every statement


def shown(error: BaseException) -> str:
    """Where an error was raised, and what it came of, by kinds alone."""
    lines: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        lines.append(f"{type(one).__module__}.{type(one).__qualname__} (its message is not logged)")
        lines += (
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(one.__traceback__)
        )
        one = one.__cause__ or one.__context__
        if one is not None:
            lines.append("after")
    return "\n".join(lines)
