"""The report as one page: everything is inside it, nothing is fetched, and whatever comes from rows is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from lurewatch.lab import plots
from lurewatch.lab.bootstrap import LEVEL, Estimate
from lurewatch.lab.evaluation import EQUAL, Drawings, Group, Report, Table
from lurewatch.lab.measures import NAMES
from lurewatch.lab.scoring import Scored, Unit

TITLES: dict[Table, str] = {
    "overall": "Overall",
    "source": "By source",
    "lang": "By language",
    "kind": "By kind",
    "channel": "By channel",
    "attack": "Under disguise",
    "ask": "Before the ask",
    "type": "Scam types",
}
NO_TEXTS = "Rows of this half are not shown: whoever reads them could no longer measure on them."
_MOST_BARS = 40

# No colour carries meaning alone; tables scroll by themselves on a narrow screen.
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --soft: #f3f5f8; --line: #d5dbe3; --dim: #5c6878;
  --blue: #2563a8; --pale: #9dbde0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8ef; --paper: #14181f; --soft: #1e242d; --line: #39424f;
  --dim: #9aa6b5; --blue: #78aee8; --pale: #35577d; } }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; }
th, td { padding: .25rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--paper); }
small, .dim { color: var(--dim); } td small { display: block; font-size: .7rem; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; max-width: 100%; }
figcaption { font-weight: 600; font-size: .9rem; } svg { max-width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; fill: var(--ink); } .middle { text-anchor: middle; }
.end { text-anchor: end; } .frame { fill: none; stroke: var(--line); }
.line { fill: none; stroke: var(--blue); stroke-width: 2; } .ideal { stroke: var(--dim); stroke-dasharray: 4 4; }
.dot { fill: var(--blue); fill-opacity: .6; } .bar { fill: var(--pale); }
.whisker { stroke: var(--blue); stroke-width: 2; }
article { background: var(--soft); padding: .6rem .9rem; margin: .8rem 0; border-radius: .4rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .4rem 0; }
details { margin: 1rem 0; } summary { cursor: pointer; font-weight: 600; }
"""


def page(report: Report) -> bytes:
    """The page in UTF-8. Half characters, which UTF-8 has no bytes for, become question marks."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Lurewatch evaluation</title><style>{_STYLE}</style></head><body><main>",
        *_head(report),
        *(part for drawings in report.drawings for part in _unit(report, drawings)),
        "</main></body></html>\n",
    ]
    return "\n".join(parts).encode("utf-8", "replace")


def _head(report: Report) -> Iterator[str]:
    plan = report.plan
    yield "<h1>Lurewatch evaluation</h1>"
    versions = ", ".join(f"{escape(name)} {escape(version)}" for name, version in plan.versions.items())
    yield f'<p class="dim">{versions or "versions not stated"}</p>'
    half = "" if plan.half == "all" else f" Rows are those of the {plan.half} half of the data."
    samples = f"{plan.resampling.replicates:,} samples of clusters of near-duplicates"
    yield f"<p>Precision, curves, alerts and calibration are told for {plan.share:.1%} scams.{half}"
    yield f"Every source weighs the same. Intervals hold {LEVEL:.0%} of {samples}.</p>"


def _unit(report: Report, drawings: Drawings) -> Iterator[str]:
    unit = drawings.unit
    yield f"<h2>{unit.capitalize()}s</h2>"
    yield from _drawn(report, drawings)
    for table, title in TITLES.items():
        groups = report.table(unit, table)
        if groups:
            yield from _folded(title, grid(groups), is_open=table in ("overall", "source"))
    yield from _confusion(report.table(unit, "overall"))
    yield from _errors(report, unit)


def _drawn(report: Report, drawings: Drawings) -> Iterator[str]:
    unit = drawings.unit
    yield '<div class="plots">'
    if drawings.reliability:
        yield _figure("Reliability", plots.reliability(drawings.reliability, "Claimed and true shares of scams"))
        yield _figure("Precision and recall", plots.curve(drawings.pr, "Precision and recall", "recall", "precision"))
        yield _figure("ROC", plots.curve(drawings.roc, "ROC", "false positives", "recall"))
    if drawings.first_flags:
        drawn = plots.histogram(drawings.first_flags, "Scam conversations by turn of the first flag", "turn")
        yield _figure("First flag of scam conversations", drawn)
    kinds = [(g.name, g.figures["recall"]) for g in report.table(unit, "kind") if "recall" in g.figures]
    if kinds:
        most = sorted(kinds, key=lambda kind: -kind[1].value)[:_MOST_BARS]
        drawn = plots.bars([(name, recall.value, recall.low, recall.high) for name, recall in most], "Recall by kind")
        yield _figure("Recall by kind", drawn)
    yield "</div>"


def _figure(caption: str, svg: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{svg}</figure>"


def _folded(title: str, inner: str, *, is_open: bool) -> Iterator[str]:
    yield f"<details{' open' if is_open else ''}><summary>{escape(title)}</summary>{inner}</details>"


def grid(groups: Sequence[Group]) -> str:
    """A table with a row a group, and the figures that any of them has."""
    names = [name for name in NAMES if any(name in group.figures for group in groups)]
    head = "".join(f"<th>{escape(title)}</th>" for title in ("", "Rows", *(NAMES[name].title for name in names)))
    body = []
    for group in groups:
        rows = sum(group.counts[label] for label in ("scam", "honest", "spam"))
        counts = f"<td>{rows:,}<small>{group.clusters:,} clusters</small></td>"
        figures = "".join(f"<td>{_cell(group.figures.get(name), name)}</td>" for name in names)
        body.append(f"<tr><td><bdi>{escape(group.name)}</bdi></td>{counts}{figures}</tr>")
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def _cell(figure: Estimate | None, name: str) -> str:
    if figure is None:
        return "–"
    value, low, high = (number(part, name) for part in (figure.value, figure.low, figure.high))
    return f"{value}<small>{low} – {high}</small>"


def number(value: float, name: str) -> str:
    """A figure as people read it: a share in percent, anything else as it is."""
    if NAMES[name].share:
        return f"{100 * value:.2f} %"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.4f}"


def _confusion(overall: Iterable[Group]) -> Iterator[str]:
    counts = next(group.counts for group in overall if group.name != EQUAL)
    yield '<h3>Rows, as counted</h3><div class="wide"><table><thead><tr><th></th><th>judged a scam</th>'
    yield "<th>judged none</th></tr></thead><tbody>"
    for label, title in (("scam", "scam"), ("honest", "honest"), ("spam", "advertising")):
        if counts[label]:
            found = counts[f"{label}_found"]
            yield f"<tr><td>{title}</td><td>{found:,}</td><td>{counts[label] - found:,}</td></tr>"
    yield "</tbody></table></div>"
    if counts["refused"]:
        yield f"<p>{counts['refused']:,} rows could not be analysed and count as judged none.</p>"


def _errors(report: Report, unit: Unit) -> Iterator[str]:
    if report.plan.half == "report":
        yield f"<h3>Errors</h3><p>{NO_TEXTS}</p>"
        return
    for label, title in (("honest", "False positives, the surest first"), ("scam", "Misses, the surest first")):
        rows = [row for row in report.errors if (row.unit, row.label) == (unit, label)]
        if rows:
            yield from _folded(f"{title} ({len(rows)})", "".join(map(_error, rows)), is_open=False)


def _error(row: Scored) -> str:
    """One row that was judged wrong, with what the judge saw."""
    if row.seen is None:
        return ""
    where = " · ".join(escape(part) for part in (row.seen.place, row.kind, row.lang, row.guess) if part)
    added = ", ".join(f"{escape(name)} {value:+.2f}" for name, value in row.seen.contributions) or "no evidence"
    head = f"<b>{100 * row.probability:.2f} %</b> <small><bdi>{where}</bdi></small>"
    why = f"<small>{escape(row.seen.reasoning)}<br>Adds to the log-odds: {added}</small>"
    return f'<article>{head}<pre dir="auto">{escape(row.seen.text)}</pre>{why}</article>'
