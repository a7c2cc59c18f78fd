"""What ``lurewatch scan`` reads: plain text, JSON lines or CSV, a message or a conversation a record.

A record that cannot be read is an InputError in its place, and the rest goes on.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal, NoReturn

import orjson

from lurewatch.engine.model import Conversation, Message
from lurewatch.entrypoints import spreadsheets
from lurewatch.entrypoints.messages import identity, message, sender_metadata
from lurewatch.entrypoints.streams import ahead, lines, unpacked
from lurewatch.errors import InputError

Format = Literal["text", "jsonl", "csv"]
Payload = bytes | tuple[str, str] | InputError
"""What a record is read from: a line, or the id and the text of a row; or why there is nothing to read."""
Row = tuple[int, bytes | InputError] | tuple[int, tuple[str, str] | InputError]
Read = tuple[str, Conversation | InputError]
"""The id of a record (its line's number where it has none), and what it says."""

_SUFFIXES: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".json": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "text",
}
_SNIFFED = 1 << 16
_EMPTY = frozenset((b"", b"\r"))


@dataclass(frozen=True, slots=True)
class Records:
    """The format that was given or recognised, and the rows in order, as many at a time as arrive together."""

    format: Format
    rows: Iterator[Sequence[Row]]


def records(
    packed: Iterable[bytes],
    *,
    name: str = "",
    written: Format | None = None,
    text_column: str | None = None,
    limit: int = 1 << 20,
) -> Records:
    """The records in these bytes; ``limit`` is the longest line in bytes.

    Without ``written`` the format is told by the ending of ``name``, else by the first line.

    Raises:
        InputError: no format fits, a CSV has no such column, or (also while rows are taken) gzip data is damaged.
    """
    head, rest = ahead(unpacked(packed), _SNIFFED, until=b"\n")
    kind = written or _recognised(head.split(b"\n", 1)[0], name, text_column)
    if kind == "jsonl" and head.lstrip().startswith(b"["):
        raise InputError("this is a JSON array; one object a line is read. Convert it: jq -c '.[]' FILE")
    chunks = lines(itertools.chain([head], rest), limit)
    if kind == "csv":
        return Records(kind, spreadsheets.rows(chunks, text_column, limit))
    return Records(kind, ([row for row in chunk if row[1] not in _EMPTY] for chunk in chunks))


def _recognised(first: bytes, name: str, text_column: str | None) -> Format:
    path = PurePath(name.lower().removesuffix(".gz"))
    if path.suffix in _SUFFIXES:
        return _SUFFIXES[path.suffix]
    if text_column is not None:
        return "csv"
    start = first.strip()
    if start.startswith((b"{", b"[{")) or start == b"[":
        return "jsonl"
    return "csv" if spreadsheets.is_header(first) else "text"


def reader(kind: Format) -> Callable[[int, Payload], Read]:
    """How a row of this format is read; the function never raises."""
    return {"text": of_text, "jsonl": of_json, "csv": of_cells}[kind]


def of_text(number: int, line: Payload) -> Read:
    """A line of plain text as one message."""
    if isinstance(line, InputError) or not isinstance(line, bytes):
        return str(number), _unread(line)
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        return str(number), InputError(f"the line is not UTF-8 (byte {error.start + 1})")
    return str(number), Conversation((Message(text.removesuffix("\r")),), id=str(number))


def of_cells(number: int, cells: Payload) -> Read:
    """The id and the text of a CSV row as one message."""
    if not isinstance(cells, tuple):
        return str(number), _unread(cells)
    record_id = cells[0] or str(number)
    return record_id, Conversation((Message(cells[1]),), id=record_id)


def of_json(number: int, line: Payload) -> Read:
    """A JSON object as one message (``text``) or a conversation (``messages``)."""
    record_id = str(number)
    if not isinstance(line, bytes):
        return record_id, _unread(line)
    try:
        fields = _object(line)
        record_id = identity(fields, "id", "") or record_id
        return record_id, conversation(fields, record_id)
    except InputError as error:
        return record_id, error


def conversation(fields: dict[str, Any], record_id: str) -> Conversation:
    """A message or a conversation from its JSON fields. Raises InputError that points to what is wrong."""
    said = fields.get("messages")
    if said is None:
        messages: tuple[Message, ...] = (message(fields, "", ("text", "content")),)
    elif not isinstance(said, list):
        raise InputError("messages is not a list", pointer="/messages")
    elif fields.get("text") is not None:
        raise InputError("a record has text or messages, not both", pointer="/text")
    else:
        messages = tuple(message(one, f"/messages/{index}", ("content", "text")) for index, one in enumerate(said))
    if "sender_metadata" not in fields:
        return Conversation(messages, record_id)
    return Conversation(messages, record_id, sender_metadata(fields["sender_metadata"], "/sender_metadata"))


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        if "surrogate" not in error.msg or b"\\u" not in line:
            raise InputError(f"the line is no JSON: {error.msg} (column {error.colno})") from error
        found = _with_lone_surrogates(line)
    if not isinstance(found, dict):
        raise InputError('a line holds one JSON object, such as {"id": "1", "text": "..."}')
    return found


def _with_lone_surrogates(line: bytes) -> object:
    """Half an emoji (a text cut by its UTF-16 length) is no reason not to read the message."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no number")

    try:
        return json.loads(line, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the line is no JSON: {error}") from error


def _unread(payload: Payload) -> InputError:
    return payload if isinstance(payload, InputError) else InputError("the record is not of this format")
