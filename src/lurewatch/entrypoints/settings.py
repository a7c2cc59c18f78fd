# ruff: noqa: RUF009 - setting makes dataclass fields
"""Every setting is one field of ``Settings``; the file, the environment, the flags and the docs derive from it.

A flag goes before the environment, the environment before the configuration file, the file before the default.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from lurewatch.casework.keep import KEEPS, Keep
from lurewatch.entrypoints import config_file
from lurewatch.entrypoints.connector_settings import ConnectorSettings
from lurewatch.entrypoints.declarations import Setting, setting
from lurewatch.entrypoints.engine_settings import EngineSettings
from lurewatch.entrypoints.policy_settings import PolicySettings
from lurewatch.entrypoints.tabled import Tables
from lurewatch.entrypoints.values import Choice, Number, Switch, Text, Url, Whole
from lurewatch.errors import SettingsError

DEFAULT_FILE = "lurewatch.yaml"
CONFIG_VARIABLE = "LUREWATCH_CONFIG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(ConnectorSettings, PolicySettings, EngineSettings):
    """The whole configuration. ``sources`` says where each value that is no default came from, ``file`` which file."""

    store: str = setting(
        "",
        "store.url",
        Text("URL", empty=True),
        "Where it is recorded what was screened: sqlite:///file, postgresql://..., or none; else in your data folder.",
        variables=("LUREWATCH_STORE", "DATABASE_URL"),
        secret=True,
    )
    keep: Keep = setting(
        "full",
        "store.keep",
        Choice(KEEPS),
        "How much is recorded of a message: all but secrets, also no personal values, or no text. See docs/privacy.md.",
    )
    retention: int = setting(
        0,
        "store.retention",
        Whole(0, 36_500, "days"),
        "After so many days what was recorded is deleted; 0 keeps it. See docs/privacy.md.",
    )
    # Not LUREWATCH_PORT: Kubernetes sets that to a URL beside any service that is called lurewatch.
    host: str = setting(
        "127.0.0.1",
        "service.host",
        Text("address"),
        "The address the service listens on; 0.0.0.0 is every one.",
        variables=("LUREWATCH_HTTP_HOST",),
    )
    port: int = setting(
        8000,
        "service.port",
        Whole(0, 65_535),
        "The port the service listens on; 0 is any free one.",
        variables=("LUREWATCH_HTTP_PORT",),
    )
    api_key: str = setting(
        "",
        "service.api_key",
        Text("key", empty=True),
        "A key that opens everything, where there is no store to keep keys in.",
        secret=True,
    )
    rate_limit: int = setting(
        6_000, "service.rate_limit", Whole(1, 10_000_000, "requests"), "The most requests of one API key in a minute."
    )
    bus_url: str = setting(
        "memory://",
        "bus.url",
        Text("address"),
        "Where events are published: memory://, nats://, redis://, amqp:// or kafka:// with a host.",
        variables=("LUREWATCH_BUS",),
        secret=True,
    )
    llm_enabled: bool = setting(
        False, "llm.enabled", Switch(), "Whether a language model is asked for a second opinion."
    )
    llm_base_url: str = setting(
        "", "llm.base_url", Url(), "An OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1."
    )
    llm_model: str = setting("", "llm.model", Text(empty=True), "The model's name at that endpoint.")
    llm_api_key: str = setting(
        "", "llm.api_key", Text(empty=True), "Key of that endpoint, if it wants one.", secret=True
    )
    llm_timeout: float = setting(
        10.0, "llm.timeout", Number(0.1, 300, "seconds"), "So long an opinion may take; the verdict then does without."
    )
    llm_budget: int = setting(60, "llm.budget", Whole(1, 100_000, "calls"), "The most calls in a minute.")
    llm_concurrency: int = setting(4, "llm.concurrency", Whole(1, 1_000, "calls"), "The most calls at a time.")
    llm_max_tokens: int = setting(
        2_000, "llm.max_tokens", Whole(16, 100_000, "tokens"), "The longest answer, thoughts of the model included."
    )
    llm_temperature: float = setting(
        0.0, "llm.temperature", Number(0, 2), "How much chance there is in an answer, where the model lets one say."
    )
    sources: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    file: Path | None = field(default=None, compare=False, repr=False)

    def source(self, name: str) -> str:
        """Where the value of a field came from: ``default``, or the file, variable or flag by name."""
        return self.sources.get(name, "default")


def _declared() -> Iterator[Setting]:
    for one in fields(Settings):
        about = one.metadata
        if about:
            secret = about.get("secret", False)
            yield Setting(
                name=one.name,
                key=about["key"],
                kind=about["kind"],
                help=about["help"],
                default=one.default,
                variables=about["variables"] or (f"LUREWATCH_{one.name.upper()}",),
                flag="" if secret else about["flag"] or "--" + one.name.replace("_", "-"),
                secret=secret,
            )


SETTINGS = tuple(_declared())


def load(
    flags: Mapping[str, str | list[str]] | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
    folder: Path | None = None,
    config: Path | None = None,
) -> Settings:
    """The settings of this run.

    ``flags`` maps field names to what was written; ``config`` is the file of ``--config``. Without it the file is
    ``$LUREWATCH_CONFIG``, else ``lurewatch.yaml`` in ``folder`` (the working folder) if it is there.

    Raises:
        SettingsError: with every problem in the file, the environment and the flags, one a line.
    """
    here = folder or Path.cwd()
    problems: list[str] = []
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}

    def keep(setting: Setting, place: str, source: str, read_value: Any, raw: Any, start: Path) -> None:
        try:
            values[setting.name] = read_value(raw, start)
            sources[setting.name] = source
        except ValueError as error:
            problems.append(f"{place}: {_discreet(setting, str(error))}")

    file = _file(config, environment, here)
    if file is not None:
        for entry in config_file.entries(file, _BY_KEY, problems):
            setting = _BY_KEY[entry.key]
            keep(setting, entry.place, f"file {file}", setting.kind.of, entry.value, file.absolute().parent)
    for setting in SETTINGS:
        variable = next((name for name in setting.variables if environment.get(name, "").strip()), None)
        if variable is not None:
            place = f"environment variable {variable}"
            keep(setting, place, f"variable {variable}", setting.kind.of_text, environment[variable], here)
        if flags is not None and setting.flag and flags.get(setting.name):
            keep(setting, setting.flag, f"flag {setting.flag}", setting.kind.of, flags[setting.name], here)
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values, sources=sources, file=file)


_BY_KEY = {setting.key: setting for setting in SETTINGS}


def _file(config: Path | None, environment: Mapping[str, str], folder: Path) -> Path | None:
    named = config or environment.get(CONFIG_VARIABLE, "").strip()
    if named:
        return folder / Path(named).expanduser()
    default = folder / DEFAULT_FILE
    return default if default.is_file() else None


def _discreet(setting: Setting, message: str) -> str:
    """The message, without the value where the value is a secret."""
    speaks = not setting.secret or (isinstance(setting.kind, Tables) and setting.kind.secret)
    return message if speaks else f"the value is not {setting.kind.hint}. Write one."
