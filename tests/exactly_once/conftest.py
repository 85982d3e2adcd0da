"""A database of our own on the session's server: it is used by processes that die."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from runtime.migrations import migrate
from tests.exactly_once.evidence import plain

NAME = "exactly_once"


@pytest.fixture(scope="module")
def own_url(migrated_url: str) -> Iterator[str]:
    """A migrated database that nobody else uses."""
    name = Identifier(NAME)
    with psycopg.connect(plain(migrated_url), autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(name))
    url = make_url(migrated_url).set(database=NAME).render_as_string(hide_password=False)
    migrate(url)
    yield url
    with psycopg.connect(plain(migrated_url), autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(name))
