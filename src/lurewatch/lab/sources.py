"""What a file of labelled text may be used for, and which files belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

Use = Literal["train", "cite", "evaluate"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file. ``family`` are files that are left out together; ``weak`` means that its advertising is mostly fraud."""

    family: str
    use: Use = "train"
    weak: bool = False

    @property
    def trains(self) -> bool:
        """Whether a shipped model may learn from it."""
        return self.use != "evaluate"


def source(name: str) -> Source:
    """What is known of a file; one that is not listed is a family of its own."""
    return _listed().get(name) or Source(name)


@cache
def _listed() -> Mapping[str, Source]:
    content = yaml.safe_load((files("lurewatch.lab") / "sources.yaml").read_text(encoding="utf-8"))
    return {name: Source(**known) for name, known in content.items()}
