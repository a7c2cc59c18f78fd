"""Rows to answers, in one process and in several."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.entrypoints.answers import JsonLines
from lurewatch.entrypoints.cli.scanning import Scanned, Scanner, scan_all
from lurewatch.entrypoints.records import Row, records

from .fakes import LURE, MOST, WordEngine


def scanner() -> Scanner:
    """JSON lines in and out, judged by one word."""
    return Scanner(WordEngine(), "jsonl", JsonLines())  # type: ignore[arg-type]


def rows(*texts: str) -> list[Row]:
    """A record of JSON for each text; a text with ``!`` is no JSON."""
    lines = [text if "!" in text else json.dumps({"id": f"r-{text}", "text": text}) for text in texts]
    return [row for chunk in records([("\n".join(lines) + "\n").encode()], written="jsonl").rows for row in chunk]


def answers(parts: Sequence[Scanned]) -> list[dict[str, object]]:
    """All answers."""
    return [json.loads(line) for part in parts for line in part.output.splitlines()]


def test_every_row_is_answered_in_order() -> None:
    """What is no record, over a limit, or breaks the engine is answered as broken, in its place."""
    found = scanner().scan(rows("hello", f"your {LURE}", "no json!", "x" * (MOST + 1), "boom", "whatsapp"))
    ids = [answer["id"] for answer in answers([found])]
    assert ids == ["r-hello", f"r-your {LURE}", "3", f"r-{'x' * (MOST + 1)}", "r-boom", "r-whatsapp"]
    assert [line for line, _ in found.broken] == [3, 4, 5]
    assert found.broken[1][1] == "/text: the message is too long"
    assert "ZeroDivisionError" in found.broken[2][1]
    assert (found.records, found.flagged) == (6, 2)


def test_jobs_keep_the_order() -> None:
    """Two processes answer what one answers, byte for byte."""
    chunks = [rows(*(f"{'otp ' if n % 7 == 0 else ''}{n}" for n in range(at, at + 5))) for at in range(0, 100, 5)]
    alone: list[Scanned] = []
    together: list[Scanned] = []
    scan_all(scanner(), chunks, 1, alone.append)
    scan_all(scanner(), chunks, 2, together.append)
    assert [part.output for part in together] == [part.output for part in alone]
    assert sum(part.flagged for part in together) == sum(part.flagged for part in alone) == 15


def test_jobs_stop_when_nobody_takes_the_answers() -> None:
    """What the taker raises ends the scan, and only a bounded number of chunks was read for nothing."""
    taken = 0

    def chunks() -> Iterator[list[Row]]:
        nonlocal taken
        while True:
            taken += 1
            yield rows("hello")

    def refuse(_part: Scanned) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        scan_all(scanner(), chunks(), 2, refuse)
    assert taken <= 20


def test_jobs_answer_while_input_is_awaited() -> None:
    """An answer is taken although the next rows are not there yet."""
    answered = threading.Event()

    def chunks() -> Iterator[list[Row]]:
        yield rows("hello")
        assert answered.wait(60)

    scan_all(scanner(), chunks(), 2, lambda _part: answered.set())
    assert answered.is_set()


@given(texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=10))
def test_an_answer_for_each_row(texts: list[str]) -> None:
    """However the texts look, there is one answer for each."""
    given_rows = [
        row for chunk in records([json.dumps({"text": t}).encode() + b"\n" for t in texts]).rows for row in chunk
    ]
    found = scanner().scan(given_rows)
    assert len(answers([found])) == len(texts) == found.records
