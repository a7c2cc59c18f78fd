"""Settings, variables and commands that ask a model of ours."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from lurewatch.engine.opinion import Opinion
from lurewatch.entrypoints.cli import app
from lurewatch.entrypoints.settings import Settings
from lurewatch.intel.opinion import Opinions, Question

from .fakes import KEY, Model


def result(opinions: Opinions, question: Question) -> Opinion:
    """The opinion, which must come."""
    return opinions.ask(question).result(timeout=10)


def settings(model: Model, **changes: object) -> Settings:
    """Settings that switch the second opinion on."""
    values = {"llm_enabled": True, "llm_base_url": model.url, "llm_model": "small", "llm_api_key": KEY, **changes}
    return Settings(**values)  # type: ignore[arg-type]


def environment(model: Model, **changes: str) -> dict[str, str]:
    """The same as variables."""
    return {
        "LUREWATCH_LLM_ENABLED": "yes",
        "LUREWATCH_LLM_BASE_URL": model.url,
        "LUREWATCH_LLM_MODEL": "small",
        "LUREWATCH_LLM_API_KEY": KEY,
        **changes,
    }


def run(model: Model, *arguments: str, given: str = "", **changes: str) -> Result:
    """The command with this model switched on."""
    return CliRunner().invoke(
        app, list(arguments), input=given, env=environment(model, **changes), prog_name="lurewatch"
    )
