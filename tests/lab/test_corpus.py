"""The data folder is read as labelled text, one half at a time."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lurewatch.errors import InputError
from lurewatch.lab import corpus

from .data import texts_of, write_rows


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=40))
def test_half_is_the_parity_of_the_hash(text: str) -> None:
    """A text belongs to the dev half exactly when the number that its SHA-256 spells is even."""
    number = int(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), 16)
    assert corpus.half(text) == ("dev" if number % 2 == 0 else "report")


def test_half_accepts_lone_surrogates() -> None:
    """Text that cannot be encoded as UTF-8 still belongs to one half."""
    assert corpus.half("broken \ud800 text") in corpus.HALVES


def test_the_two_halves_are_the_whole(tmp_path: Path) -> None:
    """Every row is in exactly one of the halves, in the order of the file."""
    rows = [{"text": f"invented message number {n}", "label": "ham"} for n in range(40)]
    write_rows(tmp_path / "messages/invented.jsonl.gz", rows)
    dev, report = (list(corpus.messages(tmp_path, part)) for part in corpus.HALVES)
    assert {row.text for row in dev} | {row.text for row in report} == {row["text"] for row in rows}
    assert len(dev) + len(report) == 40
    assert all(corpus.half(row.text) == "dev" for row in dev)


def test_labels_in_our_words(tmp_path: Path) -> None:
    """Scam and spam keep their names, ham is honest, and so is everything among the hard negatives."""
    texts = texts_of("dev", 4)
    labels = ("scam", "spam", "ham")
    rows = [{"text": t, "label": label, "kind": "k", "lang": "en"} for t, label in zip(texts[:3], labels, strict=True)]
    write_rows(tmp_path / "messages/a.jsonl.gz", rows)
    write_rows(tmp_path / "hard_negatives/b.jsonl.gz", [{"text": texts[3], "kind": None}])
    read = list(corpus.messages(tmp_path, "dev"))
    assert [(row.source, row.label, row.kind, row.lang) for row in read] == [
        ("a", "scam", "k", "en"),
        ("a", "spam", "k", "en"),
        ("a", "honest", "k", "en"),
        ("b", "honest", "", ""),
    ]


def test_conversations_keep_senders_and_times(tmp_path: Path) -> None:
    """A conversation keeps who said what and when; an unreadable time is unknown, one without a zone is UTC."""
    first, second = texts_of("dev", 1, length=2)[0].split("\n")
    turns = [
        {"sender": "A", "text": first, "ts": "2024-05-01 10:00"},
        {"sender": "B", "text": second, "ts": "yesterday"},
    ]
    row = {"id": "c1", "label": "legit", "kind": "chat", "messages": turns}
    write_rows(tmp_path / "conversations/c.jsonl", [row])
    (read,) = corpus.conversations(tmp_path, "dev")
    assert read.label == "honest"
    assert read.conversation.id == "c1"
    assert [m.sender for m in read.conversation.messages] == ["A", "B"]
    assert [m.timestamp for m in read.conversation.messages] == [1714557600.0, None]
    assert list(corpus.conversations(tmp_path, "report")) == []


def test_contacts_keep_their_spans(tmp_path: Path) -> None:
    """Marked contact details arrive as (start, end, type)."""
    (text,) = texts_of("dev", 1)
    write_rows(tmp_path / "off_platform/p.jsonl.gz", [{"text": text, "label": "flag", "spans": [[0, 4, "PHONE"]]}])
    assert list(corpus.contacts(tmp_path, "dev")) == [corpus.ContactText("p", text, True, ((0, 4, "PHONE"),))]


def test_byte_order_mark_and_line_endings(tmp_path: Path) -> None:
    """A byte order mark, CRLF and empty lines change nothing."""
    (text,) = texts_of("dev", 1)
    path = tmp_path / "messages/w.jsonl.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps({"text": text, "label": "ham"}).encode() + b"\r\n\r\n"))
    assert [row.text for row in corpus.messages(tmp_path, "dev")] == [text]


@pytest.mark.parametrize("line", [b'{"text": 1, "label": "ham"}', b"{}", b"[1]", b"nonsense", b"\xff", b"[" * 100_000])
def test_a_broken_line_is_named(tmp_path: Path, line: bytes) -> None:
    """A line that is no labelled text is refused with file and line."""
    path = tmp_path / "messages/broken.jsonl.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(b'{"text": "fine", "label": "ham"}\n' + line))
    with pytest.raises(InputError, match=r"broken\.jsonl\.gz:[12]"):
        list(corpus.messages(tmp_path, "dev"))


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    """A gzip file that is broken off is an error and not a short file."""
    path = tmp_path / "messages/cut.jsonl.gz"
    write_rows(path, [{"text": t, "label": "ham"} for t in texts_of("dev", 50)])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"cut\.jsonl\.gz"):
        list(corpus.messages(tmp_path, "dev"))


def test_a_missing_folder_says_what_to_name(tmp_path: Path) -> None:
    """Without any data folder the error says what was looked for."""
    with pytest.raises(InputError, match="no such folder"):
        list(corpus.messages(tmp_path / "nowhere", "dev"))


def test_files_and_folders_of_ones_own(tmp_path: Path) -> None:
    """Named files, plain folders and folders in the layout of the data are read, each file once."""
    for name in ("messages/a.jsonl.gz", "hard_negatives/b.jsonl", "conversations/c.jsonl", "plain/d.jsonl", "e.txt"):
        write_rows(tmp_path / name, [{"text": "hello", "label": "ham"}])
    found = corpus.data_files([tmp_path, tmp_path / "plain", tmp_path / "messages/a.jsonl.gz", tmp_path / "e.txt"])
    assert [path.name for path in found] == ["a.jsonl.gz", "b.jsonl", "c.jsonl", "d.jsonl", "e.txt"]


@pytest.mark.parametrize(("name", "said"), [("nowhere", "no such file or folder"), (".", "holds no .jsonl")])
def test_data_that_is_not_there(tmp_path: Path, name: str, said: str) -> None:
    """A name that leads nowhere, and a folder without data, are refused."""
    with pytest.raises(InputError, match=said):
        corpus.data_files([tmp_path / name])


def test_rows_of_ones_own(tmp_path: Path) -> None:
    """A file may mix messages and conversations, in both halves, and rows say where they stand."""
    turns = [{"sender": "A", "text": "hello"}, {"text": "hi"}]
    rows = [
        {"text": texts_of("dev", 1)[0], "label": "honest"},
        {"text": texts_of("report", 1)[0], "label": "scam", "lang": "en"},
        {"id": 7, "label": "legit", "messages": turns, "channel": "chat", "lang": "de", "ask": 2},
    ]
    write_rows(tmp_path / "mine.jsonl", rows)
    first, second, talk = corpus.labelled([tmp_path / "mine.jsonl"], "all")
    assert [(row.label, row.lang, row.place) for row in (first, second, talk)] == [
        ("honest", "", "mine.jsonl:1"),
        ("scam", "en", "mine.jsonl:2"),
        ("honest", "de", "mine.jsonl:3"),
    ]
    assert isinstance(talk, corpus.LabelledConversation)
    assert (talk.conversation.id, talk.channel, talk.ask) == ("7", "chat", 2)
    assert corpus.text_of(talk) == "hello\nhi"
    report = [row.label for row in corpus.labelled([tmp_path / "mine.jsonl"], "report")]
    assert report[0] == "scam"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": "hello", "label": "maybe"}, "unknown label 'maybe'"),
        ({"text": "hello"}, "unknown label None"),
        ({"messages": [], "label": "scam"}, "`messages` is empty"),
        ({"messages": [{"text": 3}], "label": "scam"}, "`text` is missing"),
        ({"messages": [{"text": "hi"}], "label": "scam", "ask": 2}, "`ask` is the turn"),
        ({"messages": [{"text": "hi"}], "label": "scam", "ask": True}, "`ask` is the turn"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: dict[str, object], said: str) -> None:
    """A row that cannot be used is refused with file, line and reason."""
    write_rows(tmp_path / "mine.jsonl", [{"text": "fine", "label": "ham"}, row])
    with pytest.raises(InputError, match=rf"mine\.jsonl:2: .*{said}"):
        list(corpus.labelled([tmp_path / "mine.jsonl"], "all"))


def test_names_with_half_characters(tmp_path: Path) -> None:
    """A kind that UTF-8 has no bytes for can still be named in a report."""
    write_rows(tmp_path / "mine.jsonl", [{"text": "fine", "label": "ham", "kind": "odd \ud800"}])
    (row,) = corpus.labelled([tmp_path / "mine.jsonl"], "all")
    assert row.kind == "odd ?"


@pytest.mark.parametrize("time", [10**400, "yesterday", True, [], {}, ""])
def test_a_time_that_cannot_be_read_is_unknown(time: object) -> None:
    """Whatever a row gives for a time, it is a number of seconds or unknown."""
    assert corpus.seconds(time) is None
