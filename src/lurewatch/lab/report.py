"""What a measurement says: counts as tables, means over files, what attacks cost.

Recall is the share found of scam rows, a false positive is an honest row found; advertising (`spam`) is shown and
belongs to neither. Means over files give every file the same weight, so that a long one cannot hide a bad one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import orjson

from lurewatch.engine.model import Conversation, Verdict
from lurewatch.lab.corpus import Half, Label

Unit = Literal["message", "conversation"]
ENGLISH = ("sms_mishra_soni", "weak_spamhunter_labelled")
LABELS: tuple[Label, ...] = ("scam", "honest", "spam")
NAMES: Mapping[Label, str] = {"scam": "recall", "honest": "false positives", "spam": "advertising found"}


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Rows that are counted together; ``attack`` is empty for the text as it is."""

    unit: Unit
    attack: str
    label: Label
    source: str
    kind: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of ``rows``: how many were judged a scam, carried any flag, or were refused as unanalysable."""

    rows: int = 0
    found: int = 0
    flagged: int = 0
    refused: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.rows + other.rows,
            self.found + other.found,
            self.flagged + other.flagged,
            self.refused + other.refused,
        )

    @property
    def share(self) -> float:
        """The share of the rows judged a scam, 0 without rows."""
        return self.found / self.rows if self.rows else 0.0


Tallies = Mapping[Group, Tally]


def by_source(tallies: Tallies, label: Label, unit: Unit = "message", attack: str = "") -> dict[str, Tally]:
    """The counts of each file that has rows with this label."""
    files: dict[str, Tally] = {}
    for group, tally in tallies.items():
        if (group.label, group.unit, group.attack) == (label, unit, attack):
            files[group.source] = files.get(group.source, Tally()) + tally
    return files


def pooled(files: Mapping[str, Tally], names: Collection[str] | None = None) -> Tally:
    """The counts of the named files (all without names) taken as one."""
    return sum((tally for name, tally in files.items() if names is None or name in names), Tally())


def mean(files: Mapping[str, Tally]) -> float:
    """The mean of the files' shares, 0 without files."""
    return sum(tally.share for tally in files.values()) / len(files) if files else 0.0


def worst(files: Mapping[str, Tally]) -> tuple[str, float]:
    """The file with the highest share, and the share."""
    return max(((name, tally.share) for name, tally in files.items()), key=lambda file: file[1], default=("none", 0.0))


@dataclass(frozen=True, slots=True)
class AttackCost:
    """What a disguise does: the share of the recall that is kept, and the percentage points of false positives added.

    ``kept_worst`` and ``added_worst`` name the file that suffers most.
    """

    attack: str
    kept_english: float
    kept: float
    kept_worst: tuple[str, float]
    added: float
    added_worst: tuple[str, float]


def attack_costs(tallies: Tallies) -> list[AttackCost]:
    """What each disguise in the measurement costs, by name."""
    plain, honest = by_source(tallies, "scam"), by_source(tallies, "honest")
    costs = []
    for attack in sorted({group.attack for group in tallies if group.attack}):
        scam = by_source(tallies, "scam", attack=attack)
        disguised = by_source(tallies, "honest", attack=attack)
        kept = {name: ratio(scam[name].found, plain[name].found) for name in scam}
        added = {name: 100 * (disguised[name].share - honest[name].share) for name in disguised}
        costs.append(
            AttackCost(
                attack,
                ratio(pooled(scam, ENGLISH).found, pooled(plain, ENGLISH).found),
                ratio(pooled(scam).found, pooled(plain).found),
                min(kept.items(), key=lambda file: file[1], default=("none", 1.0)),
                sum(added.values()) / len(added) if added else 0.0,
                max(added.items(), key=lambda file: file[1], default=("none", 0.0)),
            )
        )
    return costs


def ratio(part: int, whole: int) -> float:
    """What is left of the whole; 1 where there was nothing to lose."""
    return part / whole if whole else 1.0


def lines(tallies: Tallies, part: Half, keys: Sequence[str] = ("source",)) -> Iterator[str]:
    """The measurement as text: a table per unit and label, the means, what the attacks cost."""
    yield f"{part} half"
    units: tuple[Unit, ...] = ("message", "conversation")
    for unit in units:
        for label in LABELS:
            if any((group.unit, group.label, group.attack) == (unit, label, "") for group in tallies):
                yield ""
                yield from table(tallies, unit, label, keys)
    if any(group.attack for group in tallies):
        yield ""
        yield from attack_table(attack_costs(tallies))


def table(tallies: Tallies, unit: Unit, label: Label, keys: Sequence[str]) -> Iterator[str]:
    """The counts of one unit and label by the given keys, and the means over the files."""
    cells: dict[str, Tally] = {}
    for group, tally in tallies.items():
        if (group.unit, group.label, group.attack) == (unit, label, ""):
            name = " ".join(str(getattr(group, key)) or "-" for key in keys)
            cells[name] = cells.get(name, Tally()) + tally
    width = max(44, *(len(name) for name in cells))
    yield f"{label + ' ' + unit + 's':<{width}} {'rows':>7} {NAMES[label]:>18} {'any flag':>9} {'refused':>8}"
    for name, tally in sorted(cells.items()):
        yield f"{name:<{width}} {figures(tally)}"
    files = by_source(tallies, label, unit)
    if label == "scam" and set(ENGLISH) <= set(files):
        yield f"{'= the English SMS files':<{width}} {figures(pooled(files, ENGLISH))}"
    yield f"{'= all rows':<{width}} {figures(pooled(files))}"
    place, share = worst(files)
    yield f"= mean over {len(files)} files {percent(mean(files))}, highest {percent(share)} ({place})"


def figures(tally: Tally) -> str:
    """The cells of one line of a table."""
    flagged = tally.flagged / tally.rows if tally.rows else 0.0
    return f"{tally.rows:>7} {percent(tally.share):>18} {percent(flagged):>9} {tally.refused:>8}"


def attack_table(costs: Iterable[AttackCost]) -> Iterator[str]:
    """What the attacks cost: shares of recall kept, points of false positives added."""
    yield f"{'attack':<14} {'kept, English':>14} {'kept, all':>10} {'FP added':>9}  worst"
    for cost in costs:
        kept_in, kept = cost.kept_worst
        added_in, added = cost.added_worst
        yield (
            f"{cost.attack:<14} {percent(cost.kept_english):>14} {percent(cost.kept):>10} {cost.added:>+9.2f}"
            f"  kept {percent(kept)} in {kept_in}; {added:+.2f} in {added_in}"
        )


def percent(share: float) -> str:
    """A share in percent."""
    return f"{100 * share:.2f} %"


def row(conversation: Conversation, kind: str, verdict: Verdict) -> str:
    """One judged row as a developer wants to see it: the score, what was seen, the text."""
    seen = ", ".join(f"{flag.pattern}={flag.matched_text!r}" for flag in verdict.flags) or "nothing"
    tactics = " ".join(f"{name} {score:.2f}" for name, score in verdict.tactics.items() if score)
    text = "\n  ".join(f"{message.sender} {message.text}".strip()[:500] for message in conversation.messages[:30])
    return f"\n{verdict.scam_probability:5.1f} {kind} {verdict.scam_type} | {tactics}\n  saw {seen}\n  {text}"


def as_json(tallies: Tallies, part: Half) -> bytes:
    """Every count, for further use."""
    groups = [asdict(group) | asdict(tally) for group, tally in tallies.items()]
    costs = [asdict(cost) for cost in attack_costs(tallies)]
    return orjson.dumps({"half": part, "groups": groups, "attacks": costs}, option=orjson.OPT_INDENT_2)
