"""Bytes as they come, to numbered lines of UTF-8: unpacked, without marks of encoding, bounded."""

from __future__ import annotations

import codecs
import itertools
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from lurewatch.errors import InputError

BLOCK = 1 << 16
Line = tuple[int, "bytes | InputError"]
"""A line's number from 1 and its bytes without the line feed, or why it cannot be read."""

_GZIP = b"\x1f\x8b"
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_BROKEN = b"\xff"
"""Stands for what could not be decoded: it is no UTF-8 either, so its line is named as broken."""


class Source(Protocol):
    """A binary file; ``read1`` gives what is there without waiting for more."""

    def read1(self, size: int, /) -> bytes: ...


def blocks(file: Source, told: Callable[[int], None] = lambda _: None) -> Iterator[bytes]:
    """The file in blocks of at most BLOCK bytes; ``told`` hears the length of each before it is handed on.

    Raises:
        InputError: it cannot be read.
    """
    while block := _read(file):
        told(len(block))
        yield block


def _read(file: Source) -> bytes:
    try:
        return file.read1(BLOCK)
    except OSError as error:
        raise InputError(f"it cannot be read: {error.strerror}") from error


def unpacked(packed: Iterable[bytes]) -> Iterator[bytes]:
    """Blocks of UTF-8 without a byte order mark, from plain or gzipped bytes of UTF-8 or (by its mark) UTF-16.

    Raises:
        InputError: the gzip data is damaged or ends too early.
    """
    head, rest = ahead(packed, len(_GZIP))
    if head.startswith(_GZIP):
        head, rest = ahead(_gunzip(itertools.chain([head], rest)), len(codecs.BOM_UTF8))
    else:
        head, rest = ahead(itertools.chain([head], rest), len(codecs.BOM_UTF8))
    encoding = _UTF16.get(head[:2])
    if encoding is not None:
        return _recoded(itertools.chain([head[2:]], rest), encoding)
    return itertools.chain([head.removeprefix(codecs.BOM_UTF8)], rest)


def ahead(source: Iterable[bytes], least: int, until: bytes = b"") -> tuple[bytes, Iterator[bytes]]:
    """At least so many first bytes (fewer only at the end, or once ``until`` is among them), and what follows."""
    following = iter(source)
    head = b""
    for block in following:
        head += block
        if len(head) >= least or (until and until in head):
            break
    return head, following


def lines(source: Iterable[bytes], limit: int) -> Iterator[list[Line]]:
    """The lines that each block completes. A line of more than ``limit`` bytes is not kept, only named."""
    number, size = 1, 0
    parts: list[bytes] = []

    def line(last: bytes) -> Line:
        if size + len(last) > limit:
            return number, InputError(
                f"the line is longer than {limit:,} bytes. Shorten it, or raise the setting max_body", limit=True
            )
        return number, b"".join((*parts, last)) if parts else last

    for block in source:
        *ended, rest = block.split(b"\n")
        found = []
        for piece in ended:
            found.append(line(piece))
            number += 1
            if parts:
                parts, size = [], 0
        if rest:
            size += len(rest)
            parts.append(rest if size <= limit else b"")
        if found:
            yield found
    if parts:
        yield [line(b"")]


def _gunzip(source: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack one gzip member after the other, at most BLOCK bytes at a time."""
    member = zlib.decompressobj(wbits=31)
    try:
        for block in source:
            waiting = block
            while waiting:
                if member.eof:
                    if not waiting.strip(b"\0"):  # padding after the last member
                        break
                    member = zlib.decompressobj(wbits=31)
                if data := member.decompress(waiting, BLOCK):
                    yield data
                waiting = member.unused_data if member.eof else member.unconsumed_tail
        while not member.eof and (data := member.decompress(member.unconsumed_tail, BLOCK)):
            yield data
    except zlib.error as error:
        raise InputError(f"the gzip data is damaged ({error}). Pack the file again") from error
    if not member.eof:
        raise InputError("the gzip data ends too early. The file was cut; get it again")


def _recoded(source: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """UTF-16 as UTF-8. What is no UTF-16 becomes a byte that is no UTF-8, so that only its line is lost."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for block in source:
        yield decoder.decode(block).encode("utf-8", "surrogatepass")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        yield _BROKEN
