"""A model's answer becomes an opinion, or is discarded: what it says is foreign text until it is checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import orjson

from lurewatch.engine.opinion import Opinion
from lurewatch.engine.packs.taxonomy import THREAT_LEVELS, ScamType
from lurewatch.intel.opinion import prompt
from lurewatch.intel.opinion.failure import Failure
from lurewatch.intel.opinion.model import Completion

_LONGEST_SLUG = 50
_INNOCENT = frozenset({"non_scam", "safe", "legit", "not_scam"})
_MOST_ITEMS = 12
_SHORTEST_ASCII, _SHORTEST = 3, 2
"""The fewest letters and digits of a quote."""
_MOST_SHOWN = 600


def read(completion: Completion, scam_types: Sequence[ScamType], texts: Sequence[str]) -> Opinion:
    """The opinion in an answer to these (masked) texts; its ``outcome`` is ``agree`` until it is compared.

    Raises:
        Failure: it was cut off or refused, is no JSON and no known slug, breaks the schema, or quotes what is not in
            the texts.
    """
    if completion.finish == "length":
        raise Failure("truncated", "the answer was cut off: llm.max_tokens is too small for this model's thoughts")
    if completion.refused or completion.finish == "content_filter":
        raise Failure("refusal", "the model refused to answer")
    content = _bare(completion.content)
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        answer = content
    if isinstance(answer, str):
        return _repaired(answer, scam_types)
    if not isinstance(answer, dict):
        raise Failure("invalid", "the answer is no JSON object")
    return _checked(answer, scam_types, texts)


def _bare(content: str) -> str:
    """The answer without thoughts before it and a Markdown fence around it, as local models write them."""
    content = content.strip()
    if content.startswith("<think>") and "</think>" in content:
        content = content.split("</think>", 1)[1].strip()
    if content.startswith("```") and content.endswith("```") and "\n" in content:
        content = content.split("\n", 1)[1].removesuffix("```").strip()
    return content


def _repaired(text: str, scam_types: Sequence[ScamType]) -> Opinion:
    slug = text.strip().lower()
    if len(slug) <= _LONGEST_SLUG and (slug in _INNOCENT or slug in prompt.names(scam_types)):
        return Opinion(
            "agree",
            is_scam=slug not in _INNOCENT,
            scam_type="not_scam" if slug in _INNOCENT else slug,
            confidence=0.9,
            threat_level="medium",
            risk_indicators=("String-only LLM output",),
        )
    raise Failure("invalid", "the answer is neither JSON nor a scam type")


def _checked(answer: dict[str, Any], scam_types: Sequence[ScamType], texts: Sequence[str]) -> Opinion:
    missing = [name for name in prompt.REQUIRED if name not in answer]
    if missing:
        raise Failure("invalid", f"the answer lacks {', '.join(missing)}")
    is_scam, confidence = answer["is_scam"], answer["confidence"]
    _hold("is_scam", isinstance(is_scam, bool))
    _hold("confidence", isinstance(confidence, int | float) and not isinstance(confidence, bool))
    _hold("confidence", math.isfinite(confidence) and 0 <= confidence <= 1)
    _hold("scam_type", answer["scam_type"] in prompt.names(scam_types) or not is_scam)
    _hold("threat_level", answer["threat_level"] in THREAT_LEVELS)
    _hold("reasoning", isinstance(answer["reasoning"], str))
    intent = answer.get("intent") or "unknown"
    _hold("intent", isinstance(intent, str))
    quotes = _texts(answer, "quotes")
    haystacks = [_plain(text) for text in texts]
    for quote in quotes:
        wanted = _plain(quote)
        if not _says_something(wanted) or not any(wanted in text for text in haystacks):
            raise Failure("unfounded", "the answer quotes words that are not in the message")
    return Opinion(
        "agree",
        is_scam=is_scam,
        scam_type=answer["scam_type"] if is_scam else "not_scam",
        confidence=float(confidence),
        threat_level=answer["threat_level"],
        intent=intent[:_MOST_SHOWN],
        risk_indicators=tuple(_shown(_texts(answer, "risk_indicators"))),
        reasoning=answer["reasoning"][:_MOST_SHOWN],
        quotes=tuple(_shown(quotes)),
    )


def _hold(name: str, fits: bool) -> None:
    if not fits:
        raise Failure("invalid", f"{name} in the answer is not what the schema asks for")


def _texts(answer: dict[str, Any], name: str) -> list[str]:
    value = answer.get(name) or []
    _hold(name, isinstance(value, list) and all(isinstance(item, str) for item in value))
    return list(dict.fromkeys(value))


def _shown(texts: Sequence[str]) -> list[str]:
    return [text[:_MOST_SHOWN] for text in texts[:_MOST_ITEMS]]


def _says_something(quote: str) -> bool:
    """Whether it can be evidence: a letter or two stand in every message; in other scripts two may be a word."""
    signs = sum(char.isalnum() for char in quote)
    return signs >= (_SHORTEST_ASCII if quote.isascii() else _SHORTEST)


def _plain(text: str) -> str:
    """Letters and signs without case, white space as single spaces: models tidy both when they quote."""
    return " ".join(text.casefold().split())
