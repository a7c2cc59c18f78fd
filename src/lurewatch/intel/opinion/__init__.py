"""A language model's second opinion, from any OpenAI-compatible endpoint. It is asked here; the engine weighs it."""

from __future__ import annotations

from lurewatch.intel.opinion.consult import Opinions
from lurewatch.intel.opinion.model import Counters, OpinionConfig, Question, Words

__all__ = ["Counters", "OpinionConfig", "Opinions", "Question", "Words"]
