"""What other installed packages offer by their entry points: plug-in detectors, and a second reading of wordings."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from lurewatch.engine.detectors import Detector
from lurewatch.engine.packs.pack import Pack
from lurewatch.engine.text_model import SecondReading
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

DETECTORS = "lurewatch.detectors"
"""The entry-point group of plug-in detectors: name -> class with ``analyze(detector_input)``, or such an object."""
SECOND_READINGS = "lurewatch.second_readings"
"""The entry-point group of second readings: name -> class of a ``SecondReading``, or such an object."""
Plugins = tuple[tuple[str, Detector, float], ...]


def plugins(settings: Settings, pack: Pack, installed: tuple[EntryPoint, ...] | None = None) -> Plugins:
    """Installed plug-in detectors with their weights: of the settings, else of the thresholds file.

    Raises:
        SettingsError: one is named that is not installed, cannot be loaded, or has no weight.
    """
    found = {point.name: point for point in (entry_points(group=DETECTORS) if installed is None else installed)}
    weights = dict(settings.detectors)
    problems = [
        f"detectors.{name}: no detector of this name is installed. Installed: {', '.join(found) or 'none'}."
        for name in weights
        if name not in found
    ]
    ready = []
    for name, point in found.items():
        weight = weights.get(name)
        if weight == 0:
            continue
        if weight is None and name not in pack.thresholds.detector_weights:
            problems.append(f"detectors.{name}: an installed detector has no weight. Write one; 0 switches it off.")
            continue
        try:
            ready.append((name, _made(point), weight or 0.0))
        except Exception as error:
            problems.append(f"detectors.{name}: {point.value} cannot be loaded: {error!r}. Mend or remove the package.")
    if problems:
        raise SettingsError("\n".join(problems))
    return tuple(ready)


def second_reading(settings: Settings, installed: tuple[EntryPoint, ...] | None = None) -> SecondReading | None:
    """The second reading of the settings; None where they name none.

    Raises:
        SettingsError: it is not installed, or cannot be loaded.
    """
    name = settings.second_reading
    if not name:
        return None
    found = {point.name: point for point in (entry_points(group=SECOND_READINGS) if installed is None else installed)}
    if name not in found:
        names = ", ".join(found) or "none"
        raise SettingsError(f"second_reading: none of the name {name!r} is installed. Installed: {names}.")
    try:
        made: SecondReading = _made(found[name])
    except Exception as error:
        place = found[name].value
        raise SettingsError(f"second_reading: {place} cannot be loaded: {error} Mend or remove the package.") from error
    return made


def _made(point: EntryPoint) -> Any:
    loaded = point.load()
    return loaded() if isinstance(loaded, type) else loaded
