"""What is there: one module a kind of signal, all of them in ``KINDS``."""

from __future__ import annotations

from lurewatch.engine.signals import (
    bank_account,
    brand,
    card,
    claim,
    date,
    email,
    handle,
    iban,
    india,
    link,
    messenger,
    money,
    payment,
    phone,
    wallet,
)
from lurewatch.engine.signals.kind import MOST, Kind, Sighting

__all__ = ["KINDS", "MOST", "Kind", "Sighting"]

KINDS: tuple[Kind, ...] = (
    phone.KIND,
    email.KIND,
    link.KIND,
    handle.KIND,
    messenger.KIND,
    payment.KIND,
    card.KIND,
    iban.KIND,
    bank_account.KIND,
    india.KIND,
    wallet.KIND,
    money.KIND,
    brand.KIND,
    date.KIND,
    claim.KIND,
)
"""Every kind; the first names a reader looks at when it wonders what the engine can see."""
