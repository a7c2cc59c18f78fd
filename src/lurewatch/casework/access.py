"""Who may call: API keys, each of one tenant, with scopes, an end, and a hash in place of what opens the door."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store import Store, journal, keys
from lurewatch.errors import InputError, StoreError

Scope = Literal["screen", "review", "admin"]
SCOPES: tuple[str, ...] = get_args(Scope)
"""screen: have messages judged; review: look things up and close alerts; admin: both, and erase."""
_PREFIX = "lw"
_SECRET_BYTES = 32
_ID_BYTES = 6
_MOST_NAME = 100
_MOST_TENANT = 64
_MOST_REMEMBERED = 10_000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret. Times are seconds since the epoch, None for never."""

    id: str
    tenant: str
    name: str
    scopes: tuple[str, ...]
    created_at: float
    expires_at: float | None = None
    revoked_at: float | None = None

    def allows(self, scope: Scope) -> bool:
        """Whether the key opens what needs this scope; ``admin`` opens everything."""
        return scope in self.scopes or "admin" in self.scopes

    def is_valid(self, now: float) -> bool:
        """Whether it is neither revoked nor over."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Access:
    """Makes, lists, ends and checks keys.

    What was read of the database is believed for ``trusted`` seconds, so that a request costs no look-up: a revoked
    key opens the door so much longer in other processes. While the database is away it is believed on.
    """

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.time, trusted: float = 5.0) -> None:
        self._store = store
        self._clock = clock
        self._trusted = trusted
        self._seen: dict[str, tuple[float, Key, str]] = {}
        self._needed: tuple[float, bool] | None = None

    async def create(
        self, name: str, scopes: Iterable[str], *, tenant: str = "default", expires_at: float | None = None
    ) -> tuple[Key, str]:
        """A new key and what is to be presented for it, which is kept nowhere and cannot be shown again.

        Raises:
            InputError: no scope, an unknown one, or a name or tenant that is empty or too long.
        """
        wanted = tuple(scope for scope in SCOPES if scope in set(scopes))
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not wanted:
            raise InputError(f"scopes are {', '.join(SCOPES)}; a key has at least one", pointer="/scopes")
        if not 1 <= len(name) <= _MOST_NAME or not 1 <= len(tenant) <= _MOST_TENANT:
            raise InputError(f"a name has 1 to {_MOST_NAME} characters and a tenant 1 to {_MOST_TENANT}")
        key = Key(secrets.token_hex(_ID_BYTES), tenant, name, wanted, self._clock(), expires_at)
        async with self._store.writing() as connection:
            presented = await _add(connection, key)
        self._needed = None
        return key, presented

    async def rotate(self, key_id: str, *, overlap: float) -> tuple[Key, str]:
        """A new key like an old one, which stays good for ``overlap`` seconds more.

        Raises:
            InputError: there is no such key, or it is not valid any more.
        """
        now = self._clock()
        old = await self._known(key_id)
        if not old.is_valid(now):
            raise InputError(f"the key {key_id} is over. Create a new one")
        key = Key(secrets.token_hex(_ID_BYTES), old.tenant, old.name, old.scopes, now)
        end = now + overlap if old.expires_at is None else min(old.expires_at, now + overlap)
        done = journal.Act("key_rotated", old.tenant, key_id, now, detail={"followed_by": key.id, "expires_at": end})
        async with self._store.writing() as connection:
            presented = await _add(connection, key)
            await keys.change(connection, key_id, expires_at=end)
            await journal.add(connection, done)
        self._seen.pop(key_id, None)
        self._needed = None
        return key, presented

    async def revoke(self, key_id: str) -> Key:
        """End a key now. Raises InputError: there is no such key."""
        tenant, now = (await self._known(key_id)).tenant, self._clock()
        async with self._store.writing() as connection:
            await keys.change(connection, key_id, revoked_at=now)
            await journal.add(connection, journal.Act("key_revoked", tenant, key_id, now))
        self._seen.pop(key_id, None)
        self._needed = None
        return await self._known(key_id)

    async def every(self) -> tuple[Key, ...]:
        """All keys, the oldest first."""
        async with self._store.reading() as connection:
            return tuple(_key(row) for row in await keys.every(connection))

    async def is_needed(self) -> bool:
        """Whether a caller has to present a key: as soon as one was made, and also when it is over or revoked.

        That a key ends must not open the door to everybody.

        Raises:
            StoreError: the database is away and has not been asked before.
        """
        now = self._clock()
        if self._needed is None or now - self._needed[0] >= self._trusted:
            try:
                async with self._store.reading() as connection:
                    self._needed = now, await keys.are_known(connection)
            except StoreError:
                if self._needed is None:
                    raise
        return self._needed[1]

    async def check(self, presented: str) -> Key | None:
        """The valid key that is presented; None where it is none. Raises StoreError as ``is_needed``."""
        prefix, _, rest = presented[:_LONGEST].partition("_")
        key_id, _, secret = rest.partition("_")
        if prefix != _PREFIX or not key_id or not secret:
            return None
        now = self._clock()
        seen = self._seen.get(key_id)
        if seen is None or now - seen[0] >= self._trusted:
            seen = await self._read(key_id, now) or seen
        if seen is None:
            return None
        _, key, expected = seen
        return key if hmac.compare_digest(_hash(secret), expected) and key.is_valid(now) else None

    async def _read(self, key_id: str, now: float) -> tuple[float, Key, str] | None:
        """What the database knows of a key, remembered; None where it is away and the key was seen before."""
        try:
            async with self._store.reading() as connection:
                row = await keys.by_id(connection, key_id)
        except StoreError:
            if key_id in self._seen:
                return None
            raise
        if row is None:
            return None
        if len(self._seen) >= _MOST_REMEMBERED:
            self._seen.clear()
        self._seen[key_id] = now, _key(row), row["hash"]
        return self._seen[key_id]

    async def _known(self, key_id: str) -> Key:
        async with self._store.reading() as connection:
            row = await keys.by_id(connection, key_id)
        if row is None:
            raise InputError(f"there is no key {key_id}. `lurewatch keys list` shows them")
        return _key(row)


async def _add(connection: AsyncConnection, key: Key) -> str:
    """Keep a key and note that it was made; what is to be presented for it."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = {
        "id": key.id,
        "tenant": key.tenant,
        "name": key.name,
        "scopes": list(key.scopes),
        "hash": _hash(secret),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    }
    await keys.add(connection, row)
    detail = {"scopes": key.scopes, "expires_at": key.expires_at}
    await journal.add(connection, journal.Act("key_created", key.tenant, key.id, key.created_at, detail=detail))
    return f"{_PREFIX}_{key.id}_{secret}"


def _hash(secret: str) -> str:
    """A plain hash will do: the secret is 256 random bits, and nobody guesses those."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: RowMapping) -> Key:
    return Key(
        id=row["id"],
        tenant=row["tenant"],
        name=row["name"],
        scopes=tuple(row["scopes"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
