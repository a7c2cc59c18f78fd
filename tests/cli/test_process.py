"""The command as a process of its own: pipes, signals, and answers as they come."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "lurewatch.entrypoints.cli"]


def started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """The command with these arguments, its pipes in our hands."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([*COMMAND, *arguments], **pipes)


def test_answers_come_while_the_input_is_open() -> None:
    """A line is answered before the next is written."""
    with started("scan", "--input", "text") as process:
        assert process.stdin
        assert process.stdout
        for number in (1, 2):
            process.stdin.write(b"hello\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == str(number)
        process.stdin.close()
        assert process.wait() == 0


def test_a_broken_pipe_is_quiet(tmp_path: Path) -> None:
    """When nobody reads the answers any more the command stops, and says nothing."""
    path = tmp_path / "many.txt"
    path.write_text("hello there\n" * 50_000, "utf-8")
    with started("scan", str(path)) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.wait() == 141
        assert process.stderr.read() == b""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_is_clean(jobs: str) -> None:
    """Ctrl-C, to the command and its jobs, stops it with 130, whole lines and no traceback."""
    with started("scan", "--input", "text", "--jobs", jobs, start_new_session=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(b"hello\n" * 20)
        process.stdin.flush()
        first = process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        answers = first + process.stdout.read()
        assert process.wait() == 130
        assert process.stderr.read() == b""
    assert answers.endswith(b"\n")
    assert all(json.loads(line) for line in answers.splitlines())


def test_a_terminal_gets_a_table_and_a_sum() -> None:
    """On a terminal the answers are a table in colour, and a line sums up."""
    ours, theirs = pty.openpty()
    with started(
        "scan", "--input", "text", stdout=theirs, stderr=theirs, env={**os.environ, "COLUMNS": "100"}
    ) as process:
        os.close(theirs)
        process.communicate(b"Here's my number: 604-555-1234, give me a call\n")
        shown = b""
        try:
            while block := os.read(ours, 65_536):
                shown += block
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        assert process.returncode == 1
    text = shown.decode()
    assert "\x1b[1mID" in text
    assert "off_platform: warning" in text
    assert "1 records, 1 flagged in" in text


def test_closed_streams_are_no_tracebacks() -> None:
    """Without a standard input or output the command says what is missing."""
    shell = f"{sys.executable} -m lurewatch.entrypoints.cli scan"
    for closed in ("<&-", ">&-"):
        done = subprocess.run(["sh", "-c", f"{shell} {closed}"], input=b"", capture_output=True, check=False)
        assert done.returncode == 2
        assert b"is closed" in done.stderr
        assert b"Traceback" not in done.stderr


def test_a_full_disk_is_told() -> None:
    """Answers that cannot be written are an error with its reason."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "scan", "--input", "text"], input=b"hi\n", stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert b"the answers cannot be written: No space left" in done.stderr


def test_bytes_of_another_encoding() -> None:
    """An ASCII terminal gets escapes instead of an error."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([*COMMAND, "explain", "héllo ✓"], capture_output=True, env=environment, check=False)
    assert done.returncode == 0
    assert b"h\\xe9llo" in done.stdout


def test_starting_imports_no_more_than_needed() -> None:
    """Scanning loads neither the web framework nor what only a terminal, more jobs or a reload need."""
    code = "import sys, lurewatch.entrypoints.cli.scan; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    heavy = {"rich.console", "fastapi", "pydantic", "uvicorn", "asyncio", "multiprocessing", "concurrent.futures"}
    assert not loaded & heavy
