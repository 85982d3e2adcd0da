"""Bringing the database to the newest revision, one migrator at a time."""

from alembic import command
from alembic.config import Config

from runtime.revisions import migrations_root


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration for a database."""
    root = migrations_root()
    config = Config(str(root / "alembic.ini"))
    config.set_main_option("script_location", str(root / "alembic"))
    config.attributes["database_url"] = database_url
    return config


def migrate(database_url: str, revision: str = "head") -> None:
    """Upgrade to a revision."""
    command.upgrade(alembic_config(database_url), revision)
