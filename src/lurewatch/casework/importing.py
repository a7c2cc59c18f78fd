"""Incidents of another system, taken over: a row a flag, each once, and pairs counted on from where they were.

Of a pair as many incidents are taken over as its rows show, and no fewer than the largest count that was told of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

from lurewatch.casework.keep import Keep
from lurewatch.casework.privacy import covers
from lurewatch.casework.screening.nouns import LONGEST_ID, folded
from lurewatch.casework.store import Store, importing
from lurewatch.engine.model import Conversation, Message
from lurewatch.engine.pipeline import Engine
from lurewatch.errors import InputError

_LONGEST_PATTERN = 64
_LONGEST_TEXT = 200
_MOST_READ = 2_000
"""What is cut off in the middle of a value is looked for in what went on."""
_HIGHEST = 2**31 - 1
_SAME_TIME = 60
"""Rows of one message were not written in the same instant: within the same minute they are one incident."""
_PAIRS = 500

Reduce = Callable[[str], str]
"""What is kept of a text."""


def reduced(engine: Callable[[], Engine], keep: Keep) -> Reduce:
    """What ``keep`` leaves of a flagged text; the engine, which tells what is in it, is asked for only if needed."""

    def reduce(text: str) -> str:
        if keep == "hash":
            return ""
        seen = engine().assess(Conversation((Message(text),))).indicators if keep == "masked" else ()
        return covers(text, seen, keep).kept(text)

    return reduce


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A row of the other system's table ``conversation_flags``; ``created_at`` is in seconds since the epoch."""

    issue_reference: str
    flagged_user: str
    user_type: str
    client_email: str
    advisor_email: str
    flagged_pattern: str
    flagged_text: str
    flag_count_for_pair: int
    warning_sent: bool
    admin_alerted: bool
    created_at: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows of some were written, and how many were there already, in the store or among themselves."""

    imported: int
    known: int


def check(row: FlagRow) -> None:
    """Raise InputError, which names the column, for a row that cannot be kept."""
    longest = {
        "issue_reference": LONGEST_ID,
        "flagged_user": LONGEST_ID,
        "client_email": LONGEST_ID,
        "advisor_email": LONGEST_ID,
        "flagged_pattern": _LONGEST_PATTERN,
    }
    for name, most in longest.items():
        if len(getattr(row, name)) > most:
            raise InputError(f"{name} has more than {most} characters")
    for name in (*longest, "flagged_text"):
        value = getattr(row, name)
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise InputError(f"{name} has a NUL character or is no UTF-8")
    if not row.flagged_pattern:
        raise InputError("flagged_pattern is empty: it does not say what was flagged")
    if not folded(row.client_email) and not folded(row.advisor_email):
        raise InputError("client_email and advisor_email are both empty: it does not say whose incident it was")
    if row.user_type not in ("client", "advisor"):
        raise InputError(f"user_type is {row.user_type!r}, and neither client nor advisor")
    if not 1 <= row.flag_count_for_pair <= _HIGHEST:
        raise InputError(f"flag_count_for_pair is {row.flag_count_for_pair}, and no count from 1 on")


async def take_over(
    store: Store, tenant: str, rows: Sequence[FlagRow], *, dry_run: bool = False, reduce: Reduce = lambda text: text
) -> Outcome:
    """Write rows that ``check`` has passed, in one transaction; ``dry_run`` only says what would be written.

    Of what was flagged is kept what ``reduce`` leaves (``reduced``). The counts of their pairs follow with ``count``.
    Raises StoreError.
    """
    by_origin = {_origin(row): row for row in rows}
    async with store.reading() if dry_run else store.writing() as connection:
        there = await importing.known(connection, tenant, by_origin)
        new = {origin: row for origin, row in by_origin.items() if origin not in there}
        if new and not dry_run:
            await importing.add(connection, [_kept(tenant, origin, row, reduce) for origin, row in new.items()])
    return Outcome(len(new), len(rows) - len(new))


async def count(store: Store, tenant: str, now: float) -> int:
    """Bring the counts of all pairs with imported rows up to date; how many pairs there are. Raises StoreError."""
    after, seen = ("", ""), 0
    while True:
        async with store.writing() as connection:
            found = await importing.pairs(connection, tenant, after, _PAIRS)
            counts = {
                (row["client_email"], row["advisor_email"]): max(row["highest"], row["incidents"]) for row in found
            }
            if not counts:
                return seen
            await importing.count(connection, tenant, counts, now)
        seen += len(counts)
        after = list(counts)[-1]


def _origin(row: FlagRow) -> str:
    """Names the incident and the row: the same in every run."""
    incident = (
        row.issue_reference,
        row.flagged_user,
        folded(row.client_email),
        folded(row.advisor_email),
        row.flag_count_for_pair,
        int(row.created_at // _SAME_TIME),
    )
    return _hash(incident)[: importing.INCIDENT] + _hash((*astuple(row)[:8], row.created_at))[: importing.INCIDENT]


def _hash(values: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()


def _kept(tenant: str, origin: str, row: FlagRow, reduce: Reduce) -> dict[str, object]:
    return {
        "tenant": tenant,
        "origin": origin,
        "issue_reference": row.issue_reference,
        "flagged_user": row.flagged_user,
        "user_type": row.user_type,
        "client_email": folded(row.client_email),
        "advisor_email": folded(row.advisor_email),
        "flagged_pattern": row.flagged_pattern,
        "flagged_text": reduce(row.flagged_text[:_MOST_READ])[:_LONGEST_TEXT],
        "flag_count_for_pair": row.flag_count_for_pair,
        "warning_sent": row.warning_sent,
        "admin_alerted": row.admin_alerted,
        "created_at": row.created_at,
    }
