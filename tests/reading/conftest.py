"""A database with four connections for reading, and somebody who watches it from outside."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from models.database import Database

READERS = 4
NAME = "clearway reading test"


class Administrator:
    """Sees every connection of ours, and can end it."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.run = connection.execute

    def backends(self, condition: str = "true") -> set[int]:
        """The server's processes that serve us."""
        rows = self.run(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
            f" AND ({condition})".encode(),
            [NAME],
        )
        return {pid for (pid,) in rows}

    def kill(self) -> None:
        """End all of them; they are gone when this returns."""
        for pid in self.backends():
            self.run("SELECT pg_terminate_backend(%s, 5000)", [pid])


async def until_nobody_is_served(administrator: Administrator) -> None:
    """Wait until the server does nothing for us."""
    for _ in range(200):
        if not administrator.backends("state = 'active'"):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the server still works for us")


@pytest.fixture
async def db(migrated_url: str) -> AsyncIterator[Database]:
    database = Database(
        migrated_url, pool_size=2 * READERS, application_name=NAME, statement_seconds=1
    )
    yield database
    await database.close()


@pytest.fixture
async def narrow(migrated_url: str) -> AsyncIterator[Database]:
    """One connection for all: whoever comes while it works shares the next batch."""
    database = Database(migrated_url, pool_size=2, application_name=NAME, statement_seconds=1)
    yield database
    await database.close()


@pytest.fixture
def administrator(migrated_url: str) -> Iterator[Administrator]:
    url = make_url(migrated_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(False), autocommit=True) as connection:
        yield Administrator(connection)
