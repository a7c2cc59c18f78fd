"""Labelled text for development and measurement: where it lies, how it is read, which half may be looked at.

The data folder holds gzipped JSON lines (plain ``.jsonl`` is read too) in `messages`, `hard_negatives`,
`conversations` and `off_platform`. Every text belongs to one of two halves for ever, by a hash of its own words:
`dev` is for writing rules and fitting, `report` is only ever measured. A loader reads one half and drops the other.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args
from zlib import error as zlib_error

from lurewatch.engine.model import Conversation, Message
from lurewatch.errors import InputError

Half = Literal["dev", "report"]
Label = Literal["scam", "spam", "honest"]
HALVES: tuple[Half, ...] = get_args(Half)
LABELS: Mapping[str, Label] = {"scam": "scam", "spam": "spam", "ham": "honest", "legit": "honest"}
T = TypeVar("T")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """One message and what its source says it is; ``source`` is the file's name, ``spam`` is advertising."""

    source: str
    text: str
    label: Label
    kind: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class LabelledConversation:
    """A conversation and what its source says it is: ``scam`` or ``honest``."""

    source: str
    conversation: Conversation
    label: Label
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ContactText:
    """A text and the contact details in it: (start, end, type as the source names it), half-open, in code points."""

    source: str
    text: str
    flagged: bool
    spans: tuple[tuple[int, int, str], ...] = ()


def half(text: str) -> Half:
    """The half that a text belongs to; of a conversation: its texts joined by line breaks."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return "dev" if digest[-1] % 2 == 0 else "report"


def messages(data: Path, part: Half) -> Iterator[LabelledMessage]:
    """The messages of one half, file by file in alphabetical order; everything under `hard_negatives` is honest."""
    for folder in ("messages", "hard_negatives"):
        for path in files(data, folder):
            for place, row in rows(path):
                text = required(row, "text", str, place)
                if half(text) == part:
                    label = label_of(row, place) if folder == "messages" else "honest"
                    kind, lang = str(row.get("kind") or ""), str(row.get("lang") or "")
                    yield LabelledMessage(source_of(path), text, label, kind, lang)


def conversations(data: Path, part: Half) -> Iterator[LabelledConversation]:
    """The conversations of one half; a time that cannot be read counts as unknown."""
    for path in files(data, "conversations"):
        for place, row in rows(path):
            turns = required(row, "messages", list, place)
            texts = [required(turn, "text", str, place) for turn in turns]
            if texts and half("\n".join(texts)) == part:
                said = tuple(
                    Message(text, sender=str(turn.get("sender") or ""), timestamp=seconds(turn.get("ts")))
                    for text, turn in zip(texts, turns, strict=True)
                )
                conversation = Conversation(said, id=str(row.get("id") or ""))
                yield LabelledConversation(
                    source_of(path), conversation, label_of(row, place), str(row.get("kind") or "")
                )


def contacts(data: Path, part: Half) -> Iterator[ContactText]:
    """The texts with marked contact details of one half."""
    for path in files(data, "off_platform"):
        for place, row in rows(path):
            text = required(row, "text", str, place)
            if half(text) == part:
                spans = tuple((int(start), int(end), str(kind)) for start, end, kind in row.get("spans") or ())
                yield ContactText(source_of(path), text, row.get("label") == "flag", spans)


def files(data: Path, folder: str) -> list[Path]:
    """The data files of one folder by name; empty when the folder is missing. Raises InputError without any data."""
    if not data.is_dir():
        raise InputError(f"{data}: no such folder. Name the folder that holds messages/ and hard_negatives/.")
    return sorted(path for path in (data / folder).glob("*.jsonl*") if path.name.endswith((".jsonl", ".jsonl.gz")))


def sources(data: Path) -> frozenset[str]:
    """The names of all files that can be measured."""
    folders = ("messages", "hard_negatives", "conversations", "off_platform")
    return frozenset(source_of(path) for folder in folders for path in files(data, folder))


def source_of(path: Path) -> str:
    """The name of a data file without its endings."""
    return path.name.removesuffix(".gz").removesuffix(".jsonl")


def rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each object of a file of JSON lines with its place (`file:line`), streaming.

    A byte order mark, CRLF and empty lines are tolerated. A line that is not a JSON object, or a gzip file that is
    broken off, raises InputError with the place: a measurement must not pass over rows in silence.
    """
    opened: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opened(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                content = line.removeprefix(BOM).strip()
                if content:
                    row = json.loads(content)
                    if not isinstance(row, dict):
                        raise InputError(f"{path}:{number}: not a JSON object.")
                    yield f"{path}:{number}", row
    except (ValueError, EOFError, OSError, zlib_error) as error:
        raise InputError(f"{path}:{number}: cannot be read: {error}") from error


def required(row: Any, key: str, expected: type[T], place: str) -> T:
    """A member of a row that must be there and of the type; raises InputError with the place."""
    value = row.get(key) if isinstance(row, dict) else None
    if not isinstance(value, expected):
        raise InputError(f"{place}: `{key}` is missing or not a {expected.__name__}.")
    return value


def label_of(row: Mapping[str, Any], place: str) -> Label:
    """The label of a row in our words; raises InputError for one we do not know."""
    label = LABELS.get(str(row.get("label")))
    if label is None:
        raise InputError(f"{place}: unknown label {row.get('label')!r}. Known: {', '.join(LABELS)}.")
    return label


def seconds(value: object) -> float | None:
    """A time of the data (seconds since the epoch or ISO 8601; without a zone: UTC), None when unknown."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
