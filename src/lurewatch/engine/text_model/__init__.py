"""The text model: a linear scorer over hashed n-grams of what was meant to be read.

It says how much a message sounds like a lure rather than like an honest message, whatever the rules know of it, and
how much of its wording the model has met. ``lurewatch train`` makes it; here it is only read and asked.
"""

from __future__ import annotations

from lurewatch.engine.text_model.grams import buckets, share
from lurewatch.engine.text_model.scorer import MOST_BYTES, TextModel, Wording, dump, parse
from lurewatch.engine.text_model.wording import wording

__all__ = ["MOST_BYTES", "TextModel", "Wording", "buckets", "dump", "parse", "share", "wording"]
