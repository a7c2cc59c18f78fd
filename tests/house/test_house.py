"""The house rules that a machine can hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "packages").glob("*/src/**/*.py")])
MOST_LINES = 300
MOST_FUNCTION_LINES = 50
BANNED_NAMES = {"utils", "helpers", "common", "base", "manager", "misc"}


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sizes(path: Path) -> None:
    """A file has at most 300 lines and a function at most 50."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    long = [(name, lines) for name, lines in _functions(path) if lines > MOST_FUNCTION_LINES]
    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_things_are_described(path: Path) -> None:
    """Every module, public class and public function has a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        documented = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (
            node.name.startswith("_") or ast.get_docstring(node)
        )
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not documented:
            bare.append(node.name)
    assert not bare


def test_names() -> None:
    """No module is called by a word that says nothing."""
    assert not [path for path in SOURCES if path.stem in BANNED_NAMES]


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_nobody_inside_imports_the_front_door() -> None:
    """Modules import each other, never the package's own front door."""
    assert not [path for path in SOURCES if "lurewatch" in _imported(path)]


def test_the_import_contracts_bite(tmp_path: Path) -> None:
    """An import that goes upwards breaks the contracts."""
    package = tmp_path / "src" / "lurewatch"
    subprocess.run(["cp", "-r", str(ROOT / "src"), str(tmp_path)], check=True)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    model = package / "engine" / "model.py"
    model.write_text(model.read_text("utf-8") + "\nfrom lurewatch.entrypoints import settings\n", "utf-8")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin"}
    planted = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert planted.returncode == 1
    assert "lurewatch.engine.model -> lurewatch.entrypoints.settings" in planted.stdout


def test_locks_name_no_address() -> None:
    """The lock files name packages and hashes, and no place to get them from."""
    for lock in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in lock.read_text("utf-8"), lock.name
