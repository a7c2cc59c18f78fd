"""An evaluation for people on a terminal. Foreign text is made harmless on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from lurewatch.entrypoints.terminal import one_line
from lurewatch.lab.bootstrap import Estimate
from lurewatch.lab.comparison import Change, Comparison
from lurewatch.lab.evaluation import UNITS, Group, Report
from lurewatch.lab.measures import NAMES
from lurewatch.lab.pages import NO_TEXTS, TITLES, number
from lurewatch.lab.scoring import Scored

_DETECTION = ("recall", "false_positives", "roc_auc", "advertising_found")
_COLUMNS = {
    "attack": ("recall", "false_positives", "recall_kept", "false_positives_added"),
    "channel": ("recall", "false_positives", "turn_precision", "first_flag"),
    "ask": ("caught_before_ask", "caught_by_ask"),
    "type": ("recall", "precision", "f1"),
}
_MOST_GROUPS = 30
_MOST_ERRORS = 5
_MOST_TEXT = 160


def parts(report: Report) -> Iterator[RenderableType]:
    """The whole summary: what was measured, the figures, the tables, the worst errors."""
    plan = report.plan
    versions = " ".join(f"{name} {version}" for name, version in plan.versions.items())
    yield Text(f"{versions}; figures at {plan.share:.1%} scams; [95 % interval]", style="dim")
    for unit in UNITS:
        overall = report.table(unit, "overall")
        if not overall:
            continue
        yield Text()
        yield _overall(f"{unit}s", overall)
        for table, title in TITLES.items():
            groups = report.table(unit, table)
            if groups and table != "overall":
                yield Text()
                yield _table(f"{unit}s: {title.lower()}", groups)
    yield from _errors(report)


def _overall(title: str, groups: Sequence[Group]) -> Table:
    """A line a figure, a column a way of weighing."""
    table = _begun(title, *(group.name for group in groups))
    counts = groups[0].counts
    labels = {"scam": "scam", "honest": "honest", "spam": "advertising"}
    held = {label: name for label, name in labels.items() if counts[label]}
    table.add_row("Rows", ", ".join(f"{counts[label]:,} {name}" for label, name in held.items()))
    table.add_row("Judged a scam", ", ".join(f"{counts[f'{label}_found']:,} {name}" for label, name in held.items()))
    if counts["refused"]:
        table.add_row("Refused", f"{counts['refused']:,}")
    table.add_row("Clusters", f"{groups[0].clusters:,}")
    for name in NAMES:
        if any(name in group.figures for group in groups):
            table.add_row(NAMES[name].title, *(_shown(group.figures.get(name), name) for group in groups))
    return table


def _table(title: str, groups: Sequence[Group]) -> Table:
    """A line a group with the figures that say most; the page has all groups and figures."""
    wanted = _COLUMNS.get(groups[0].table, _DETECTION)
    names = [name for name in wanted if any(name in group.figures for group in groups)]
    table = _begun(title, "Rows", *(NAMES[name].title for name in names))
    sizes = sorted((_rows(group) for group in groups), reverse=True)
    least = sizes[_MOST_GROUPS - 1] if len(sizes) > _MOST_GROUPS else 0
    shown = [group for group in groups if _rows(group) >= least]
    for group in shown:
        figures = (_shown(group.figures.get(name), name) for name in names)
        table.add_row(Text(one_line(group.name)), f"{_rows(group):,}", *figures)
    if len(shown) < len(groups):
        table.add_row(Text(f"({len(groups) - len(shown)} smaller ones: --out, --json)", style="dim"))
    return table


def _rows(group: Group) -> int:
    return sum(group.counts[label] for label in ("scam", "honest", "spam"))


def _begun(title: str, *columns: str) -> Table:
    table = Table(title=Text(title, style="bold"), title_justify="left", box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(Text(one_line(column)), justify="right", no_wrap=True)
    return table


def _shown(figure: Estimate | None, name: str) -> Text:
    if figure is None:
        return Text("–", style="dim")
    text = Text(number(figure.value, name))
    low, high = (number(value, name).removesuffix(" %") for value in (figure.low, figure.high))
    return text.append(f" [{low}, {high}]", style="dim")


def _errors(report: Report) -> Iterator[Text]:
    if report.plan.half == "report":
        yield Text(f"\n{NO_TEXTS}")
        return
    for label, title in (("honest", "False positives"), ("scam", "Misses")):
        rows = [row for row in report.errors if row.label == label]
        if rows:
            yield Text(f"\n{title}, the surest first", style="bold")
        for unit in UNITS:
            for row in [row for row in rows if row.unit == unit][:_MOST_ERRORS]:
                yield from _error(row)


def _error(row: Scored) -> Iterator[Text]:
    if row.seen is None:
        return
    named = " ".join(part for part in (row.seen.place, row.kind) if part)
    yield Text(f"{100 * row.probability:6.2f} % {one_line(named)}", style="cyan")
    yield Text(f"         {one_line(row.seen.text[:_MOST_TEXT])}")
    added = ", ".join(f"{name} {value:+.2f}" for name, value in row.seen.contributions) or "no evidence"
    yield Text(f"         {one_line(added)}", style="dim")


def changes(found: Comparison) -> Iterator[RenderableType]:
    """What is another figure than before, regressions first, and what cannot be compared."""
    yield Text("\nCompared with the older report", style="bold")
    for note in found.notes:
        yield Text(f"  {one_line(note)}")
    for places, word in ((found.gone, "no longer measured"), (found.fresh, "not measured before")):
        if places:
            yield Text(f"  {word}: {len(places)} figures")
    worse = set(found.regressions)
    others = [change for change in found.changes if change.moved and change not in worse]
    for change in (*found.regressions, *others):
        yield _change(change)
    if not worse and not others:
        yield Text("  Every figure is the same.")
    yield Text(f"  {len(worse) or 'No'} regressions", style="red" if worse else "green")


def _change(change: Change) -> Text:
    unit, _, group, name = change.place
    old, new = number(change.old.value, name), number(change.new.value, name)
    low, high = (number(value, name).removesuffix(" %") for value in (change.old.low, change.old.high))
    place = one_line(f"{unit}s, {group}, {NAMES[name].title}")
    line = f"  {'WORSE' if change.regressed else '     '} {place}: {old} [{low}, {high}] is now {new}"
    return Text(line, style="red" if change.regressed else "")
