"""What made verdicts, kept so that they can be replayed: the files of a pack, and the configuration of an engine."""

from __future__ import annotations

import asyncio
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from lurewatch.casework.store import Store, origins
from lurewatch.engine.packs.pack import Files, content_hash
from lurewatch.engine.pipeline import Engine, EngineConfig
from lurewatch.engine.policies import PolicyConfig

_FILES: msgspec.msgpack.Decoder[dict[str, bytes]] = msgspec.msgpack.Decoder(dict[str, bytes])
_CONFIG: msgspec.json.Decoder[EngineConfig] = msgspec.json.Decoder(EngineConfig)
_POLICIES: msgspec.json.Decoder[PolicyConfig] = msgspec.json.Decoder(PolicyConfig)
_AGAIN = 3600.0
"""After so many seconds it is kept again: what made no verdict for days may have been deleted by its age."""


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The files of a pack, the lowest layer first, and the day (YYYY-MM-DD) by which rules had expired."""

    layers: tuple[Mapping[str, bytes], ...]
    today: str


class Origins:
    """Keeps what verdicts are made with. What was kept within the hour costs a look into a table."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[tuple[str, str], float] = {}

    async def keep(self, engine: Engine, now: float) -> None:
        """Keep what an engine is made of, before its first verdict is; nothing of it is kept twice."""
        name = engine.versions.pack, engine.versions.config
        if now - self._kept.get(name, -math.inf) < _AGAIN:
            return
        pack = engine.pack
        by_hash = {content_hash(layer): layer for layer in pack.layers}
        async with self._store.reading() as connection:
            missing = await origins.missing_layers(connection, list(by_hash))
        packed = {one: await asyncio.to_thread(_packed, by_hash[one]) for one in sorted(missing)}
        order = [content_hash(layer) for layer in pack.layers]
        row = {"name": name[0], "layers": order, "today": pack.today, "created_at": now}
        config = {"name": name[1], "config": msgspec.json.encode(engine.config), "created_at": now}
        async with self._store.writing() as connection:
            layers = [{"hash": one, "files": files} for one, files in packed.items()]
            await origins.keep(connection, layers, row if order else None, config)
        self._kept[name] = now

    async def pack(self, name: str) -> PackFiles | None:
        """The files of a pack, by the name that verdicts give it; None where it is not kept."""
        async with self._store.reading() as connection:
            found = await origins.pack(connection, name)
        if found is None:
            return None
        layers, today = found
        return PackFiles(tuple(_FILES.decode(zlib.decompress(layer)) for layer in layers), today)

    async def policies(self, name: str) -> PolicyConfig | None:
        """Policies of a channel and a tenant, by the name that verdicts give them; None where they are not kept."""
        async with self._store.reading() as connection:
            found = await origins.configuration(connection, name)
        try:
            return None if found is None else _POLICIES.decode(found)
        except msgspec.DecodeError:
            return None

    async def config(self, name: str) -> EngineConfig | None:
        """A configuration, by the name that verdicts give it; None where it is not kept, or of another Lurewatch."""
        async with self._store.reading() as connection:
            found = await origins.configuration(connection, name)
        try:
            return None if found is None else _CONFIG.decode(found)
        except msgspec.DecodeError:
            return None


def _packed(files: Files) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(dict(files)))
