"""Small plots as SVG inside a page: they take their colours from the page and need nothing from anywhere.

Every plot has a title and a text that says it all again for those who cannot see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

WIDTH, HEIGHT = 320, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 10, 10, 38
_ACROSS, _DOWN = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
_BAR, _NAMES = 20, 150
_MOST_NAME = 24

Point = tuple[float, float]


def curve(points: Sequence[Point], title: str, across: str, up: str) -> str:
    """A line through points of the unit square."""
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    said = f"{title}: {up} by {across}"
    return _svg(HEIGHT, said, [*_axes(across, up), f'<polyline class="line" points="{path}"/>'])


def reliability(bins: Sequence[tuple[float, float, float]], title: str) -> str:
    """What was claimed by what was true, (probability, share of scams, share of rows) a bin; larger where more rows."""
    parts = [*_axes("claimed", "true"), f'<path class="ideal" d="M{_x(0)},{_y(0)}L{_x(1)},{_y(1)}"/>']
    parts.append(f'<polyline class="line" points="{" ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y, _ in bins)}"/>')
    parts += [
        f'<circle class="dot" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="{2 + 6 * rows**0.5:.1f}">'
        f"<title>claimed {x:.1%}, true {y:.1%}, {rows:.1%} of rows</title></circle>"
        for x, y, rows in bins
    ]
    return _svg(HEIGHT, title, parts)


def bars(rows: Sequence[tuple[str, float, float, float]], title: str) -> str:
    """A bar a row, (name, share, low, high), with its interval as a line."""
    across = WIDTH - _NAMES - 52
    parts = []
    for number, (name, share, low, high) in enumerate(rows):
        top = number * _BAR
        shown = name if len(name) <= _MOST_NAME else name[: _MOST_NAME - 1] + "…"
        parts += [
            f'<text x="{_NAMES - 6}" y="{top + 14}" class="end">{escape(shown)}<title>{escape(name)}</title></text>',
            f'<rect class="bar" x="{_NAMES}" y="{top + 4}" width="{share * across:.1f}" height="{_BAR - 8}"/>',
            f'<path class="whisker" d="M{_NAMES + low * across:.1f},{top + 10}H{_NAMES + high * across:.1f}"/>',
            f'<text x="{WIDTH - 2}" y="{top + 14}" class="end">{share:.1%}</text>',
        ]
    return _svg(max(_BAR, len(rows) * _BAR), title, parts)


def histogram(counts: Sequence[tuple[str, int]], title: str, across: str) -> str:
    """A column a count."""
    most = max((count for _, count in counts), default=0) or 1
    step = _ACROSS / max(1, len(counts))
    parts = [_frame(), _label(_LEFT + _ACROSS / 2, HEIGHT - 6, across)]
    for number, (name, count) in enumerate(counts):
        height = count / most * (_DOWN - 14)
        left, top = _LEFT + number * step, _TOP + _DOWN - height
        parts += [
            f'<rect class="bar" x="{left + 2:.1f}" y="{top:.1f}" width="{step - 4:.1f}" height="{height:.1f}"/>',
            _label(left + step / 2, top - 3, str(count)),
            _label(left + step / 2, HEIGHT - 22, name),
        ]
    return _svg(HEIGHT, title, parts)


def _svg(height: int, title: str, parts: Iterable[str]) -> str:
    said = escape(title)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-label="{said}">'
        f"{''.join(parts)}</svg>"
    )


def _axes(across: str, up: str) -> list[str]:
    """A frame with shares along both sides."""
    ticks = []
    for share in (0.0, 0.5, 1.0):
        ticks.append(_label(_x(share), HEIGHT - 22, f"{share:.0%}"))
        ticks.append(f'<text x="{_LEFT - 4}" y="{_y(share) + 4:.1f}" class="end">{share:.0%}</text>')
    turned = f'<text transform="translate(12,{_TOP + _DOWN / 2:.1f})rotate(-90)" class="middle">{escape(up)}</text>'
    return [_frame(), *ticks, _label(_LEFT + _ACROSS / 2, HEIGHT - 6, across), turned]


def _frame() -> str:
    return f'<rect class="frame" x="{_LEFT}" y="{_TOP}" width="{_ACROSS}" height="{_DOWN}"/>'


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="middle">{escape(text)}</text>'


def _x(share: float) -> float:
    return _LEFT + share * _ACROSS


def _y(share: float) -> float:
    return _TOP + (1 - share) * _DOWN
