"""Migrations: up, in line with the models, and down again."""

import subprocess
import sys

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from models import Base
from runtime.migrations import alembic_config, migrate
from runtime.revisions import our_revisions, pending

QUEUE = {
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}
TASK = """INSERT INTO human_tasks (id, kind, subject, opened_at)
  VALUES (gen_random_uuid(), 'payment_unknown', '2026', now())"""


def test_up_check_down_up(migrated_url: str) -> None:
    url = _database(migrated_url, "migrations")

    migrate(url)
    command.check(alembic_config(url))
    current, newest = pending(url)
    assert current == newest is not None
    assert _tables(url) == {*Base.metadata.tables, *QUEUE, "alembic_version"}

    command.downgrade(alembic_config(url), "base")
    assert _tables(url) == {"alembic_version"}
    migrate(url)
    command.check(alembic_config(url))


def test_the_revisions_are_those_that_alembic_knows() -> None:
    scripts = ScriptDirectory.from_config(alembic_config(""))
    known = frozenset(one.revision for one in scripts.walk_revisions())

    assert our_revisions() == (scripts.get_current_head(), known)
    assert len(known) > 1


def test_a_server_never_loads_alembic() -> None:
    """It would hold 12 MB for what it does not do."""
    serve = (
        "import sys, cli.commands.serve; print([one for one in sys.modules if 'alembic' in one])"
    )
    run = subprocess.run([sys.executable, "-c", serve], capture_output=True, text=True, check=True)

    assert run.stdout == "[]\n"


def test_tasks_from_before_they_had_a_history_begin_one(migrated_url: str) -> None:
    """And going back down loses none of them."""
    url = _database(migrated_url, "histories")
    migrate(url, "0005")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(TASK))

    migrate(url)

    with engine.connect() as connection:
        events = connection.execute(text("SELECT position, action, actor, at FROM task_events"))
        opened = connection.execute(text("SELECT opened_at FROM human_tasks"))
        assert events.all() == [(1, "opened", None, opened.scalar_one())]
    command.downgrade(alembic_config(url), "0005")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT kind, subject FROM human_tasks")).all()
    engine.dispose()
    assert kept == [("payment_unknown", "2026")]


def _database(migrated_url: str, name: str) -> str:
    engine = create_engine(migrated_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return migrated_url.replace("/clearway?", f"/{name}?")


def _tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names
