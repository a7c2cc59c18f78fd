"""What is shipped about public files, and the csv of the asks."""

from __future__ import annotations

import pytest

from lurewatch.engine.packs.pack import Pack
from lurewatch.errors import InputError
from lurewatch.lab import corepack, marks


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack we ship."""
    return corepack.pack()


def test_shipped_types_are_types_of_the_pack(pack: Pack) -> None:
    """Every type that a kind stands for is one that the engine can name."""
    known = {one.id for one in pack.scam_types}
    named = {one for kinds in marks.load().types.values() for types in kinds.values() for one in types}
    assert named
    assert named <= known


def test_shipped_channels() -> None:
    """Conversations were led by mail, by telephone, or in a chat."""
    assert set(marks.load().channels.values()) == {"email", "call", "chat"}


def test_asks_are_read() -> None:
    """A turn is kept by source and id; a conversation in which nothing is asked has none."""
    lines = ["source,id,turn,lure,asked", "calls,c1,4,B,access", "calls,c2,,B,", "mail,c1,1,A,money"]
    assert marks.read_asks(lines) == {("calls", "c1"): 4, ("mail", "c1"): 1}


@pytest.mark.parametrize("line", ["calls,c1,0,B,", "calls,c1,soon,B,", ",c1,2,B,", "calls,,2,B,"])
def test_a_bad_ask_is_named(line: str) -> None:
    """A turn that is none, or of no conversation, is refused with its line."""
    with pytest.raises(InputError, match="line 2"):
        marks.read_asks(["source,id,turn,lure,asked", line])
