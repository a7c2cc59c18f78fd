"""What is on this machine, and the language model it may ask: configuration, packs, text model, second opinion."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

from lurewatch.entrypoints.app import build_engine, build_opinions
from lurewatch.entrypoints.doctor.diagnosis import Diagnosis, Findings
from lurewatch.entrypoints.settings import SETTINGS, Settings
from lurewatch.errors import LurewatchError

_ADDRESSES = ("store", "bus_url")


async def configuration(settings: Settings) -> Findings:
    """Where the settings come from, whether what they switch on has what it needs, and who else can read secrets."""
    return Findings((_settings(settings), *_secrets(settings)))


def _settings(settings: Settings) -> Diagnosis:
    changed = sum(settings.source(setting.name) != "default" for setting in SETTINGS)
    seen = f"{changed} of {len(SETTINGS)} settings changed, configuration file: {settings.file or 'none'}"
    try:
        build_opinions(settings)
    except LurewatchError as error:
        return Diagnosis("configuration", "fail", str(error), "`lurewatch config show` says where each value is from.")
    return Diagnosis("configuration", "ok", seen)


def _secrets(settings: Settings) -> tuple[Diagnosis, ...]:
    """Whether others on this machine can read the file, where it holds secrets."""
    written = [one for one in SETTINGS if one.secret and settings.source(one.name) == f"file {settings.file}"]
    kept = [one.key for one in written if _is_secret(one.name, getattr(settings, one.name))]
    if not kept or settings.file is None:
        return ()
    mode = _mode(settings.file)
    if os.name == "nt" or not mode & (stat.S_IRGRP | stat.S_IROTH):
        return (Diagnosis("secrets", "ok", f"{settings.file} holds {', '.join(kept)}, and nobody else can read it"),)
    others = "everybody on this machine" if mode & stat.S_IROTH else "its group"
    seen = f"{settings.file} holds {', '.join(kept)}, and {others} can read it"
    remedy = f"chmod 600 {settings.file}, or give them in the environment."
    return (Diagnosis("secrets", "fail" if mode & stat.S_IROTH else "warn", seen, remedy),)


def _is_secret(name: str, value: object) -> bool:
    """Whether there is something to hide: an address such as ``memory://`` holds neither a user nor a password."""
    return bool(value) and (name not in _ADDRESSES or not {"@", "?"}.isdisjoint(str(value)))


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode
    except OSError:
        return 0


async def packs(settings: Settings) -> Findings:
    """Whether the rule packs, the thresholds, plug-in detectors and the models in them make an engine."""
    return await asyncio.to_thread(_packs, settings)


def _packs(settings: Settings) -> Findings:
    try:
        engine = build_engine(settings)
    except LurewatchError as error:
        return Findings((Diagnosis("packs", "fail", str(error), "`lurewatch rules lint` checks a pack."),))
    pack = engine.pack
    found = Diagnosis("packs", "ok", f"{len(pack.rules)} rules, pack {engine.versions.pack}")
    if pack.text_model is None:
        remedy = "Lay no pack over the core that takes it away, or learn one: docs/training.md."
        return Findings((found, Diagnosis("model", "warn", "there is none: the rules judge alone", remedy)))
    kinds = "wordings and scam types" if pack.type_model else "wordings"
    again = f", read again by {settings.second_reading}" if settings.second_reading else ""
    return Findings((found, Diagnosis("model", "ok", f"{engine.versions.model} knows {kinds}{again}")))


async def second_opinion(settings: Settings) -> Findings:
    """Whether the configured language model answers a small question as it should."""
    return Findings((await _second_opinion(settings),))


async def _second_opinion(settings: Settings) -> Diagnosis:
    try:
        opinions = build_opinions(settings)
    except LurewatchError:
        return Diagnosis("second opinion", "fail", "not tried: the configuration is not complete", "See above.")
    if opinions is None:
        return Diagnosis("second opinion", "ok", "switched off")
    from lurewatch.intel.opinion.failure import Failure  # noqa: PLC0415 - most have no use for these
    from lurewatch.intel.opinion.trial import tried  # noqa: PLC0415

    try:
        seconds = await tried(opinions.config)
    except Failure as failure:
        return Diagnosis("second opinion", "fail", f"{settings.llm_base_url}: {failure}", _REMEDIES[failure.kind])
    return Diagnosis("second opinion", "ok", f"{settings.llm_model} answered as asked, in {seconds:.1f} s")


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
