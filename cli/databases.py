"""The database a command works with, and what to say when it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from cli.problems import Problem
from runtime.databases import embedded, given_url
from runtime.revisions import fits, pending
from runtime.settings import Settings


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """
    The SQLAlchemy URL of the database that is given, else of our own.

    Our own is started unless it runs, and stopped afterwards only if it was started here.
    """
    if given := given_url(settings):
        yield given
        return
    postgres = embedded(settings).start()
    try:
        yield postgres.url
    finally:
        if postgres.started_here:
            postgres.stop()


@contextmanager
def reaching_database() -> Iterator[None]:
    """:raises Problem: if the database does not answer"""
    try:
        yield
    except OperationalError as error:
        raise Problem(
            "The database does not answer: check CLEARWAY_DATABASE_URL, and that PostgreSQL runs."
        ) from error


def check_migrated(database_url: str) -> None:
    """:raises Problem: if the tables are not those this version needs"""
    with reaching_database():
        current, newest = pending(database_url)
    if not fits(frozenset({current} if current else ())):
        raise Problem(
            f"The database is at revision {current or 'none'} and this version needs {newest}: "
            "run clearway migrate first."
        )
