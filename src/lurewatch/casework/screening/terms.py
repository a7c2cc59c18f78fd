"""How an installation wants its messages handled."""

from __future__ import annotations

from dataclasses import dataclass

from lurewatch.casework.acts import Destination
from lurewatch.casework.keep import Keep
from lurewatch.casework.screening.bindings import Binding


@dataclass(frozen=True, slots=True)
class Terms:
    """Which policies run where, by the first of the ``bindings`` that fits; who is told; what is kept of texts."""

    bindings: tuple[Binding, ...] = ()
    destinations: tuple[Destination, ...] = ()
    keep: Keep = "full"


NO_TERMS = Terms()
"""The engine's own policies everywhere, and nobody is told."""
