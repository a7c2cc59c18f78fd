"""What made verdicts: packs by their files and configurations, each kept once. They belong to no tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, RowMapping, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.columns import Moment
from lurewatch.casework.store.schema import messages, metadata, verdicts
from lurewatch.casework.store.upserts import insert_missing

pack_layers = Table(
    "pack_layers",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("files", LargeBinary, nullable=False, comment="compressed"),
)

packs = Table(
    "packs",
    metadata,
    Column("name", String(64), primary_key=True, comment="as verdicts name it"),
    Column("layers", JSON, nullable=False, comment="hashes, the lowest first"),
    Column("today", String(10), nullable=False, comment="the day by which rules had expired"),
    Column("created_at", Moment, nullable=False),
)

configurations = Table(
    "configurations",
    metadata,
    Column("name", String(64), primary_key=True, comment="as verdicts name it"),
    Column("config", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)


async def missing_layers(connection: AsyncConnection, hashes: Sequence[str]) -> set[str]:
    """Which of these layers are not kept yet."""
    found = await connection.execute(select(pack_layers.c.hash).where(pack_layers.c.hash.in_(hashes)))
    return set(hashes) - set(found.scalars())


async def keep(
    connection: AsyncConnection,
    layers: Sequence[Mapping[str, Any]],
    pack: Mapping[str, Any] | None,
    configuration: Mapping[str, Any],
) -> None:
    """Keep what is not kept yet."""
    for table, rows in ((pack_layers, layers), (packs, [pack] if pack else []), (configurations, [configuration])):
        await insert_missing(connection, table, rows)


async def keep_policies(connection: AsyncConnection, policies: Mapping[str, bytes], now: float) -> None:
    """Keep policies, as JSON by their names, that are not kept yet."""
    rows = [{"name": name, "config": config, "created_at": now} for name, config in sorted(policies.items())]
    await insert_missing(connection, configurations, rows)


async def pack(connection: AsyncConnection, name: str) -> tuple[list[bytes], str] | None:
    """The layers of a pack, the lowest first, and the day by which rules had expired; None where it is not kept."""
    row = (await connection.execute(select(packs).where(packs.c.name == name))).mappings().first()
    if row is None:
        return None
    found = await connection.execute(select(pack_layers).where(pack_layers.c.hash.in_(row["layers"])))
    files = {layer.hash: layer.files for layer in found}
    return [files[layer] for layer in row["layers"]], row["today"]


async def configuration(connection: AsyncConnection, name: str) -> bytes | None:
    """A configuration; None where it is not kept."""
    found = await connection.execute(select(configurations.c.config).where(configurations.c.name == name))
    return found.scalar_one_or_none()


async def readings(connection: AsyncConnection, conversation: int, until: int) -> Sequence[RowMapping]:
    """What was read in a conversation, in that order, up to a verdict by its ``seq``: messages and what read them."""
    found = await connection.execute(
        select(messages, verdicts.c.pack, verdicts.c.config, verdicts.c.anew, verdicts.c.seq.label("verdict"))
        .join(
            verdicts,
            (verdicts.c.conversation == messages.c.conversation)
            & (verdicts.c.position == messages.c.position)
            & (verdicts.c.edition == messages.c.edition),
        )
        .where(messages.c.conversation == conversation, verdicts.c.seq <= until)
        .order_by(verdicts.c.seq)
    )
    return found.mappings().all()
