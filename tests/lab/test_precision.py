"""Developers see where each rule fires."""

from __future__ import annotations

from pathlib import Path

import pytest

from lurewatch.lab import precision

from .data import texts_of, write_rows
from .fakes import Credulous


def test_a_rule_is_counted_by_file_and_label(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table names each rule with its share of scam and honest rows and the honest file where it fires most."""
    scams = [*texts_of("dev", 1, "odd lure {n}"), *texts_of("dev", 1, "lure {n}")]
    write_rows(tmp_path / "messages/lures.jsonl", [{"text": text, "label": "scam"} for text in scams])
    honest = [*texts_of("dev", 1, "odd socks {n}"), *texts_of("dev", 3, "socks {n}")]
    write_rows(tmp_path / "hard_negatives/socks.jsonl", [{"text": text} for text in honest])
    write_rows(tmp_path / "hard_negatives/shoes.jsonl", [{"text": text} for text in texts_of("dev", 2, "shoes {n}")])
    precision.main(Credulous, [str(tmp_path)])
    (line,) = capsys.readouterr().out.splitlines()[1:]
    assert line.split() == ["odd", "50.00", "%", "12.50", "%", "25.00", "%", "socks"]
