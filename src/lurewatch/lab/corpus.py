"""Labelled text for development and measurement: where it lies, how it is read, which half may be looked at.

The data folder holds gzipped JSON lines (plain ``.jsonl`` is read too) in `messages`, `hard_negatives`,
`conversations` and `off_platform`. Every text belongs to one of two halves for ever, by a hash of its own words:
`dev` is for writing rules and fitting, `report` is only ever measured. A loader reads one half and drops the other.
Rows of one's own are read by ``labelled``, from files or folders, in either half or in both.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args
from zlib import error as zlib_error

from lurewatch.engine.model import Conversation, Message
from lurewatch.errors import InputError

Half = Literal["dev", "report"]
Label = Literal["scam", "spam", "honest"]
Part = Literal["dev", "report", "all"]
HALVES: tuple[Half, ...] = get_args(Half)
LABELS: Mapping[str, Label] = {"scam": "scam", "spam": "spam", "ham": "honest", "legit": "honest", "honest": "honest"}
FOLDERS = ("messages", "hard_negatives", "conversations")
HONEST_FOLDER = "hard_negatives"
"""Everything in files of a folder of this name is honest."""
T = TypeVar("T")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """One message and what its source says it is; ``source`` is the file's name, ``spam`` is advertising.

    ``place`` is the row's file and line.
    """

    source: str
    text: str
    label: Label
    kind: str = ""
    lang: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class LabelledConversation:
    """A conversation and what its source says it is: ``scam`` or ``honest``.

    ``channel`` is how it was led (email, call, chat), ``ask`` the turn, from 1, at which money, data or a step is first
    asked for; None when the row does not say.
    """

    source: str
    conversation: Conversation
    label: Label
    kind: str = ""
    lang: str = ""
    channel: str = ""
    ask: int | None = None
    place: str = ""


Row = LabelledMessage | LabelledConversation


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
    for folder in ("messages", HONEST_FOLDER):
        for row in labelled(files(data, folder), part):
            if isinstance(row, LabelledMessage):
                yield row


def conversations(data: Path, part: Half) -> Iterator[LabelledConversation]:
    """The conversations of one half; a time that cannot be read counts as unknown."""
    for row in labelled(files(data, "conversations"), part):
        if isinstance(row, LabelledConversation):
            yield row


def labelled(paths: Sequence[Path], part: Part) -> Iterator[Row]:
    """The rows of these files in order, of one half or of both: a conversation where a row has ``messages``.

    A row that holds no text, or whose label we do not know, raises InputError with file and line.
    """
    for path in paths:
        for place, row in rows(path):
            read = _conversation(path, place, row) if "messages" in row else _message(path, place, row)
            if part == "all" or half(text_of(read)) == part:
                yield read


def _message(path: Path, place: str, row: Mapping[str, Any]) -> LabelledMessage:
    text = required(row, "text", str, place)
    label = "honest" if path.parent.name == HONEST_FOLDER else label_of(row, place)
    return LabelledMessage(source_of(path), text, label, _word(row, "kind"), _word(row, "lang"), _short(place))


def _conversation(path: Path, place: str, row: Mapping[str, Any]) -> LabelledConversation:
    turns = required(row, "messages", list, place)
    if not turns:
        raise InputError(f"{place}: `messages` is empty.")
    said = tuple(
        Message(required(turn, "text", str, place), sender=_word(turn, "sender"), timestamp=seconds(turn.get("ts")))
        for turn in turns
    )
    ask = row.get("ask")
    if ask is not None and (type(ask) is not int or not 1 <= ask <= len(said)):
        raise InputError(f"{place}: `ask` is the turn of the first ask, a number from 1 to {len(said)}, or null.")
    return LabelledConversation(
        source_of(path),
        Conversation(said, id=_word(row, "id")),
        "honest" if path.parent.name == HONEST_FOLDER else label_of(row, place),
        _word(row, "kind"),
        _word(row, "lang"),
        _word(row, "channel"),
        ask,
        _short(place),
    )


def _word(row: Mapping[str, Any], key: str) -> str:
    return _writable(str(row.get(key) or ""))


def _short(place: str) -> str:
    return _writable(Path(place).name)


def _writable(name: str) -> str:
    """Half characters, which UTF-8 has no bytes for, as question marks: reports name what is called so."""
    return name.encode("utf-8", "replace").decode()


def text_of(row: Row) -> str:
    """All that is said in a row: the text of a message, the texts of a conversation joined by line breaks."""
    if isinstance(row, LabelledMessage):
        return row.text
    return "\n".join(message.text for message in row.conversation.messages)


def conversation_of(row: Row) -> Conversation:
    """What a judge is shown of a row."""
    return row.conversation if isinstance(row, LabelledConversation) else single(row.text)


def single(text: str) -> Conversation:
    """A conversation of this one message."""
    return Conversation((Message(text),))


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
    return _files_in(data / folder)


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.jsonl*") if path.name.endswith((".jsonl", ".jsonl.gz")))


def data_files(paths: Sequence[Path]) -> list[Path]:
    """The files that are meant by files and folders, each once: those in a folder, or in its FOLDERS.

    Raises:
        InputError: there is no such file, or no .jsonl or .jsonl.gz file in a folder.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = [*_files_in(path), *(file for folder in FOLDERS for file in _files_in(path / folder))]
            if not inside:
                raise InputError(
                    f"{path} holds no .jsonl or .jsonl.gz files, nor does a folder {', '.join(FOLDERS)} in it."
                )
            found.update(dict.fromkeys(inside))
        elif path.is_file():
            found[path] = None
        else:
            raise InputError(f"{path}: no such file or folder.")
    return list({path.resolve(): path for path in found}.values())


def source_of(path: Path) -> str:
    """The name of a data file without its endings."""
    return _writable(path.name.removesuffix(".gz").removesuffix(".jsonl"))


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
    except (ValueError, RecursionError, EOFError, OSError, zlib_error) as error:
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
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        moment = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
