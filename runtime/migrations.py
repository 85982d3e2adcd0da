"""Bringing the database to the newest revision, one migrator at a time."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

HERE = Path(__file__).resolve().parent


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration for a database; its scripts lie in the checkout or in the wheel."""
    packaged = HERE / "_migrations"
    root = packaged if packaged.is_dir() else HERE.parent
    config = Config(str(root / "alembic.ini"))
    config.set_main_option("script_location", str(root / "alembic"))
    config.attributes["database_url"] = database_url
    return config


def migrate(database_url: str, revision: str = "head") -> None:
    """Upgrade to a revision."""
    command.upgrade(alembic_config(database_url), revision)


def pending(database_url: str) -> tuple[str | None, str | None]:
    """The revision the database is at, and the newest one there is."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    newest = ScriptDirectory.from_config(alembic_config(database_url)).get_current_head()
    return current, newest


def fits(revisions: frozenset[str]) -> bool:
    """
    Whether this code can work with a database at these revisions.

    A revision that we do not know is newer, and a newer one leaves room for the code before it:
    migrations expand first, and contract a release later.
    """
    newest, known = _ours()
    return newest in revisions or bool(revisions - known)


@cache
def _ours() -> tuple[str | None, frozenset[str]]:
    scripts = ScriptDirectory.from_config(alembic_config(""))
    return scripts.get_current_head(), frozenset(one.revision for one in scripts.walk_revisions())
