"""Answers as a table for people: one line a record, as it comes, never wider than the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import set_cell_size

from lurewatch.engine.model import Decision, Verdict
from lurewatch.entrypoints.terminal import one_line

_COLUMNS = (("ID", 16), ("LEVEL", 10), ("%", 5), ("TYPE", 20))
_LEAST_REST = 20
_COLOURS = {"safe": "2", "suspicious": "33", "high": "31", "confirmed": "1;31", "broken": "35"}


class Table:
    """Fixed columns and, in what is left of the width, the decisions and the evidence in quotes."""

    def __init__(self, width: int = 120, *, colours: bool = False) -> None:
        used = sum(size + 1 for _, size in _COLUMNS)
        self._rest = max(_LEAST_REST, width - used)
        self._colours = colours

    def head(self) -> bytes:
        """The names of the columns."""
        return self._line([name for name, _ in _COLUMNS], "EVIDENCE", "1")

    def row(self, verdict: Verdict, decisions: Sequence[Decision]) -> bytes:
        """One record."""
        evidence = dict.fromkeys(f"{flag.pattern} \u201c{flag.matched_text}\u201d" for flag in verdict.flags[:20])
        wanted = [f"{decision.policy}: {decision.action}" for decision in decisions]
        partial = ["partly read"] if verdict.status == "partial" else []
        return self._line(
            [
                verdict.id,
                verdict.risk_level,
                f"{verdict.scam_probability:5.1f}",
                verdict.scam_type if verdict.is_scam else "-",
            ],
            "; ".join([*partial, *wanted, *evidence]),
            _COLOURS[verdict.risk_level],
        )

    def broken(self, record_id: str, line: int, message: str) -> bytes:
        """A record that could not be read."""
        return self._line([record_id, "broken", "", ""], f"line {line}: {message}", _COLOURS["broken"])

    def _line(self, cells: Sequence[str], rest: str, colour: str) -> bytes:
        sizes = [size for _, size in _COLUMNS]
        shown = [_cut(cell, size) for cell, size in zip(cells, sizes, strict=True)]
        text = " ".join([*shown, _cut(rest, self._rest).rstrip()]).rstrip()
        if self._colours:
            text = f"\x1b[{colour}m{text}\x1b[0m"
        return text.encode("utf-8", "replace") + b"\n"


def _cut(text: str, size: int) -> str:
    """The text in exactly so many cells; an ellipsis says that something is left out."""
    shown = one_line(text[: size * 8])
    fitted = set_cell_size(shown, size)
    return fitted if fitted.rstrip() == shown.rstrip() else set_cell_size(shown, size - 1) + "…"
