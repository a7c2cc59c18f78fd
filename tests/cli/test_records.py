"""Records: the three formats, how they are told apart, and what is said of a broken one."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine.model import Conversation, Message, SenderMetadata
from lurewatch.entrypoints.messages import moment
from lurewatch.entrypoints.records import Payload, of_json, of_text, reader, records
from lurewatch.errors import InputError

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def read(data: bytes, **options: Any) -> list[tuple[str, Conversation | InputError]]:
    """Every record in the data."""
    found = records([data], **options)
    one = reader(found.format)
    return [one(*row) for chunk in found.rows for row in chunk]


def texts(data: bytes, **options: Any) -> list[str]:
    """The first text of every record; the error where there is none."""
    return [str(one) if isinstance(one, InputError) else one.messages[0].text for _, one in read(data, **options)]


def error_of(record: dict[str, Any] | bytes) -> InputError:
    """What is wrong with a record of JSON."""
    found = of_json(1, record if isinstance(record, bytes) else json.dumps(record).encode())[1]
    assert isinstance(found, InputError)
    return found


def test_a_message_a_line() -> None:
    """Plain text has a message in each line that is not empty; its id is the number of the line."""
    found = read("first\r\n\nthird ünï \n".encode())
    assert found == [
        ("1", Conversation((Message("first"),), "1")),
        ("3", Conversation((Message("third ünï "),), "3")),
    ]


def test_a_whole_conversation() -> None:
    """Every field of a conversation is read; ``text`` will do for ``content``."""
    record = {
        "id": "c-1",
        "messages": [
            {"message_id": 7, "sender": "a", "role": "suspect", "content": "hi", "timestamp": "2026-01-31T10:30:00Z"},
            {"sender": 12, "text": "hello", "timestamp": 1769855400},
        ],
        "sender_metadata": {"user_id": "u", "account_age_days": 5, "verification_status": "unverified"},
        "label": "ignored",
    }
    assert of_json(1, json.dumps(record).encode()) == (
        "c-1",
        Conversation(
            (
                Message("hi", "a", "suspect", 1769855400.0, "7"),
                Message("hello", "12", "unknown", 1769855400.0, ""),
            ),
            "c-1",
            SenderMetadata("u", 5.0, "unverified"),
        ),
    )


def test_a_single_message_may_have_fields() -> None:
    """A record with ``text`` may say who sent it and when; null is the same as nothing."""
    record = b'{"id": 5, "text": "hi", "sender": null, "role": "agent", "timestamp": null, "sender_metadata": null}'
    assert of_json(3, record) == ("5", Conversation((Message("hi", "", "agent"),), "5"))


@pytest.mark.parametrize(
    ("record", "pointer"),
    [
        ({}, "/text"),
        ({"text": 5}, "/text"),
        ({"text": None}, "/text"),
        ({"id": ["a"], "text": "x"}, "/id"),
        ({"id": True, "text": "x"}, "/id"),
        ({"text": "x", "messages": []}, "/text"),
        ({"messages": {}}, "/messages"),
        ({"messages": ["x"]}, "/messages/0"),
        ({"messages": [{"content": "x"}, {"sender": "a"}]}, "/messages/1/content"),
        ({"messages": [{"content": "x", "role": "victim"}]}, "/messages/0/role"),
        ({"messages": [{"content": "x", "role": ["agent"]}]}, "/messages/0/role"),
        ({"messages": [{"content": "x", "timestamp": "yesterday"}]}, "/messages/0/timestamp"),
        ({"messages": [{"content": "x", "timestamp": True}]}, "/messages/0/timestamp"),
        ({"messages": [{"content": "x", "timestamp": 10**400}]}, ""),
        ({"messages": [{"content": "x", "timestamp": 10**25}]}, "/messages/0/timestamp"),
        ({"messages": [{"content": "x", "sender": 1.5}]}, "/messages/0/sender"),
        ({"text": "x", "sender_metadata": []}, "/sender_metadata"),
        ({"text": "x", "sender_metadata": {"account_age_days": -1}}, "/sender_metadata/account_age_days"),
        ({"text": "x", "sender_metadata": {"account_age_days": "5"}}, "/sender_metadata/account_age_days"),
    ],
)
def test_errors_point_to_the_field(record: dict[str, Any], pointer: str) -> None:
    """What is missing or of a wrong type is pointed to."""
    assert error_of(record).pointer == pointer


@pytest.mark.parametrize(
    "line",
    [
        b'{"text": "x", "timestamp": NaN}',
        b'{"text": "x", "timestamp": 1e999}',
        b'{"text": "\xff"}',
        b'{"text": "x"',
        b'{"text": "a\x00b"}',
        b'"text"',
        b"[1]",
        b"[" * 100_000,
        b'{"text": "x", "more": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"id": "\\ud83d", "text": "x", "timestamp": ' + b"9" * 5_000 + b"}",
        b'{"id": "\\ud83d", "text": "x", "timestamp": Infinity}',
        b'{"id": "\\ud83d", "text": "x", "more": ' + b"[" * 50_000,
    ],
)
def test_what_is_no_json_is_an_error(line: bytes) -> None:
    """Bad bytes, bad numbers and bottomless nesting are broken lines, never anything worse."""
    assert error_of(line)


def test_half_an_emoji_is_read() -> None:
    """A text that was cut within a surrogate pair is still a message."""
    assert of_json(1, b'{"text": "hi \\ud83d"}') == ("1", Conversation((Message("hi \ud83d"),), "1"))


@given(value=json_values)
def test_any_json_is_a_record_or_an_error(value: object) -> None:
    """Whatever JSON a line holds, the reader answers."""
    for record in (value, {"text": value}, {"messages": value}, {"messages": [{"content": "x", "timestamp": value}]}):
        line = json.dumps(record).encode()
        assert isinstance(of_json(1, line)[1], Conversation | InputError)


@given(line=st.binary(max_size=60))
def test_any_bytes_are_a_record_or_an_error(line: bytes) -> None:
    """Whatever bytes a line holds, each reader answers."""
    for one in (of_text, of_json):
        assert isinstance(one(1, line)[1], Conversation | InputError)


def test_a_broken_line_of_text_is_named() -> None:
    """A line that is not UTF-8 is an error at its place, and the others are read."""
    found = texts(b"good\nb\xe4d\nfine")
    assert found[0] == "good"
    assert "UTF-8 (byte 2)" in found[1]
    assert found[2] == "fine"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-01-31T10:30:00Z", 1769855400.0),
        ("2026-01-31T10:30:00", 1769855400.0),
        ("2026-01-31 11:30:00+01:00", 1769855400.0),
        (1769855400, 1769855400.0),
        (1769855400.5, 1769855400.5),
        (1769855400500, 1769855400.5),
        (None, None),
    ],
)
def test_times(value: object, seconds: float | None) -> None:
    """ISO 8601 with and without a zone (then UTC), seconds and milliseconds since the epoch."""
    assert moment(value, "/timestamp") == seconds


@given(value=st.floats() | st.integers() | st.text() | st.datetimes().map(str))
def test_a_time_is_finite_or_an_error(value: object) -> None:
    """No time that the engine could stumble over comes through."""
    try:
        found = moment(value, "/timestamp")
    except InputError:
        return
    assert found is not None
    assert math.isfinite(found)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b'{"text": "x"}', "", "jsonl"),
        (b"id,text\n1,x", "", "csv"),
        (b"text\tid\nx\t1", "", "csv"),
        (b"hello, text me", "", "text"),
        (b"", "", "text"),
        (b"hello", "a.txt.gz", "text"),
        (b"hello", "A.JSONL", "jsonl"),
        (b"hello;text", "b.csv", "csv"),
        (b"\xef\xbb\xbfid,text\n1,x", "", "csv"),
    ],
)
def test_formats_are_recognised(data: bytes, name: str, kind: str) -> None:
    """The ending of the name decides, else the first line."""
    assert records([data], name=name).format == kind


def test_a_written_format_goes_before_the_recognised_one() -> None:
    """``--input text`` reads JSON as plain text."""
    assert texts(b'{"text": "x"}', written="text", name="a.jsonl") == ['{"text": "x"}']


@pytest.mark.parametrize("data", [b'[{"text": "x"}]', b'[\n{"text": "x"}\n]', b'[\r\n{"text": "x"}\r\n]'])
def test_a_json_array_is_explained(data: bytes) -> None:
    """A JSON array is no file of JSON lines; the error says how to make one of it."""
    with pytest.raises(InputError, match="jq"):
        records([data])


def test_csv_rows() -> None:
    """Quoted separators, quotes and line feeds are part of the text; ids and line numbers are kept."""
    data = b'id,text,more\r\na,"hi, you",1\r\n,"two\r\nlines",\r\nc,"say ""x""",3\r\n'
    found = read(data)
    assert [(key, one.messages[0].text) for key, one in found if isinstance(one, Conversation)] == [
        ("a", "hi, you"),
        ("3", "two\r\nlines"),
        ("c", 'say "x"'),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_separators(separator: str) -> None:
    """Commas, semicolons, tabs and bars are told by the header."""
    assert texts(f"id{separator}Body\n1{separator}hello\n".encode(), text_column="body") == ["hello"]


def test_csv_without_the_column() -> None:
    """A column that is not there is an error that names those that are."""
    with pytest.raises(InputError, match=r"no column body; it has: id, note"):
        read(b"id,note\n1,x\n", text_column="body")


def test_broken_csv_rows_are_named_and_the_rest_goes_on() -> None:
    """A quote that is never closed, a short row and bad bytes lose their own row only."""
    data = b'id,text\n1,one\n2,"never closed\n3,three\n4\n5,f\xff\n6,"a"b\n7,seven\n'
    found = read(data)
    assert [key for key, one in found if isinstance(one, Conversation)] == ["1", "3", "7"]
    errors = {key: str(one) for key, one in found if isinstance(one, InputError)}
    assert list(errors) == ["3", "5", "6", "7"]  # the numbers of their lines
    assert "cell" in errors["5"]
    assert "UTF-8" in errors["6"]


def test_a_csv_row_over_the_limit() -> None:
    """A row of many lines is bounded like a line, and those after its first are read again by themselves."""
    data = b'id,text\n1,"open\n' + b"".join(b"%d,row\n" % number for number in range(2, 60))
    found = read(data, limit=100)
    assert isinstance(found[0][1], InputError)
    assert [key for key, one in found if isinstance(one, Conversation)] == [str(number) for number in range(2, 60)]


@given(rows=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=8))
def test_csv_round_trip(rows: list[str]) -> None:
    """Whatever texts Python's csv module writes are read back."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "text"), *((str(number), row) for number, row in enumerate(rows))])
    assert texts(out.getvalue().encode()) == rows


def test_rows_come_as_they_arrive() -> None:
    """A row is given out before the next block is asked for."""

    asked: list[int] = []

    def source() -> Any:
        for number in range(3):
            asked.append(number)
            yield b"id,text\n" if number == 0 else b"%d,row\n" % number

    found = records(source())
    first: list[tuple[int, Payload]] = list(next(found.rows))
    assert [number for number, _ in first] == [2]
    assert asked == [0, 1]
