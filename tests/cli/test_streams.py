"""From bytes as they come to numbered lines."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.entrypoints.streams import BLOCK, blocks, lines, unpacked
from lurewatch.errors import InputError


def pieces(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """The data cut at these places, without empty pieces."""
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    return [data[start:end] for start, end in pairwise(places)]


def read(source: Iterable[bytes], limit: int = 1 << 20) -> list[tuple[int, bytes | InputError]]:
    """All lines."""
    return [line for chunk in lines(source, limit) for line in chunk]


@given(data=st.binary(max_size=200), cuts=st.lists(st.integers(0, 199), max_size=8))
def test_lines_do_not_depend_on_the_blocks(data: bytes, cuts: list[int]) -> None:
    """However bytes arrive, the lines are those between line feeds, numbered from 1."""
    expected = data.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    assert read(pieces(data, cuts)) == list(enumerate(expected, start=1))


@given(lengths=st.lists(st.integers(0, 30), max_size=12), cuts=st.lists(st.integers(0, 400), max_size=8))
def test_a_long_line_is_named_and_the_rest_goes_on(lengths: list[int], cuts: list[int]) -> None:
    """Exactly the lines over the limit are errors that keep their numbers; all others are whole."""
    data = b"".join(b"x" * length + b"\n" for length in lengths)
    found = read(pieces(data, cuts), limit=10)
    assert [number for number, _ in found] == list(range(1, len(lengths) + 1))
    for (_, line), length in zip(found, lengths, strict=True):
        if length > 10:
            assert isinstance(line, InputError)
            assert line.limit
        else:
            assert line == b"x" * length


@given(text=st.text(max_size=60), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), packed=st.booleans())
def test_packing_and_encoding_leave_the_text_as_it_is(text: str, encoding: str, packed: bool) -> None:
    """Plain, gzipped, with a byte order mark, in UTF-16: the same UTF-8 comes out, whatever the blocks."""
    if text.startswith("\ufeff") or (encoding == "utf-8" and text.startswith(("\x1f\x8b", "\ufeff"))):
        return
    data = text.encode(encoding)
    data = gzip.compress(data) if packed else data
    for size in (1, 3, 1000):
        source = [data[at : at + size] for at in range(0, len(data), size)]
        assert b"".join(unpacked(source)).decode() == text


def test_gzip_members_one_after_the_other() -> None:
    """Several gzip files put together are one, and padding at the end is no part of it."""
    data = gzip.compress(b"a\n") + gzip.compress(b"b\n") + b"\0\0"
    assert b"".join(unpacked([data])) == b"a\nb\n"


def test_a_cut_or_damaged_gzip_is_an_error_after_what_could_be_read() -> None:
    """What comes before the damage is given out; then it is said that the rest is missing."""
    whole = gzip.compress(b"".join(b"%d line\n" % number for number in range(50_000)))
    for data, said in ((whole[:-20], "too early"), (whole[:-6] + b"\0\0\0\0\0\0", "damaged")):
        found: list[bytes] = []
        with pytest.raises(InputError, match=said):
            found.extend(unpacked([data]))
        assert b"".join(found).startswith(b"0 line\n1 line\n")


def test_a_gzip_bomb_comes_in_small_blocks() -> None:
    """However well it is packed, no block is larger than BLOCK."""
    data = gzip.compress(b"\0" * (8 << 20))
    assert max(map(len, unpacked([data]))) <= BLOCK


def test_what_is_no_utf_16_breaks_only_its_line() -> None:
    """A lone surrogate and a cut last character leave bytes that are no UTF-8 in their lines, and the others whole."""
    data = b"\xff\xfe" + "good\n".encode("utf-16-le") + b"\x00\xd8" + "\nfine\n".encode("utf-16-le") + b"a"
    found = [line for _, line in read(unpacked([data]))]
    assert found[0] == b"good"
    assert found[2] == b"fine"
    for broken in (found[1], found[3]):
        assert isinstance(broken, bytes)
        with pytest.raises(UnicodeDecodeError):
            broken.decode()


def test_blocks_tell_how_far_they_are() -> None:
    """The lengths told add up to the size of the file."""
    told: list[int] = []
    data = b"x" * (BLOCK * 2 + 7)
    assert b"".join(blocks(io.BytesIO(data), told.append)) == data
    assert sum(told) == len(data)


def test_a_file_that_cannot_be_read_says_so() -> None:
    """An error of the system is an InputError with its reason."""

    class Broken:
        def read1(self, _size: int, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(InputError, match="Input/output error"):
        list(blocks(Broken()))
