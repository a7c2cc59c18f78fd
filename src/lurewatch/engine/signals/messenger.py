"""Messaging applications, by name in context and by link. Trait: ``deep_link``."""

from __future__ import annotations

from lurewatch.engine.signals import mention

KIND = mention.kind("messaging_app", lambda tables: tables.messaging_apps)
