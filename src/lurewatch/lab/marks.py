"""What is known of labelled rows beside what they say themselves: their channel, the scam types of a kind, the asks.

A row's own keys win (`channel`, `ask`), and a kind that is the id of a scam type means that type. The rest is data
beside this module: ``marks.yaml``, and ``ask_turns.csv`` with `source, id, turn`: the turn, from 1, in which money,
data or a step is first asked for, empty when that never happens.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

import yaml

from lurewatch.errors import InputError
from lurewatch.lab.corpus import LabelledConversation, Row


@dataclass(frozen=True, slots=True)
class Marks:
    """``channels`` by source, accepted ``types`` by source and kind, turns of the first ask by source and id.

    ``known`` are the ids of the scam types that a kind may name itself.
    """

    channels: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    asks: Mapping[tuple[str, str], int] = field(default_factory=dict)
    known: Collection[str] = ()

    def channel(self, row: Row) -> str:
        """How a conversation was led; empty when that is not known, and of a message."""
        return (row.channel or self.channels.get(row.source, "")) if isinstance(row, LabelledConversation) else ""

    def ask(self, row: Row) -> int | None:
        """The turn, from 1, of the first ask in a conversation; None when there is none, or none is known."""
        if not isinstance(row, LabelledConversation):
            return None
        return row.ask or self.asks.get((row.source, row.conversation.id))

    def accepted(self, row: Row) -> tuple[str, ...]:
        """The scam types that are right for a scam of this row's kind; empty when nothing is known."""
        if row.label != "scam":
            return ()
        return self.types.get(row.source, {}).get(row.kind) or ((row.kind,) if row.kind in self.known else ())


def load(known: Collection[str] = ()) -> Marks:
    """What is shipped, for a pack with these scam types."""
    here = files("lurewatch.lab")
    content = yaml.safe_load((here / "marks.yaml").read_text(encoding="utf-8"))
    types = {
        source: {kind: tuple(accepted) for kind, accepted in kinds.items()}
        for source, kinds in content["types"].items()
    }
    asks = read_asks((here / "ask_turns.csv").read_text(encoding="utf-8").splitlines())
    return Marks(content["channels"], types, asks, known)


def read_asks(lines: Iterable[str]) -> dict[tuple[str, str], int]:
    """The turns of a csv with a header; conversations without an ask are left out. Raises InputError with the line."""
    found: dict[tuple[str, str], int] = {}
    for number, row in enumerate(csv.DictReader(lines), start=2):
        turn = row.get("turn")
        if turn:
            if not turn.isdecimal() or int(turn) < 1 or not row.get("source") or not row.get("id"):
                raise InputError(f"line {number} of the asks: not `source,id,turn` with a turn from 1 on.")
            found[row["source"], row["id"]] = int(turn)
    return found
