"""What a connector makes of a webhook."""

from __future__ import annotations

from dataclasses import dataclass

from lurewatch.casework.screening.nouns import Incoming


@dataclass(frozen=True, slots=True)
class Received:
    """A message to be screened, and what is said about it.

    ``quoted`` is what was left out of a mail as a quotation: what of it nobody said before is screened all the same.
    ``allowed_emails`` and ``allowed_phones`` may be shared in this message. ``sender_name`` is what people see.
    """

    incoming: Incoming
    quoted: str = ""
    allowed_emails: tuple[str, ...] = ()
    allowed_phones: tuple[str, ...] = ()
    sender_name: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """A conversation goes on under another id: ``before`` and ``after`` are the same conversation."""

    tenant: str
    channel: str
    before: str
    after: str
