"""The database that readings are tried on, and a table to write into."""

from collections.abc import Iterator

import pytest

from tests.reading.conftest import Administrator, administrator, db

__all__ = ["administrator", "db", "notes"]


@pytest.fixture
def notes(administrator: Administrator) -> Iterator[Administrator]:
    """A table that is there for the test; whoever sees it from outside."""
    administrator.run("CREATE TABLE notes (number bigint UNIQUE CHECK (number < 100), word text)")
    yield administrator
    administrator.run("DROP TABLE notes")
