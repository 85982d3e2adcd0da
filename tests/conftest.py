"""What every test can ask for."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from graphql_api.schema import engine as graphql_engine
from models import Base
from runtime.migrations import migrate
from sandbox.city import City, Person
from tests.runtime.postgres_trials import postgres_in, trial_folder
from tests.stack import (
    Api,
    Credentials,
    Platforms,
    Register,
    TestClock,
    city,
    running_api,
    running_platforms,
    running_register,
    settings_for,
)

# Tests send most documents once; they are about compiled execution all the same.
graphql_engine.compile_after = 0

# The job queue's own tables.
QUEUE = "procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers"


@pytest.fixture(scope="session")
def the_city() -> City:
    return city()


@pytest.fixture(scope="session")
def trial() -> Iterator[Path]:
    with trial_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def migrated_url(trial: Path) -> Iterator[str]:
    """A real PostgreSQL at the newest revision, started once."""
    server = postgres_in(trial, "postgres").start()
    migrate(server.url)
    yield server.url
    server.stop()


@pytest.fixture
def database_url(migrated_url: str) -> Iterator[str]:
    """The same database, emptied after the test."""
    yield migrated_url
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    engine = create_engine(migrated_url)
    with engine.begin() as connection:
        # The ledger refuses this to everybody; triggers rest while a session replays a replica.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {tables}, {QUEUE}"))
    engine.dispose()


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def register(the_city: City) -> AsyncIterator[Register]:
    async with running_register(the_city) as one:
        yield one


@pytest.fixture(scope="session")
def credentials(trial: Path) -> Credentials:
    """The keys of our application at the sandboxes."""
    return Credentials.load_or_create(trial / "platforms")


@pytest.fixture
async def platforms(
    the_city: City, credentials: Credentials, clock: TestClock
) -> AsyncIterator[Platforms]:
    async with running_platforms(the_city, credentials, clock) as one:
        yield one


@pytest.fixture
async def api(
    trial: Path, database_url: str, register: Register, platforms: Platforms, clock: TestClock
) -> AsyncIterator[Api]:
    settings = settings_for(trial, register.url, platforms)
    async with running_api(settings, database_url, clock) as one:
        platforms.receivers.append(one.http)
        yield one


@pytest.fixture
def citizen(the_city: City) -> Person:
    """Citizen 0: two vehicles, a licence with 3 points, violations of every state."""
    return the_city.citizen(0)


@pytest.fixture
def stranger(the_city: City) -> Person:
    return the_city.citizen(3)
