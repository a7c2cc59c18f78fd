"""Lurewatch reads conversations and tells, with evidence, when somebody is being lured.

from lurewatch import Conversation, Message, load_engine

engine = load_engine()
verdict = engine.assess(Conversation((Message("Share your OTP to verify your account"),)))
"""

from __future__ import annotations

from lurewatch.engine.model import Conversation, Message, SenderMetadata, Verdict
from lurewatch.engine.pipeline import Engine, EngineConfig
from lurewatch.entrypoints.packs_on_disk import load_engine
from lurewatch.errors import LurewatchError
from lurewatch.version import __version__

__all__ = [
    "Conversation",
    "Engine",
    "EngineConfig",
    "LurewatchError",
    "Message",
    "SenderMetadata",
    "Verdict",
    "__version__",
    "load_engine",
]
