"""Settings as flags: a command that takes ``settings`` gets a flag for each field it may depend on."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from lurewatch.entrypoints.declarations import Setting
from lurewatch.entrypoints.settings import CONFIG_VARIABLE, DEFAULT_FILE, SETTINGS, load
from lurewatch.entrypoints.values import Files, Paths, Switch, Texts, Weights, Whole

_PANEL = "Settings (also in the configuration file and the environment)"
_CONFIG = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        rich_help_panel=_PANEL,
        show_default=False,
        help=f"The configuration file (${CONFIG_VARIABLE}; {DEFAULT_FILE} in this folder if there is one).",
    ),
]
ENGINE = ("engine", "packs", "thresholds", "detectors", "second_reading", "cache", "policies", "llm")
"""The sections that change verdicts and decisions."""
SERVICE = (*ENGINE, "service", "store", "erpnext", "telegram", "generic")
STORE = ("store.url",)
"""What commands that look into the store need."""
_METAVARS = {Switch: "YES|NO", Whole: "NUMBER", Texts: "LIST", Files: "FOLDER", Weights: "TABLE", Paths: "TABLE"}


def with_settings(*sections: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command ``--config`` and the flags of these sections or keys (all without any), and then ``settings``."""
    wanted = [one for one in SETTINGS if not sections or {one.key, one.key.split(".")[0]} & set(sections)]
    chosen = [one for one in wanted if one.flag]

    def wrap(command: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(command, include_extras=True)
        own = [
            parameter.replace(annotation=hints[name])
            for name, parameter in inspect.signature(command).parameters.items()
            if name != "settings"
        ]

        @functools.wraps(command)
        def with_loaded(config: Path | None = None, **arguments: Any) -> None:
            written = {setting.name: arguments.pop(setting.name) for setting in chosen}
            command(**arguments, settings=load(written, config=config))

        flags = [_parameter(setting.name, _annotation(setting)) for setting in chosen]
        signature = inspect.Signature([*own, _parameter("config", _CONFIG), *flags])
        with_loaded.__signature__ = signature  # type: ignore[attr-defined]
        with_loaded.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}
        return with_loaded

    return wrap


def _parameter(name: str, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _annotation(setting: Setting) -> Any:
    kind = list[str] if isinstance(setting.kind, Files) else str
    option = typer.Option(
        setting.flag,
        metavar=_METAVARS.get(type(setting.kind), type(setting.kind).__name__.upper()),
        rich_help_panel=_PANEL,
        show_default=False,
        help=f"{setting.help} ({setting.kind.hint}; ${setting.variables[0]})",
    )
    return Annotated[kind | None, option]
