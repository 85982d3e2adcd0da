"""How migrations run: under lock and statement time-outs, one migrator at a time."""

from alembic import context
from sqlalchemy import create_engine, text

from models import Base

# Any number will do, as long as every migrator uses the same one.
MIGRATOR_LOCK = 7_210_342_001

URL = context.config.attributes["database_url"]


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    """The job queue's tables are its own."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


def run() -> None:
    """Upgrade or downgrade on a connection of our own."""
    engine = create_engine(URL)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATOR_LOCK})
        connection.execute(text("SET lock_timeout = '2s'"))
        connection.execute(text("SET statement_timeout = '30s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_type=True,
            include_name=_is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATOR_LOCK})
        connection.commit()
    engine.dispose()


run()
