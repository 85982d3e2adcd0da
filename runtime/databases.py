"""Which PostgreSQL to use: the one we are given, else one of our own."""

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from runtime.postgres import EmbeddedPostgres, PostgresProblem
from runtime.settings import Settings

UNSAFE_WHEN_OFF = ("fsync", "full_page_writes", "synchronous_commit")


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The database of the data folder, not started yet."""
    return EmbeddedPostgres(
        settings.data_dir / "postgres", settings.pg_bindir, run_as=settings.pg_run_as
    )


def given_url(settings: Settings) -> str | None:
    """CLEARWAY_DATABASE_URL for SQLAlchemy with psycopg 3, or None."""
    if settings.database_url is None:
        return None
    _, _, rest = str(settings.database_url).partition("://")
    return f"postgresql+psycopg://{rest}"


def check_durability(database_url: str) -> None:
    """
    Refuse a server that may lose an acknowledged commit (reliability target R20).

    :raises PostgresProblem: if the server cannot be reached, or runs with such a setting off
    """
    engine = create_engine(database_url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            for name in UNSAFE_WHEN_OFF:
                value = connection.execute(text(f"SHOW {name}")).scalar()
                if value == "off":
                    raise PostgresProblem(
                        f"PostgreSQL runs with {name}=off and can lose payments: turn it on."
                    )
    except OperationalError as error:
        raise PostgresProblem(
            "PostgreSQL cannot be reached: check CLEARWAY_DATABASE_URL and that it runs."
        ) from error
    finally:
        engine.dispose()
