"""The documents tell the truth: links lead somewhere, nothing is left out, examples run, and nobody's machine shows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from typer.main import get_command

from lurewatch.contracts import __all__ as published
from lurewatch.contracts import create_detect_router
from lurewatch.engine.packs import rule
from lurewatch.engine.policies import POLICIES
from lurewatch.engine.signals import KINDS
from lurewatch.entrypoints.cli import COMMANDS, app
from lurewatch.entrypoints.service.detection import DetectionInput, DetectionMessage, DetectionMetadata
from lurewatch.entrypoints.settings import SETTINGS

ROOT = Path(__file__).parents[2]
SKIPPED = {".venv", ".git", ".cache", "dist", "build", "node_modules", ".hypothesis"}
DOCUMENTS = sorted(path for path in ROOT.rglob("*.md") if not SKIPPED.intersection(path.relative_to(ROOT).parts))
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Folders of one machine, and hosts of package registries. Written so that this file does not name them itself.
FOREIGN = re.compile(
    r"(?<![\w.~:/-])/(?:wor[k]|roo[t]|hom[e]|User[s])/\w|://\S{0,40}(?:pypi\.or[g]|pythonhosted\.or[g]|/simpl[e]/)"
)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@cache
def everything() -> str:
    return "\n".join(path.read_text("utf-8") for path in DOCUMENTS)


def anchors(document: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", DOCUMENTS, ids=relative)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link of a document leads to a file or folder that exists, and to a heading that is there."""
    for target in LINK.findall(FENCE.sub("", path.read_text("utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there.read_text("utf-8")), target


def documented(name: str, *documents: str) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text(document)) for document in documents)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented(setting: object) -> None:
    """Every setting stands in the configuration document by the last part of its key and by its variable."""
    key, variable = setting.key.rpartition(".")[2], setting.variables[0]  # type: ignore[attr-defined]
    assert documented(key, "docs/configuration.md"), key
    assert documented(variable, "docs/configuration.md"), variable


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    """Every command stands in the document of the command line, and its subcommands too."""
    context = get_command(app).make_context("lurewatch", ["version"], resilient_parsing=True)
    command = get_command(app).get_command(context, name)  # type: ignore[attr-defined]
    assert documented(f"lurewatch {name}", "docs/cli.md")
    for sub in getattr(command, "commands", {}):
        assert documented(sub, "docs/cli.md"), sub


def test_every_route_and_field_is_documented() -> None:
    """Every route, and every field of a request, stands in the document of the service."""
    routes = [route.path for route in create_detect_router().routes if isinstance(route, APIRoute)]
    fields = [name for model in (DetectionInput, DetectionMessage, DetectionMetadata) for name in model.model_fields]
    assert [name for name in (*routes, *fields) if not documented(name, "docs/http.md")] == []


def test_every_rule_field_signal_and_policy_is_documented() -> None:
    """Every field of a rule, every kind of signal and every policy has its place in a document."""
    assert [name for name in (*rule.REQUIRED, *rule.OPTIONAL) if not documented(name, "docs/rules.md")] == []
    kinds = [name for kind in KINDS for name in kind.yields]
    assert [name for name in kinds if not documented(name, "docs/library.md", "docs/rules.md")] == []
    assert [name for name in POLICIES if not documented(name, "docs/library.md")] == []


def test_every_published_name_is_documented() -> None:
    """Every name of the contracts stands in the document of the library."""
    assert [name for name in published if not documented(name, "docs/library.md")] == []


def blocks(name: str) -> Iterator[str]:
    return (code for language, code in FENCE.findall(text(name)) if language == "python")


@pytest.mark.parametrize("name", ["README.md", "docs/library.md", "docs/http.md"])
def test_examples_run(name: str, tmp_path: Path) -> None:
    """The Python blocks of a document run one after the other, as a reader would type them."""
    script = tmp_path / "example.py"
    script.write_text("\n".join(blocks(name)), "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_no_machine_shows() -> None:
    """No file of the repository names a folder of somebody's machine, or a place to get packages from."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = [name for name in listed.stdout.decode().split("\0") if name] or [relative(path) for path in DOCUMENTS]
    found = []
    for name in names:
        path = ROOT / name
        content = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
        found.extend(f"{name}: {match[0]}" for match in FOREIGN.finditer(content))
    assert found == []
