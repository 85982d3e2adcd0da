"""Which database, and whether it may be trusted with money."""

from pathlib import Path

import psycopg
import pytest

from runtime.databases import check_durability, given_url
from runtime.postgres import PostgresProblem
from runtime.settings import Profile, Settings
from tests.runtime.postgres_trials import postgres_in


def test_a_server_that_may_forget_commits_is_refused(trial: Path) -> None:
    server = postgres_in(trial, "forgetful").start()
    try:
        check_durability(server.url)
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("ALTER DATABASE clearway SET synchronous_commit = off")

        with pytest.raises(PostgresProblem, match="synchronous_commit=off"):
            check_durability(server.url)
    finally:
        server.stop()


def test_a_database_that_is_away_is_told_in_one_sentence() -> None:
    away = "postgresql+psycopg://clearway:hunter2@127.0.0.1:1/clearway"

    with pytest.raises(PostgresProblem, match="cannot be reached") as problem:
        check_durability(away)

    assert "hunter2" not in str(problem.value)


def test_a_given_address_is_spoken_to_with_psycopg() -> None:
    settings = Settings(
        profile=Profile.DEV,
        database_url="postgresql://me:pw@db.example:5433/x?sslmode=require",  # type: ignore[arg-type]
    )

    assert given_url(settings) == ("postgresql+psycopg://me:pw@db.example:5433/x?sslmode=require")
