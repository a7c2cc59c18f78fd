"""Is this installation fit to work? One small function a check, in the order in which one would look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lurewatch.entrypoints.app import build_engine, build_opinions
from lurewatch.entrypoints.settings import SETTINGS, Settings
from lurewatch.errors import LurewatchError


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one check found: whether it is well, what was seen, and what to do where it is not."""

    check: str
    well: bool
    seen: str
    remedy: str = ""


def configuration(settings: Settings) -> Diagnosis:
    """Where the settings come from, and whether what they switch on has what it needs."""
    changed = sum(settings.source(setting.name) != "default" for setting in SETTINGS)
    seen = f"{changed} of {len(SETTINGS)} settings changed, configuration file: {settings.file or 'none'}"
    try:
        build_opinions(settings)
    except LurewatchError as error:
        return Diagnosis("configuration", False, str(error), "`lurewatch config show` says where each value is from.")
    return Diagnosis("configuration", True, seen)


def packs(settings: Settings) -> Diagnosis:
    """Whether the rule packs, the thresholds and plug-in detectors make an engine."""
    try:
        engine = build_engine(settings)
    except LurewatchError as error:
        return Diagnosis("packs", False, str(error), "`lurewatch rules lint` checks a pack.")
    return Diagnosis("packs", True, f"{len(engine.pack.rules)} rules, pack {engine.versions.pack}")


def second_opinion(settings: Settings) -> Diagnosis:
    """Whether the configured model answers a small question as it should."""
    try:
        opinions = build_opinions(settings)
    except LurewatchError:
        return Diagnosis("second opinion", False, "not tried: the configuration is not complete")
    if opinions is None:
        return Diagnosis("second opinion", True, "switched off")
    from lurewatch.intel.opinion.failure import Failure  # noqa: PLC0415 - most have no use for these
    from lurewatch.intel.opinion.trial import tried  # noqa: PLC0415

    try:
        seconds = asyncio.run(tried(opinions.config))
    except Failure as failure:
        return Diagnosis("second opinion", False, f"{settings.llm_base_url}: {failure}", _REMEDIES[failure.kind])
    return Diagnosis("second opinion", True, f"{settings.llm_model} answered as asked, in {seconds:.1f} s")


_ANSWERS = "Choose a model that follows a JSON schema; see docs/second-opinion.md."
_REMEDIES = {
    "unreachable": "Is the server running, and is llm.base_url (host, port) right?",
    "timeout": "Wait until the model is loaded, choose a smaller one, or raise llm.timeout.",
    "unauthorised": "Check llm.api_key (LUREWATCH_LLM_API_KEY).",
    "not_found": "Check llm.model, and that llm.base_url ends as your server wants it, mostly in /v1.",
    "busy": "The endpoint limits how often it is asked: wait, raise your quota there, or lower llm.budget.",
    "failing": "The fault lies with the endpoint: look at its log.",
    "rejected": "The endpoint refuses this kind of request: look at its log for the parameter it does not know.",
    "not_json": "Check llm.base_url: it must be the one of chat completions, mostly ending in /v1.",
    "oversized": "Check llm.base_url: a chat completion is never so large.",
    "truncated": "Raise llm.max_tokens: a reasoning model thinks before it answers.",
    "refusal": _ANSWERS,
    "invalid": _ANSWERS,
    "unfounded": _ANSWERS,
}
CHECKS: tuple[Callable[[Settings], Diagnosis], ...] = (configuration, packs, second_opinion)


def examine(settings: Settings) -> Iterator[Diagnosis]:
    """What each check finds, one after the other."""
    return (check(settings) for check in CHECKS)
