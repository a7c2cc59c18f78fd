# ruff: noqa: RUF009 - setting makes dataclass fields
"""The settings of the engine: what it reads, with which packs and detectors, and how findings are weighed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lurewatch.engine.pipeline import EngineConfig
from lurewatch.entrypoints.declarations import region, setting
from lurewatch.entrypoints.values import Choice, File, Files, Number, Text, Texts, Weights, Whole

_ENGINE = EngineConfig()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """The part of ``Settings`` that says what the engine is made of."""

    fusion: str = setting(
        _ENGINE.fusion,
        "engine.fusion",
        Choice(("calibrated", "weighted")),
        "How findings become scam_probability: a fitted probability, or the published weighted sum.",
    )
    scam_threshold: float = setting(
        _ENGINE.scam_threshold,
        "engine.scam_threshold",
        Number(0, 100),
        "From which calibrated probability on is_scam holds.",
    )
    regions: tuple[str, ...] = setting(
        _ENGINE.regions,
        "engine.regions",
        Texts("two-letter regions", region),
        "Where phone numbers without a country code may be from; the first that fits counts.",
    )
    max_characters: int = setting(
        _ENGINE.most_characters,
        "engine.max_characters",
        Whole(1, 1_000_000, "characters"),
        "The longest message that is read; longer ones are refused.",
    )
    max_messages: int = setting(
        _ENGINE.most_messages,
        "engine.max_messages",
        Whole(1, 100_000),
        "The longest conversation that is read; longer ones are refused.",
    )
    max_body: int = setting(
        1 << 20,
        "engine.max_body",
        Whole(1_024, 1 << 30, "bytes"),
        "The largest request body, and the longest record of a scanned file.",
    )
    packs: tuple[Path, ...] = setting(
        (),
        "packs",
        Files("folders"),
        "Rule packs laid over the one that comes with Lurewatch, one after the other.",
        flag="--pack",
    )
    thresholds: Path | None = setting(
        None, "thresholds", File("file"), "A thresholds.yaml: detector_weights and risk_thresholds of your own."
    )
    detectors: tuple[tuple[str, float], ...] = setting(
        (), "detectors", Weights(), "Weights of installed plug-in detectors; 0 switches one off."
    )
    second_reading: str = setting(
        "",
        "second_reading",
        Text("name", empty=True),
        "The installed second reading of what the text model does not call honest, by name.",
    )
    cache: Path | None = setting(
        None, "cache", File("folder"), "Where compiled packs are kept; else lurewatch in the user's cache folder."
    )
