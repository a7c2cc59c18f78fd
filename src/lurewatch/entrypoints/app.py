"""The one place that wires: settings become an engine, and an engine that follows its files. Nothing runs on import."""

from __future__ import annotations

import datetime
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lurewatch.engine.matching import Databases
from lurewatch.engine.packs.pack import Files, Pack
from lurewatch.engine.pipeline import Engine, EngineConfig
from lurewatch.engine.policies import PolicyConfig
from lurewatch.engine.policies.brand_watch import BrandWatchConfig
from lurewatch.engine.policies.off_platform import OffPlatformConfig
from lurewatch.engine.reading import Reader
from lurewatch.entrypoints import packs_on_disk
from lurewatch.entrypoints.installed import plugins, second_reading
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import LurewatchError, PackError, Problem, SettingsError

if TYPE_CHECKING:
    from lurewatch.intel.opinion import Opinions

_THRESHOLDS = "thresholds.yaml"


def build_engine(settings: Settings | None = None, *, overlays: Sequence[Files] = ()) -> Engine:
    """An engine as the settings want it; without settings, by the defaults (no file or variable is read).

    ``overlays`` are laid over the packs of the settings. Compiled patterns are kept in the cache folder: the first
    start after a pack changed takes seconds.

    Raises:
        PackError: a pack or the thresholds file was refused.
        SettingsError: a plug-in detector or the second reading cannot be used.
    """
    settings = settings or Settings()
    kept = _cache(settings)
    with _lasting():
        pack = packs_on_disk.load_pack([*_overlays(settings), *overlays], kept)
        return Engine(
            pack,
            engine_config(settings),
            plugins=plugins(settings, pack),
            second=second_reading(settings),
            compiler=packs_on_disk.compiler(kept),
        )


def rebuild_engine(settings: Settings, layers: Sequence[Files], day: str, config: EngineConfig) -> Engine:
    """An engine of a pack and a configuration that were kept, with the plug-ins and the second reading of the settings.

    Raises:
        PackError: the files are no pack for this Lurewatch.
        SettingsError: as ``build_engine`` does.
    """
    kept = _cache(settings)
    pack = packs_on_disk.made_of(layers, day, kept)
    return Engine(
        pack,
        config,
        plugins=plugins(settings, pack),
        second=second_reading(settings),
        compiler=packs_on_disk.compiler(kept),
    )


@contextmanager
def _lasting() -> Iterator[None]:
    """What is made inside lives as long as the process, so garbage is looked for neither now nor later in it.

    To look through an engine for garbage would double the time of a message.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.collect()
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()


def engine_config(settings: Settings) -> EngineConfig:
    """What the engine is told of the settings."""
    return EngineConfig(
        fusion=settings.fusion,
        scam_threshold=settings.scam_threshold,
        regions=settings.regions,
        most_characters=settings.max_characters,
        most_messages=settings.max_messages,
        policies=PolicyConfig(
            enabled=settings.policies,
            enforced=settings.enforce,
            off_platform=OffPlatformConfig(
                own_domains=settings.own_domains,
                emails=settings.known_emails,
                phones=settings.known_phones,
                escalate_from=settings.escalate_from,
                reminder=settings.reminder,
                notice=settings.notice,
            ),
            brand_watch=BrandWatchConfig(
                brands=settings.brands,
                cooldown=settings.alert_cooldown * 60,
                warning=settings.brand_warning,
                mention=settings.brand_mention,
            ),
        ),
    )


def build_opinions(settings: Settings) -> Opinions | None:
    """Whom to ask for a second opinion; None where that is switched off. Nobody is asked yet.

    Raises:
        SettingsError: it is switched on, and something it needs is missing.
    """
    if not settings.llm_enabled:
        return None
    needed = {"llm.base_url": settings.llm_base_url, "llm.model": settings.llm_model}
    problems = [f"{key}: llm.enabled needs it. Write one." for key, value in needed.items() if not value]
    if find_spec("openai") is None:
        problems.append("llm.enabled: the second opinion needs more packages. pip install 'lurewatch[llm]'")
    if problems:
        raise SettingsError("\n".join(problems))
    from lurewatch.intel.opinion import OpinionConfig, Opinions  # noqa: PLC0415 - most have no use for it

    return Opinions(
        OpinionConfig(
            base_url=settings.llm_base_url,
            model=settings.llm_model,
            api_key=settings.llm_api_key,
            timeout=settings.llm_timeout,
            budget=settings.llm_budget,
            concurrency=settings.llm_concurrency,
            max_tokens=settings.llm_max_tokens,
            temperature=settings.llm_temperature,
        )
    )


@contextmanager
def opinions(settings: Settings) -> Iterator[Opinions | None]:
    """``build_opinions`` for as long as they are needed."""
    built = build_opinions(settings)
    try:
        yield built
    finally:
        if built is not None:
            built.close()


def _cache(settings: Settings) -> packs_on_disk.Cache:
    return packs_on_disk.Cache(settings.cache) if settings.cache else packs_on_disk.default_cache()


def _overlays(settings: Settings) -> list[Files]:
    overlays = [packs_on_disk.folder(path) for path in settings.packs]
    watched = dict.fromkeys(
        (*settings.brands, *(brand for one in settings.channels for brand in one.get("brands", ())))
    )
    unknown = [brand for brand in watched if brand not in Settings().brands]
    if unknown:
        overlays.append({"tables/brands_other.txt": "\n".join(unknown).encode("utf-8", "replace")})
    if settings.thresholds is not None:
        try:
            overlays.append({_THRESHOLDS: settings.thresholds.read_bytes()})
        except (OSError, ValueError) as error:
            message = f"the thresholds file cannot be read: {error}"
            raise PackError([Problem(str(settings.thresholds), 0, message, "Check the setting thresholds.")]) from error
    return overlays


# ---------------------------------------------------------------- an engine that follows its files

Prepared = tuple[Pack, Databases | None] | tuple[Problem, ...]
"""A pack with its compiled databases, or why there is none."""


class LiveEngine:
    """An engine that follows its packs and thresholds. Read ``engine`` anew for each request; it changes in one step.

    A changed pack that is bad leaves the old engine in place; ``problem`` then says why, and is None otherwise.
    ``prepare`` reads and compiles the packs, by default in another process, so that requests go on meanwhile.
    """

    def __init__(
        self, settings: Settings | None = None, *, prepare: Callable[[Settings], Prepared] | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.problem: str | None = None
        self._prepare = prepare or _prepared_elsewhere
        self._stamp = _stamp(self.settings)
        self.engine = build_engine(self.settings)

    def refresh(self) -> bool:
        """Look at the files once; true when a new engine is in place. Takes seconds when they changed."""
        stamp = _stamp(self.settings)
        if stamp == self._stamp:
            return False
        self._stamp = stamp  # taken before reading: what changes meanwhile is seen next time
        try:
            prepared = self._prepare(self.settings)
            if isinstance(prepared[0], Problem):
                raise PackError([problem for problem in prepared if isinstance(problem, Problem)])
            pack, databases = prepared
            engine = Engine(
                pack,
                engine_config(self.settings),
                plugins=plugins(self.settings, pack),
                second=second_reading(self.settings),
                compiler=lambda _: databases,
            )
        except (LurewatchError, OSError, RuntimeError) as error:
            self.problem = str(error)
            return False
        except Exception as error:  # whatever a pack does, the old engine stays and later changes are seen
            self.problem = f"the engine cannot be made of the changed files: {error!r}"
            return False
        self.engine, self.problem = engine, None
        return True

    async def watch(self, every: float = 1.0, changed: Callable[[LiveEngine], Any] = lambda _: None) -> None:
        """Refresh every so many seconds until cancelled; ``changed`` is told of a new engine and of a new problem."""
        import asyncio  # noqa: PLC0415 - a scan has no use for it, and starts faster without

        while True:
            await asyncio.sleep(every)
            before = self.problem
            if await asyncio.to_thread(self.refresh) or self.problem not in (before, None):
                changed(self)


def prepare(settings: Settings) -> Prepared:
    """The pack and its compiled databases, or the problems; everything that is slow about an engine."""
    try:
        kept = _cache(settings)
        pack = packs_on_disk.load_pack(_overlays(settings), kept)
    except PackError as error:
        return error.problems
    return pack, Reader(pack, settings.regions, packs_on_disk.compiler(kept)).dump()


def _prepared_elsewhere(settings: Settings) -> Prepared:
    import multiprocessing  # noqa: PLC0415 - needed when a pack changes, and slow to import
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(prepare, settings).result()


def _stamp(settings: Settings) -> tuple[object, ...]:
    """Changes when a file that an engine is made of does, and with the day, because rules expire."""
    shipped = files("lurewatch.engine.packs") / "core"
    roots = [*settings.packs, *([shipped] if isinstance(shipped, Path) else [])]
    watched = sorted(path for root in roots for path in _files_below(root))
    if settings.thresholds is not None:
        watched.append(settings.thresholds)
    return (datetime.datetime.now(datetime.UTC).date(), *(_seen(path) for path in watched))


def _files_below(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.suffix in (".yaml", ".txt"))


def _seen(path: Path) -> tuple[str, int, int]:
    try:
        facts = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), facts.st_mtime_ns, facts.st_size
