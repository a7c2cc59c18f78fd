"""``lurewatch evaluate``: how good the verdicts on labelled rows are."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.text import Text

from lurewatch.entrypoints.app import build_engine
from lurewatch.entrypoints.cli import evaluated
from lurewatch.entrypoints.cli.flags import ENGINE, with_settings
from lurewatch.entrypoints.cli.progress import steps
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import InputError
from lurewatch.lab import comparison, corpus, marks
from lurewatch.lab.attacks import ATTACKS
from lurewatch.lab.evaluation import BYS, By, Plan, Report, as_json, evaluate
from lurewatch.lab.pages import page
from lurewatch.lab.scoring import Order, score

app = typer.Typer(add_completion=False)
_REGRESSED = 1
_PLAIN_WIDTH = 140


class Halves(StrEnum):
    """Which rows are evaluated, by a hash of their text."""

    DEV = "dev"
    REPORT = "report"
    ALL = "all"


_Data = Annotated[
    list[Path], typer.Argument(metavar="DATA...", help="Labelled .jsonl or .jsonl.gz files, or folders of them.")
]
_ByKeys = Annotated[str, typer.Option("--by", metavar="LIST", help=f"Tables to print, of {','.join(BYS)}.")]
_Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write the report as an HTML page.")]
_Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the report as JSON.")]
_Compare = Annotated[
    Path | None, typer.Option(metavar="OLD.json", help="Compare with a report that was written with --json.")
]
_Attacks = Annotated[bool, typer.Option("--attacks", help="Judge each scam and honest message disguised, too.")]
_Half = Annotated[Halves, typer.Option(help="Rows of one half only; texts of the report half are never shown.")]
_Share = Annotated[float, typer.Option("--scam-share", min=0.0001, max=0.9999, help="Of what comes in, the share.")]
_Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="So many processes.")]


@app.command("evaluate")
@with_settings(*ENGINE)
def evaluate_command(  # noqa: PLR0913 - as many options as there are questions
    data: _Data,
    *,
    by: _ByKeys = ",".join(BYS),
    out: _Out = None,
    json: _Json = None,
    compare: _Compare = None,
    attacks: _Attacks = False,
    half: _Half = Halves.ALL,
    scam_share: _Share = 0.10,
    jobs: _Jobs = 1,
    settings: Settings,
) -> None:
    """Measure the verdicts on labelled messages and conversations, with 95 % intervals.

    A row is {"text", "label", "kind"?, "lang"?} or {"id", "label", "messages": [{"sender", "text", "ts"?}]}; the label
    is scam, spam, ham, legit or honest.

    \b
    Exit status
      0  measured; with --compare: nothing got worse
      1  with --compare: a figure is on the wrong side of its old interval
      2  bad usage or unreadable input

    \b
    lurewatch evaluate labelled.jsonl --out report.html
    lurewatch evaluate data/ --attacks --jobs 4 --json new.json --compare old.json
    """
    for path in (out, json):
        if path is not None and not path.absolute().parent.is_dir():
            raise InputError(f"{path} cannot be written: its folder does not exist.")
    plan = Plan(by=_keys(by), share=scam_share, half=half.value)
    older = comparison.read(compare, plan) if compare else None
    report = _measured(data, plan, settings, attacks=attacks, jobs=jobs)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _PLAIN_WIDTH)
    for part in evaluated.parts(report):
        console.print(part, soft_wrap=isinstance(part, Text))
    for written, content in ((out, page), (json, as_json)):
        if written is not None:
            _write(written, content(report))
    if older is not None:
        found = comparison.compare(older, report)
        for part in evaluated.changes(found):
            console.print(part, soft_wrap=True)
        raise typer.Exit(_REGRESSED if found.regressions else 0)


def _keys(listed: str) -> tuple[By, ...]:
    chosen = dict.fromkeys(key.strip() for key in listed.split(","))
    if unknown := [key for key in chosen if key not in BYS]:
        raise InputError(f"--by takes {', '.join(BYS)}, and not {', '.join(map(repr, unknown))}.")
    return cast("tuple[By, ...]", tuple(chosen))


def _measured(data: list[Path], plan: Plan, settings: Settings, *, attacks: bool, jobs: int) -> Report:
    rows = list(corpus.labelled(corpus.data_files(data), plan.half))
    if not rows:
        which = "" if plan.half == "all" else f" of the {plan.half} half"
        raise InputError(f"{', '.join(map(str, data))}: there are no rows{which}.")
    engine = build_engine(settings)
    known = {one.id for one in engine.pack.scam_types}
    order = Order(marks.load(known), ATTACKS if attacks else {}, shown=plan.half != "report")
    with steps(("judging", "measuring")) as told:
        scored = score(engine, rows, order, jobs, lambda done: told(0, done, len(rows)))
        stated = Plan(plan.by, plan.share, plan.half, asdict(engine.versions))
        return evaluate(scored, stated, lambda done, total: told(1, done, total))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
