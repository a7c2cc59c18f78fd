"""Fit the calibrated fusion to the dev half: ``python -m lurewatch.lab.fit DATA --out fusion.yaml``.

Two logistics are fitted, one for single messages and one for conversations. Advertising is left out: some of it is
fraud, some is not, and nobody says which. ``--check`` measures instead what files get from a fit that never saw them.
"""

from __future__ import annotations

import argparse
import random
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from lurewatch.engine.pipeline import Engine
from lurewatch.errors import LurewatchError
from lurewatch.lab import corpus
from lurewatch.lab.attacks import ATTACKS
from lurewatch.lab.corepack import load
from lurewatch.lab.corpus import LabelledMessage, Row, conversation_of
from lurewatch.lab.logistic import Example, Model, Target, fit, left_out, recalls

LONG_SCAMS = ("jobs_emscad_fraud",)
"""Scam files of the messages folder with rows as long as a conversation: they teach that fit only."""
HEADER = "# Written by `python -m lurewatch.lab.fit`; edit the rules, not the numbers.\n"


EXPECTED = {"critical": 2.0, "high": 0.5}
"""What a rule of this level is expected to weigh: its author's word counts until data say otherwise."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """One section of the file: the model and the rows it was fitted to."""

    name: str
    examples: Sequence[Example]
    model: Model


def examples_of(engine: Engine, rows: Iterable[Row]) -> Iterator[Example]:
    """What the engine sees of each sender in each scam and honest row."""
    for row in rows:
        if row.label != "spam":
            state = engine.start()
            for message in conversation_of(row).messages:
                state, _ = engine.observe(state, message)
            senders = [engine.features(replace(state, dossiers={key: one})) for key, one in state.dossiers.items()]
            yield Example(row.source, row.label == "scam", senders)


def disguised(rows: Iterable[Row]) -> Iterator[Row]:
    """Each message under one of the attacks, chosen by its text: a disguise alone must not make a scam."""
    attacks = list(ATTACKS.items())
    for row in rows:
        if isinstance(row, LabelledMessage) and row.label != "spam":
            name, attack = attacks[zlib.crc32(row.text.encode("utf-8", "surrogatepass")) % len(attacks)]
            yield replace(row, text=attack(row.text, random.Random(f"{name}:{row.text}")))  # noqa: S311 - repeatable


def sections_of(engine: Engine, data: Path, target: Target) -> list[Fitted]:
    """Both fits to the dev half.

    The one for conversations is fitted to the messages too: a short message can open a conversation, and a fit that saw
    only the conversations at hand would learn their channel, because the scams among them are letters and the honest
    ones are chat.
    """
    rows = list(corpus.messages(data, "dev"))
    messages = [
        *examples_of(engine, rows),
        *(replace(example, disguised=True) for example in examples_of(engine, disguised(rows))),
    ]
    alone = [example for example in messages if example.source not in LONG_SCAMS]
    together = [*messages, *examples_of(engine, corpus.conversations(data, "dev"))]
    known = expected(engine)
    parts = (("message", alone), ("conversation", together))
    return [Fitted(name, part, fit(part, target, expected=known)) for name, part in parts]


def expected(engine: Engine) -> dict[str, float]:
    """The expected weights of the pack's rules, by the name of their feature."""
    levels = {f"rule.{rule.id}": rule.level for rule in engine.pack.rules if rule.mode == "enforce"}
    return {name: EXPECTED[level] for name, level in levels.items() if level in EXPECTED}


def document(sections: Iterable[Fitted], target: Target, version: str) -> dict[str, Any]:
    """The content of the pack's ``fusion.yaml``."""
    found: dict[str, Any] = {"version": version}
    for section in sections:
        found[section.name] = {
            "intercept": section.model.intercept,
            "weights": dict(sorted(section.model.weights.items())),
            "fitted": {
                "scam_rows": sum(row.scam and not row.disguised for row in section.examples),
                "honest_rows": sum(not row.scam and not row.disguised for row in section.examples),
                "false_positives_mean_at_most": target.mean,
                "false_positives_worst_at_most": target.worst,
            },
        }
    return found


def written(content: dict[str, Any]) -> str:
    """The file as text: the same content gives the same bytes."""
    return HEADER + yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def summary(section: Fitted) -> Iterator[str]:
    """What the fit reaches on the rows it was fitted to, file by file, and its weights."""
    yield f"{section.name}: intercept {section.model.intercept}"
    for name, weight in sorted(section.model.weights.items(), key=lambda item: -item[1]):
        yield f"  {weight:8.4f} {name}"
    for scam, title in ((True, "recall"), (False, "false positives")):
        shares = recalls(section.examples, section.model, scam)
        yield f"  {title}: mean {mean(shares.values()):.2f} %"
        yield from (f"  {100 * share:8.2f} % {source}" for source, share in shares.items())


def check(section: Fitted, target: Target) -> Iterator[str]:
    """What each file gets from a fit to the others."""
    found = list(left_out(section.examples, target))
    for scam, title in ((True, "recall"), (False, "false positives")):
        shares = {source: share for source, kind, share in found if kind is scam}
        yield f"{section.name}, left out of the fit, {title}: mean {mean(shares.values()):.2f} %"
        yield from (f"  {100 * share:8.2f} % {source}" for source, share in shares.items())


def mean(shares: Iterable[float]) -> float:
    """The mean in percent, 0 of nothing."""
    values = list(shares)
    return 100 * sum(values) / len(values) if values else 0.0


def main(argv: Sequence[str] | None = None) -> None:
    """Fit, write the file, print what was reached."""
    usual = Target()
    parser = argparse.ArgumentParser(prog="python -m lurewatch.lab.fit", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with the development data")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the pack's fusion.yaml")
    parser.add_argument("--version", default="1", help="the version that verdicts will name")
    parser.add_argument("--mean", type=float, default=usual.mean, help="most false positives, mean over honest files")
    parser.add_argument("--worst", type=float, default=usual.worst, help="most false positives in any honest file")
    parser.add_argument("--check", action="store_true", help="fit again without each file and measure it")
    options = parser.parse_args(argv)
    target = Target(options.mean, options.worst)
    sections = sections_of(load(), options.data, target)
    if options.out:
        options.out.write_text(written(document(sections, target, options.version)), encoding="utf-8")
    for section in sections:
        for line in check(section, target) if options.check else summary(section):
            sys.stdout.write(line + "\n")


if __name__ == "__main__":
    try:
        main()
    except LurewatchError as error:
        sys.exit(str(error))
