"""``lurewatch rules``: lint, test, list, explain and begin rules."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from lurewatch.engine.packs.conditions import Combination, Condition, Lexicon, Phrase, Proximity, SignalPresent
from lurewatch.engine.packs.pack import Files, Pack, survey
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.reading import Reader
from lurewatch.entrypoints import packs_on_disk
from lurewatch.lab import rules as lab_rules

app = typer.Typer(no_args_is_help=True, help="Lint, test, list, explain and begin rules.")
_out = Console()
_err = Console(stderr=True)
_REGIONS = ("US", "CA", "GB", "IN")
_LEAST_SHARE = 0.95

Packs = Annotated[
    list[Path] | None,
    typer.Option("--pack", help="A folder laid over the core pack; may be given several times."),
]
Names = Annotated[list[str] | None, typer.Argument(help="Rule ids or categories; all when left out.")]


def _layers(packs: list[Path] | None) -> list[Files]:
    return [packs_on_disk.core(), *(packs_on_disk.folder(path) for path in packs or [])]


def _survey(packs: list[Path] | None) -> tuple[Pack, int]:
    """The pack of everything that could be read; problems are printed and counted."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    pack, problems = survey(*_layers(packs), today=today)
    for problem in problems:
        _err.print(escape(str(problem)), style="red", highlight=False, soft_wrap=True)
    return pack, len(problems)


def _reader(pack: Pack) -> Reader:
    return Reader(pack, _REGIONS, packs_on_disk.compiler(packs_on_disk.default_cache()))


def _chosen(pack: Pack, names: list[str] | None) -> list[Rule]:
    chosen = [rule for rule in pack.rules if not names or rule.id in names or rule.category in names]
    if not chosen:
        _err.print(f"No rule or category is called {', '.join(names or [])}. `lurewatch rules list` names them.")
        raise typer.Exit(2)
    return chosen


@app.command()
def lint(packs: Packs = None) -> None:
    """Check every file of the pack: fields, phrases, examples, and each pattern against both matchers."""
    pack, count = _survey(packs)
    found = lab_rules.lint(pack, _layers(packs), _reader(pack).patterns)
    for problem in found:
        _err.print(escape(str(problem)), style="red", highlight=False, soft_wrap=True)
    count += len(found)
    _out.print(f"{len(pack.rules)} rules, {len(pack.lexicons)} concepts: {count or 'no'} problems")
    raise typer.Exit(1 if count else 0)


@app.command()
def test(
    names: Names = None,
    packs: Packs = None,
    mutants: Annotated[bool, typer.Option(help="Also disguise every flag example in seven ways.")] = True,
) -> None:
    """Run the examples of the rules, plain and disguised; exit 1 when one fails or too few mutants are kept."""
    pack, count = _survey(packs)
    reader = _reader(pack)
    failed = 0
    for rule in track(_chosen(pack, names), "Testing", console=_err, transient=True, disable=not _err.is_terminal):
        result = lab_rules.test(reader, rule, mutants=mutants)
        good = result.passed and result.share >= _LEAST_SHARE
        failed += not good
        if not good or names:
            _show(result)
    _out.print(f"{failed or 'No'} rules failed" + (f", {count} problems" if count else ""))
    raise typer.Exit(1 if failed or count else 0)


def _show(result: lab_rules.RuleTest) -> None:
    mark = "[green]ok[/]" if result.passed else "[red]FAILED[/]"
    weak = ", ".join(f"{kind} {share:.0%}" for kind, share in result.kept.items() if share < _LEAST_SHARE)
    kept = f"mutants kept {result.share:.1%}" + (f" ({weak})" if weak else "")
    _out.print(f"{mark} {result.rule.category}/{result.rule.id}: {kept if result.kept else ''}", highlight=False)
    for title, texts in (
        ("missed", result.missed),
        ("wrongly flagged", result.wrong),
        ("known miss now found: make it a flag example", result.now_found),
    ):
        for text in texts:
            _out.print(f"    {title}: {escape(text)}", highlight=False)


@app.command(name="list")
def list_rules(names: Names = None, packs: Packs = None) -> None:
    """List rules by category with weight, mode and title."""
    pack, _ = _survey(packs)
    table = Table("category", "id", "weight", "mode", "title", box=None)
    for rule in _chosen(pack, names):
        table.add_row(rule.category, rule.id, f"{rule.weight:g}", rule.mode, escape(rule.title))
    _out.print(table)


@app.command()
def explain(rule_id: Annotated[str, typer.Argument(metavar="ID")], packs: Packs = None) -> None:
    """Say in words when a rule holds, when it does not, and how its examples fare."""
    pack, _ = _survey(packs)
    rule = pack.rule(rule_id)
    if rule is None:
        _err.print(f"No rule is called {escape(rule_id)}. `lurewatch rules list` names them.")
        raise typer.Exit(2)
    _out.print(f"[bold]{escape(rule.title)}[/] ({rule.category}/{rule.id}, weight {rule.weight:g}, {rule.mode})")
    _out.print(escape(rule.description))
    if rule.indicates:
        _out.print("Indicates: " + ", ".join(rule.indicates))
    if rule.stage:
        _out.print(f"Begins the stage: {rule.stage}" + (" (marks only: no flag)" if rule.only_marks else ""))
    _out.print("\nHolds where")
    _describe(rule.when, pack, 1)
    for condition in (*rule.unless, *rule.excuses):
        _out.print("unless in the same sentence")
        _describe(condition, pack, 1)
    _out.print()
    _show(lab_rules.test(_reader(pack), rule))


def _describe(condition: Condition, pack: Pack, depth: int) -> None:
    pad = "  " * depth
    match condition:
        case Phrase(phrases):
            _out.print(f"{pad}one of: {escape(' | '.join(phrases))}", highlight=False)
        case Lexicon(name):
            sample = pack.lexicons.get(name, ())
            more = f" and {len(sample) - 6} more" if len(sample) > 6 else ""
            _out.print(f"{pad}{name}: {escape(' | '.join(sample[:6]))}{more}", highlight=False)
        case SignalPresent(name):
            _out.print(f"{pad}a signal {name} is present", highlight=False)
        case Combination(how, of):
            _out.print(f"{pad}{how} of")
            for inner in of:
                _describe(inner, pack, depth + 1)
        case Proximity(of, within, ordered):
            order = "in this order, " if ordered else ""
            _out.print(f"{pad}all of these, {order}at most {within} characters apart")
            for inner in of:
                _describe(inner, pack, depth + 1)


_TEMPLATE = """\
title: {title}
id: {rule_id}
status: experimental
description: {title}
author: ""
date: {date}
level: medium
tags: []
falsepositives: []
weight: 0.5
mode: shadow
when:
  near:
    within: 40
    of: [{{lexicon: share_verb}}, {{phrase: "club membership number"}}]
unless: [{{lexicon: advice}}]
examples:
  flag:
    - "Please share your club membership number with our agent"
    - "kindly send me the club membership number right now"
  pass:
    - "Never share your club membership number with anybody else"
    - "Where do I find my club membership number?"
  known_miss: []
"""


@app.command()
def new(
    rule_id: Annotated[str, typer.Argument(metavar="ID")],
    category: Annotated[str, typer.Option(help="The folder under rules/.")] = "request",
    pack: Annotated[Path, typer.Option(help="The pack's folder.")] = Path("pack"),
    title: Annotated[str, typer.Option(help="What it means when the rule fires.")] = "Asks for a membership number",
) -> None:
    """Write a first rule file, in shadow mode, with a condition and examples to change."""
    path = pack / "rules" / category / f"{rule_id}.yaml"
    if path.exists():
        _err.print(f"{escape(str(path))} exists already.")
        raise typer.Exit(2)
    path.parent.mkdir(parents=True, exist_ok=True)
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    path.write_text(_TEMPLATE.format(title=title, rule_id=rule_id, date=date), encoding="utf-8")
    _out.print(f"Wrote {escape(str(path))}. Edit it, then: lurewatch rules test {rule_id} --pack {escape(str(pack))}")
