"""Ways to pay. Traits: ``peer, upi, wire, cash, gift_card, crypto`` (the table's kinds) and ``deep_link``."""

from __future__ import annotations

from lurewatch.engine.signals import mention

KIND = mention.kind("payment_app", lambda tables: tables.payment_apps)
