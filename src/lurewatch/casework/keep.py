"""How much is kept of what people write."""

from __future__ import annotations

from typing import Literal, get_args

Keep = Literal["full", "masked", "hash"]
"""``full`` is everything but secrets, ``masked`` also leaves out personal values, ``hash`` all text."""
KEEPS: tuple[str, ...] = get_args(Keep)
