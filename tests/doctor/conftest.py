"""Databases of both kinds, as casework's own tests have them."""

from tests.casework.conftest import database, postgresql

__all__ = ["database", "postgresql"]
