"""A verdict as it is given out: a dictionary with fixed names, and lines of JSON, CSV or a table made of it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal, Protocol

import orjson

from lurewatch.engine.model import Decision, Flag, Indicator, Part, Verdict
from lurewatch.engine.opinion import Opinion
from lurewatch.engine.state import TACTICS
from lurewatch.entrypoints.tables import Table
from lurewatch.errors import InputError

Layout = Literal["table", "jsonl", "csv"]
_SURROGATE = re.compile("[\ud800-\udfff]")


def answer(verdict: Verdict, decisions: Sequence[Decision]) -> dict[str, Any]:
    """The whole answer. The names are fixed: others build on them."""
    return {
        "id": verdict.id,
        "scam_probability": verdict.scam_probability,
        "risk_level": verdict.risk_level,
        "breakdown": verdict.breakdown,
        **evidence(verdict, decisions),
    }


def evidence(verdict: Verdict, decisions: Sequence[Decision]) -> dict[str, Any]:
    """The answer less its id, probability, level and breakdown.

    Offsets count code points of the message as sent; ``message_index`` counts from 0, ``first_flagged_turn`` and the
    turns of ``stages`` from 1.
    Lone surrogates in what was sent are shown as U+FFFD, one for one, so that the evidence can be written as UTF-8.
    """
    made_by = verdict.versions
    found: dict[str, Any] = {
        "is_scam": verdict.is_scam,
        "scam_type": verdict.scam_type,
        "scam_type_certainty": verdict.type_certainty,
        "scam_type_basis": verdict.type_basis,
        "threat_level": verdict.threat_level,
        "stage": verdict.stage,
        "uncertain": verdict.uncertain,
        "stages": [{"stage": one.stage, "turn": one.turn, "rule": one.rule} for one in verdict.stages],
        "emotional_profile": asdict(verdict.emotion),
        "tactics": verdict.tactics,
        "flags": [_flag(flag) for flag in verdict.flags],
        "indicators": [_indicator(indicator) for indicator in verdict.indicators],
        "decisions": [_decision(decision) for decision in decisions],
        "reasoning": _writable(verdict.reasoning),
        "first_flagged_turn": verdict.first_flagged_turn,
        "status": verdict.status,
        "versions": {
            "engine": made_by.engine,
            "pack": made_by.pack,
            "model": made_by.model,
            "config": made_by.config,
        },
    }
    if verdict.second_opinion is not None:
        found["second_opinion"] = _opinion(verdict.second_opinion)
    if verdict.status == "partial":
        found["incomplete"] = [*verdict.incomplete, *(f"detector {name}" for name in verdict.failed_detectors)]
    return found


def _writable(text: str) -> str:
    return text if text.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def _flag(flag: Flag) -> dict[str, Any]:
    found = {
        "pattern": flag.pattern,
        "category": flag.category,
        "rule": flag.rule,
        "matched_text": _writable(flag.matched_text),
        "message_index": flag.message_index,
        "start": flag.start,
        "end": flag.end,
    }
    if flag.parts:
        found["parts"] = _parts(flag.parts)
    return found


def _indicator(indicator: Indicator) -> dict[str, Any]:
    found = {
        "type": indicator.type,
        "value": _writable(indicator.value),
        "message_index": indicator.message_index,
        "start": indicator.start,
        "end": indicator.end,
        "valid": indicator.valid,
    }
    if indicator.parts:
        found["parts"] = _parts(indicator.parts)
    return found


def _parts(parts: Sequence[Part]) -> list[dict[str, int]]:
    return [{"message_index": part.message_index, "start": part.start, "end": part.end} for part in parts]


def _opinion(opinion: Opinion) -> dict[str, Any]:
    found: dict[str, Any] = {"outcome": opinion.outcome}
    if opinion.reason:
        found["reason"] = opinion.reason
    if opinion.answered:
        found |= {
            "is_scam": opinion.is_scam,
            "scam_type": opinion.scam_type,
            "confidence": opinion.confidence,
            "threat_level": opinion.threat_level,
            "intent": _writable(opinion.intent),
            "risk_indicators": [_writable(text) for text in opinion.risk_indicators],
            "reasoning": _writable(opinion.reasoning),
            "quotes": [_writable(text) for text in opinion.quotes],
            "model": opinion.model,
        }
    return found


def _decision(decision: Decision) -> dict[str, Any]:
    found: dict[str, Any] = {"policy": decision.policy, "action": decision.action, "mode": decision.mode}
    if decision.type is not None:
        found["type"] = decision.type
    if decision.suppressed:
        found["suppressed"] = True
    return found


def dumped(value: object) -> bytes:
    """JSON in UTF-8 on one line. Lone surrogates, which UTF-8 has no bytes for, are escaped as they came."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=dict).encode()


def explained(error: InputError) -> str:
    """What is wrong with a record, and at which field."""
    return f"{error.pointer}: {error}" if error.pointer else str(error)


class Writer(Protocol):
    """One way to write answers: each part is whole lines of UTF-8."""

    def head(self) -> bytes: ...

    def row(self, verdict: Verdict, decisions: Sequence[Decision]) -> bytes: ...

    def broken(self, record_id: str, line: int, message: str) -> bytes: ...


class JsonLines:
    """An object a line; a broken record is ``{"id", "line", "error"}``."""

    def head(self) -> bytes:
        """Nothing: JSON lines have no header."""
        return b""

    def row(self, verdict: Verdict, decisions: Sequence[Decision]) -> bytes:
        """The whole answer."""
        return dumped(answer(verdict, decisions)) + b"\n"

    def broken(self, record_id: str, line: int, message: str) -> bytes:
        """What is said of a record that could not be read."""
        return dumped({"id": record_id, "line": line, "error": message}) + b"\n"


class Csv:
    """A header and a row a record; `` | `` separates values in a cell, and no cell is taken for a formula."""

    COLUMNS = (
        *("id", "scam_probability", "risk_level", "is_scam", "scam_type", "threat_level", *TACTICS, "patterns"),
        *(
            "evidence",
            "indicators",
            "decisions",
            "first_flagged_turn",
            "status",
            "reasoning",
            "second_opinion",
            "error",
        ),
    )

    def head(self) -> bytes:
        """The names of the columns."""
        return self._line(self.COLUMNS)

    def row(self, verdict: Verdict, decisions: Sequence[Decision]) -> bytes:
        """The answer in one row, less offsets."""
        return self._line(
            (
                verdict.id,
                verdict.scam_probability,
                verdict.risk_level,
                "true" if verdict.is_scam else "false",
                verdict.scam_type,
                verdict.threat_level,
                *(verdict.tactics[name] for name in TACTICS),
                _joined(flag.pattern for flag in verdict.flags),
                _joined(flag.matched_text for flag in verdict.flags),
                _joined(f"{indicator.type}:{indicator.value}" for indicator in verdict.indicators),
                _joined(":".join(filter(None, (d.policy, d.action, d.type))) for d in decisions),
                verdict.first_flagged_turn,
                verdict.status,
                verdict.reasoning,
                str(verdict.second_opinion or ""),
                "",
            )
        )

    def broken(self, record_id: str, line: int, message: str) -> bytes:
        """A row with nothing but the id and the error."""
        blanks = [""] * (len(self.COLUMNS) - 2)
        return self._line((record_id, *blanks, f"line {line}: {message}"))

    @staticmethod
    def _line(cells: Sequence[object]) -> bytes:
        out = io.StringIO()
        # Cells are quoted for the characters of the line end: for both, because readers end a row at either.
        csv.writer(out, lineterminator="\r\n").writerow([_inert(cell) for cell in cells])
        return out.getvalue().removesuffix("\r\n").encode("utf-8", "replace") + b"\n"


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def _inert(cell: object) -> object:
    """The cell, with an apostrophe before it where a spreadsheet would calculate it."""
    if isinstance(cell, str):
        cell = cell.replace("\0", "\N{REPLACEMENT CHARACTER}")
        if cell.lstrip(" \n").startswith(_FORMULA):
            return "'" + cell
    return cell


def _joined(values: Any) -> str:
    return " | ".join(dict.fromkeys(values))


def writer(layout: Layout, *, width: int = 120, colours: bool = False) -> Writer:
    """The writer of this name; ``width`` (cells) and ``colours`` are for the table."""
    if layout == "table":
        return Table(width, colours=colours)
    return JsonLines() if layout == "jsonl" else Csv()
