"""What people are told: a text with a few names in braces, filled in one pass so that what is put in is never read."""

from __future__ import annotations

import re

NAMES = {
    "reference": "what the platform calls the conversation",
    "count": "the incidents of the pair, this one included",
    "brands": "the brands that were named",
}
"""What may stand in braces, and what it becomes."""
_NAMED = re.compile(r"\{([a-z_]*)\}")


def filled(template: str, **values: str) -> str:
    """The text with ``{name}`` replaced where ``values`` has the name, and left as it is elsewhere."""
    return _NAMED.sub(lambda found: values.get(found[1], found[0]), template)


def unknown(template: str) -> tuple[str, ...]:
    """The names in braces that are none of ``NAMES``."""
    return tuple(name for name in _NAMED.findall(template) if name not in NAMES)
