"""The gate measures what was promised."""

from __future__ import annotations

from lurewatch.lab import gate

from .data import scored

ENGLISH = sorted(gate.ENGLISH)
ROWS = [
    *[scored("scam", 0.9 if n < 3 else 0.1, source=ENGLISH[0]) for n in range(4)],
    *[scored("scam", 0.9, source=ENGLISH[1]) for _ in range(4)],
    scored("scam", 0.1, source="elsewhere"),
    *[scored("honest", 0.1, source="long") for _ in range(20)],
    *[scored("honest", 0.9 if n < 1 else 0.1, source="short") for n in range(5)],
    *[scored("scam", 0.9 if n < 1 else 0.1, source=ENGLISH[0], attack="hide") for n in range(4)],
    *[scored("honest", 0.9 if n < 4 else 0.1, source="long", attack="hide") for n in range(20)],
]


def test_bars_of_messages() -> None:
    """Recall is pooled over the English sources; files weigh the same in false positives, and the worst is named."""
    recall, mean, worst = gate.message_bars(ROWS)
    assert (recall.figure, recall.held) == (7 / 8, True)
    assert (mean.figure, mean.held) == (0.1, False)
    assert (worst.figure, worst.held) == (0.2, False)
    assert "short" in worst.name


def test_bars_of_attacks() -> None:
    """An attack must leave the recall and may hardly add false positives."""
    kept, added = gate.attack_bars(ROWS)
    assert (kept.figure, kept.held) == (1 / 7, False)
    assert (added.figure, added.held) == (0.2, False)


def test_without_rows_nothing_is_held() -> None:
    """Without any scam the recall is 0 and its bar is missed."""
    recall, mean, _ = gate.message_bars([])
    assert (recall.held, mean.figure) == (False, 0.0)
