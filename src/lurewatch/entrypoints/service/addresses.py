"""Ids in addresses: ``{name:id}`` in a path is the rest of it, whatever it is, for platforms choose their own ids."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor


class _Id(Convertor[str]):
    regex = r"[\s\S]*"  # Starlette's own ":path" ends at a line break, and what has one in its id could not be erased

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def register() -> None:
    """From now on ``{name:id}`` may stand in paths."""
    register_url_convertor("id", _Id())
