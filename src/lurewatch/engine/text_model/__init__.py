"""The text model: a linear scorer over hashed n-grams of what was meant to be read.

It says how much a message sounds like a lure rather than like an honest message, whatever the rules know of it, and
how much of its wording the model has met. Beside it the type model says of a lure what it lures into. ``lurewatch
train`` makes both; here they are only read and asked.
"""

from __future__ import annotations

from lurewatch.engine.text_model.grams import buckets, share
from lurewatch.engine.text_model.scorer import TextModel, Wording, dump, parse
from lurewatch.engine.text_model.second import SecondReading
from lurewatch.engine.text_model.type_scorer import TypeModel
from lurewatch.engine.text_model.weight_file import MOST_BYTES
from lurewatch.engine.text_model.wording import wording

__all__ = [
    "MOST_BYTES",
    "SecondReading",
    "TextModel",
    "TypeModel",
    "Wording",
    "buckets",
    "dump",
    "parse",
    "share",
    "wording",
]
