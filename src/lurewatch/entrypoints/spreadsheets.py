"""CSV in: rows of an id and a text, whatever separates the cells. A broken row is named, and the next one is read."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from lurewatch.entrypoints.streams import Line
from lurewatch.errors import InputError

SEPARATORS = ",;\t|"
TEXT_COLUMNS = ("text", "content", "message")
"""Where the text is looked for when no column is named."""
_ID_COLUMN = "id"

CsvRow = tuple[int, "tuple[str, str] | InputError"]


def is_header(first: bytes) -> bool:
    """Whether a first line looks like the header of a CSV with a text column."""
    cells = _cells(first, _separator(first))
    return len(cells) > 1 and any(cell.casefold() in TEXT_COLUMNS for cell in cells)


def rows(chunks: Iterator[list[Line]], text_column: str | None, limit: int) -> Iterator[list[CsvRow]]:
    """(number of the row's first line, (id or empty, text)), as many at a time as arrive together.

    Raises:
        InputError: there is no header, or it has no such column.
    """
    feed = _Feed(chunks, limit)
    header = _header(feed)
    columns = _columns(header, text_column)
    parsed = csv.reader(feed, delimiter=feed.separator, strict=True)
    found: list[CsvRow] = []
    while True:
        if not feed.ready:
            if found:
                yield found
                found = []
            if not feed.more():
                return
        feed.next_row()
        try:
            cells = next(parsed)
        except StopIteration:
            continue
        except csv.Error as error:
            found.append((feed.broken(), InputError(f"the row cannot be read: {error}")))
            continue
        except InputError as error:
            found.append((feed.broken(), error))
            continue
        if cells:
            found.append((feed.taken[0][0], _row(cells, *columns)))


class _Feed(Iterator[str]):
    """Lines for the csv module, which asks for as many as a row has; remembers them, so that they can be given back."""

    def __init__(self, chunks: Iterator[list[Line]], limit: int) -> None:
        self.separator = ","
        self.taken: list[Line] = []
        self._size = 0
        self._waiting: deque[Line] = deque()
        self._chunks = chunks
        self._limit = limit

    @property
    def ready(self) -> bool:
        """Whether there is a line that need not be waited for."""
        return bool(self._waiting)

    def more(self) -> bool:
        """Wait for the next lines; false at the end."""
        chunk = next(self._chunks, None)
        self._waiting.extend(chunk or ())
        return chunk is not None

    def next_row(self) -> None:
        """Forget the lines of the last row."""
        self.taken.clear()
        self._size = 0

    def __next__(self) -> str:
        if not self._waiting and not self.more():
            raise StopIteration
        line = self._waiting.popleft()
        self.taken.append(line)
        data = line[1]
        if isinstance(data, InputError):
            raise data
        self._size += len(data) + 1
        if self._size > self._limit + 1:
            raise InputError(f"the row is longer than {self._limit:,} bytes. Is a quote not closed?", limit=True)
        return data.decode("utf-8", "surrogateescape") + "\n"

    def broken(self) -> int:
        """Give back all lines of the row but the first, whose number is returned."""
        first, *others = self.taken
        self._waiting.extendleft(reversed(others))
        return first[0]


def _header(feed: _Feed) -> list[str]:
    """The cells of the first line that is not empty."""
    for text in feed:
        if text.strip():
            first = text.encode("utf-8", "surrogateescape")
            feed.separator = _separator(first)
            return _cells(first, feed.separator)
    return []


def _separator(first: bytes) -> str:
    text = first.decode("utf-8", "replace")
    return max(SEPARATORS, key=text.count)


def _cells(first: bytes, separator: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([first.decode("utf-8", "replace")], delimiter=separator), [])]
    except csv.Error:
        return []


def _columns(header: list[str], text_column: str | None) -> tuple[int, int | None]:
    folded = [cell.casefold() for cell in header]
    names = (text_column.strip().casefold(),) if text_column is not None else TEXT_COLUMNS
    text = next((folded.index(name) for name in names if name in folded), None)
    if text is None:
        there = ", ".join(header) or "none"
        raise InputError(f"the CSV has no column {' or '.join(names)}; it has: {there}. Name one: --text-column NAME")
    return text, folded.index(_ID_COLUMN) if _ID_COLUMN in folded else None


def _row(cells: list[str], text_at: int, id_at: int | None) -> tuple[str, str] | InputError:
    if text_at >= len(cells):
        return InputError(f"the row has {len(cells)} cells; the text would be in cell {text_at + 1}")
    text = cells[text_at]
    record_id = cells[id_at].strip() if id_at is not None and id_at < len(cells) else ""
    try:
        (text + record_id).encode()
    except UnicodeEncodeError:
        return InputError("the row is not UTF-8")
    return record_id, text
