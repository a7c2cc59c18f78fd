"""Settings become an engine, and an engine follows its files."""

from __future__ import annotations

import asyncio
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from lurewatch.engine.detectors.case import Case
from lurewatch.engine.matching import Databases
from lurewatch.engine.model import Conversation, Finding, Message
from lurewatch.engine.packs.pack import Pack
from lurewatch.entrypoints.app import LiveEngine, build_engine, prepare
from lurewatch.entrypoints.installed import DETECTORS, SECOND_READINGS, plugins, second_reading
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import PackError, Problem, SettingsError

RULE = "otp_request"
GREETING = Conversation((Message("hello there"),))


class Calm:
    """A detector of somebody else's."""

    def analyze(self, detector_input: Case) -> Finding:
        """Half sure of everything."""
        return Finding("calm", 0.5, (detector_input.text,))


class Wary:
    """A second reading of somebody else's."""

    version = "wary-1"

    def odds(self, text: str, first: float) -> float:  # noqa: ARG002 - the protocol
        """It smells a lure in everything."""
        return 2.0


def installed(name: str = "calm", value: str = f"{__name__}:Calm") -> tuple[EntryPoint, ...]:
    """What a package that offers a detector is listed as."""
    return (EntryPoint(name, value, DETECTORS),)


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack we ship."""
    return build_engine().pack


def overlay(folder: Path, weight: float | str) -> Path:
    """An overlay pack that changes one weight."""
    folder.mkdir(exist_ok=True)
    (folder / "pack.yaml").write_text(f"name: site\nrules: {{{RULE}: {{weight: {weight}}}}}\n", "utf-8")
    return folder


def weight_in(live: LiveEngine) -> float:
    """The weight of that rule in the engine of now."""
    rule = live.engine.pack.rule(RULE)
    assert rule
    return rule.weight


def test_packs_and_thresholds_of_the_settings(tmp_path: Path) -> None:
    """An overlay and a thresholds file change the engine; every problem in them is told with its file."""
    thresholds = tmp_path / "thresholds.yaml"
    thresholds.write_text("risk_thresholds: {suspicious: 0.01}", "utf-8")
    engine = build_engine(Settings(packs=(overlay(tmp_path / "site", 0.5),), thresholds=thresholds))
    rule = engine.pack.rule(RULE)
    assert rule
    assert rule.weight == 0.5
    assert engine.assess(GREETING).risk_level == "suspicious"
    thresholds.write_text("risk_thresholds: {suspicious: 99}", "utf-8")
    with pytest.raises(PackError, match=r"thresholds\.yaml"):
        build_engine(Settings(thresholds=thresholds))
    with pytest.raises(PackError, match="no such folder"):
        build_engine(Settings(packs=(tmp_path / "none",)))
    with pytest.raises(PackError, match="cannot be read"):
        build_engine(Settings(thresholds=tmp_path / "none.yaml"))


def test_plug_in_detectors(pack: Pack) -> None:
    """An installed detector gets its weight from the settings; weight 0 leaves it out."""
    ((name, detector, weight),) = plugins(Settings(detectors=(("calm", 0.2),)), pack, installed())
    assert (name, weight) == ("calm", 0.2)
    assert isinstance(detector, Calm)
    assert plugins(Settings(detectors=(("calm", 0.0),)), pack, installed()) == ()
    assert plugins(Settings(), pack, ()) == ()


@pytest.mark.parametrize(
    ("settings", "points", "said"),
    [
        (Settings(detectors=(("calm", 0.2),)), (), "no detector of this name is installed"),
        (Settings(), installed(), "has no weight"),
        (Settings(detectors=(("calm", 0.2),)), installed(value="no_such_package:Calm"), "cannot be loaded"),
        (Settings(detectors=(("calm", 0.2),)), installed(value=f"{__name__}:none"), "cannot be loaded"),
    ],
)
def test_plug_ins_that_cannot_be_used(
    settings: Settings, points: tuple[EntryPoint, ...], said: str, pack: Pack
) -> None:
    """A detector that is missing, broken or without a weight is an error, not silence."""
    with pytest.raises(SettingsError, match=said):
        plugins(settings, pack, points)


READING = (EntryPoint("wary", f"{__name__}:Wary", SECOND_READINGS),)


def test_the_second_reading_of_the_settings() -> None:
    """The one that is named is made; none is named by default, whatever is installed."""
    assert isinstance(second_reading(Settings(second_reading="wary"), READING), Wary)
    assert second_reading(Settings(), READING) is None


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ((), "Installed: none"),
        (READING, "Installed: wary"),
        ((EntryPoint("other", "no_such_package:Other", SECOND_READINGS),), "cannot be loaded"),
    ],
)
def test_a_second_reading_that_cannot_be_used(points: tuple[EntryPoint, ...], said: str) -> None:
    """One that is named and missing or broken is an error, not silence."""
    with pytest.raises(SettingsError, match=said):
        second_reading(Settings(second_reading="other"), points)


def test_an_engine_follows_its_pack(tmp_path: Path) -> None:
    """A changed pack is read and compiled in another process and swapped in; nothing happens without a change."""
    live = LiveEngine(Settings(packs=(overlay(tmp_path / "site", 0.5),)))
    before = live.engine
    assert not live.refresh()
    assert live.engine is before
    overlay(tmp_path / "site", 0.75)
    assert live.refresh()
    assert live.problem is None
    assert weight_in(live) == 0.75
    assert before.pack.rule(RULE) != live.engine.pack.rule(RULE)


def test_a_bad_pack_leaves_the_old_engine(tmp_path: Path) -> None:
    """A pack that is refused is reported and changes nothing; the next good one is used."""
    site = overlay(tmp_path / "site", 0.5)
    live = LiveEngine(Settings(packs=(site,)), prepare=prepare)
    overlay(site, "much")
    assert not live.refresh()
    assert weight_in(live) == 0.5
    assert live.problem is not None
    assert "pack.yaml" in live.problem
    assert not live.refresh()  # it is told once, not built again and again
    overlay(site, 0.25)
    assert live.refresh()
    assert live.problem is None
    assert weight_in(live) == 0.25


@pytest.mark.parametrize("error", [RuntimeError("the process died"), ValueError("the process died")])
def test_a_process_that_dies_leaves_the_old_engine(tmp_path: Path, error: Exception) -> None:
    """Whatever happens to the compilation, the engine stays."""

    def dies(_settings: Settings) -> tuple[Pack, Databases | None]:
        raise error

    live = LiveEngine(Settings(packs=(overlay(tmp_path / "site", 0.5),)), prepare=dies)
    overlay(tmp_path / "site", 0.75)
    assert not live.refresh()
    assert "the process died" in str(live.problem)
    assert weight_in(live) == 0.5


async def test_watching_tells_of_changes(tmp_path: Path) -> None:
    """The watcher tells of a new engine and of a new problem, and goes on."""
    site = overlay(tmp_path / "site", 0.5)
    live = LiveEngine(Settings(packs=(site,)), prepare=prepare)
    told: asyncio.Queue[str | None] = asyncio.Queue()
    watching = asyncio.create_task(live.watch(0.01, lambda engine: told.put_nowait(engine.problem)))
    overlay(site, "much")
    assert "pack.yaml" in str(await told.get())
    overlay(site, 0.75)
    assert await told.get() is None
    assert weight_in(live) == 0.75
    watching.cancel()


def test_prepare_tells_problems_as_values(tmp_path: Path) -> None:
    """What goes wrong elsewhere comes back as problems with file and line, not as an exception."""
    found = prepare(Settings(packs=(overlay(tmp_path / "site", "much"),)))
    assert isinstance(found[0], Problem)
    assert found[0].line == 2


@pytest.mark.slow
def test_a_brand_of_the_settings_is_found() -> None:
    """A brand that no pack knows is watched when the settings name it."""
    engine = build_engine(Settings(brands=("frobozz mutual",)))
    verdict = engine.assess(Conversation((Message("I paid with my Frobozz Mutual card yesterday"),)))
    assert [(decision.policy, decision.type) for decision in engine.decide(verdict)] == [
        ("brand_watch", "brand_mention_info")
    ]
