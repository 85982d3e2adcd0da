"""Migrations: up, in line with the models, and down again."""

from alembic import command
from sqlalchemy import create_engine, inspect, text

from models import Base
from runtime.migrations import alembic_config, migrate, pending

QUEUE = {
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}


def test_up_check_down_up(migrated_url: str) -> None:
    engine = create_engine(migrated_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE migrations"))
    engine.dispose()
    url = migrated_url.replace("/clearway?", "/migrations?")

    migrate(url)
    command.check(alembic_config(url))
    current, newest = pending(url)
    assert current == newest is not None
    assert _tables(url) == {*Base.metadata.tables, *QUEUE, "alembic_version"}

    command.downgrade(alembic_config(url), "base")
    assert _tables(url) == {"alembic_version"}
    migrate(url)
    command.check(alembic_config(url))


def _tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names
