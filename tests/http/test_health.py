"""Health, and what a client sees of our own trouble."""

import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from starlette.requests import Request

from gateways.breaker import Breaker, BreakerSettings
from graphql_api.health import Readiness
from runtime.revisions import pending
from sandbox.city import Person
from tests.graphql.queries import LISTS, bind_all
from tests.stack import Api, Register, TestClock, running_api, settings_for

NOWHERE = "postgresql+psycopg://nobody:secret-word@127.0.0.1:1/nowhere"
REFERENCE = re.compile(r"[0-9a-f]{12}")
POLICE = {"police": "ok"}
READY = {"status": "ok", "database": "up", "migrations": "done", "upstreams": POLICE}
REQUEST = Request({"type": "http"})


@pytest.fixture
async def stranded(trial: Path, register: Register, clock: TestClock) -> AsyncIterator[Api]:
    """An API whose database is down."""
    async with running_api(settings_for(trial, register.url), NOWHERE, clock) as one:
        yield one


async def test_alive_and_ready(api: Api) -> None:
    live, ready = await api.http.get("/livez"), await api.http.get("/readyz")

    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, READY)
    assert {one.headers["cache-control"] for one in (live, ready)} == {"no-store"}


async def test_asking_costs_one_statement(api: Api) -> None:
    for _ in range(2):
        api.statements.clear()
        await api.http.get("/livez")
        await api.http.get("/readyz")
        assert len(api.statements) == 1


async def test_an_upstreams_outage_is_told_and_is_no_reason_to_be_unready(api: Api) -> None:
    sick = Breaker(BreakerSettings(minimum_calls=1))
    with sick.guard() as trial:
        trial.healthy = False

    ready = await Readiness(api.running.db, police=sick, bank=Breaker(BreakerSettings()))(REQUEST)

    expected = READY | {"upstreams": {"police": "unavailable", "bank": "ok"}}
    assert (ready.status_code, json.loads(bytes(ready.body))) == (200, expected)


async def test_alive_and_not_ready_without_a_database(stranded: Api) -> None:
    live, ready = await stranded.http.get("/livez"), await stranded.http.get("/readyz")

    assert live.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {"status": "unavailable", "database": "down", "upstreams": POLICE}


@pytest.mark.parametrize(
    ("breaks", "mends"),
    [
        (
            "UPDATE alembic_version SET version_num = '0001'",
            "UPDATE alembic_version SET version_num = '{}'",
        ),
        ("DELETE FROM alembic_version", "INSERT INTO alembic_version VALUES ('{}')"),
        (
            "ALTER TABLE alembic_version RENAME TO elsewhere",
            "ALTER TABLE elsewhere RENAME TO alembic_version",
        ),
    ],
)
async def test_not_ready_until_the_tables_are_ours(
    api: Api, database_url: str, breaks: str, mends: str
) -> None:
    _, newest = pending(database_url)
    with broken(database_url, breaks, mends.format(newest)):
        ready = await api.http.get("/readyz")

    assert ready.status_code == 503
    assert ready.json() == READY | {"status": "unavailable", "migrations": "pending"}
    assert (await api.http.get("/readyz")).json() == READY


async def test_ready_when_the_next_release_has_migrated_already(
    api: Api, database_url: str
) -> None:
    _, newest = pending(database_url)
    change = "UPDATE alembic_version SET version_num = '{}'"
    with broken(database_url, change.format("of_tomorrow"), change.format(newest)):
        ready = await api.http.get("/readyz")

    assert (ready.status_code, ready.json()) == (200, READY)


async def test_not_ready_while_draining(api: Api) -> None:
    readiness = Readiness(api.running.db)
    readiness.drain()

    ready = await readiness(REQUEST)

    assert (ready.status_code, json.loads(bytes(ready.body))) == (503, {"status": "draining"})
    assert ready.headers["cache-control"] == "no-store"
    assert api.statements == []


async def test_without_a_database_nothing_internal_is_told(
    stranded: Api, citizen: Person, caplog: pytest.LogCaptureFixture
) -> None:
    body = {"query": "{ viewer { name vehicles { totalCount } } }"}
    token = stranded.token(citizen)

    response = await stranded.post(body, token, **{"accept-language": "en"})

    # Nobody can say whether this token has been revoked.
    answer = response.json()
    extensions = {"code": "RETRY_LATER", "retryAfter": 2.0}
    message = "We are busy. Please try again shortly."
    assert response.status_code == 503
    assert answer == {"errors": [{"message": message, "extensions": extensions}]}
    lines = [record for record in caplog.records if record.name == "clearway.database"]
    assert {line.levelno for line in lines} == {logging.WARNING}
    for secret in ("secret-word", "nobody", "127.0.0.1", citizen.name, citizen.identity_number):
        assert secret not in caplog.text
        assert secret not in str(answer)
    # What needs no database still works.
    codes = await stranded.ask('{ violationCode(code: "1625") { code } }')
    assert codes == {"data": {"violationCode": {"code": "1625"}}}


@contextmanager
def broken(url: str, breaks: str, mends: str) -> Iterator[None]:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(breaks))
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text(mends))
        engine.dispose()


async def test_a_missing_table_costs_its_fields_only(
    api: Api, citizen: Person, database_url: str
) -> None:
    await bind_all(api, citizen)
    rename = "ALTER TABLE {} RENAME TO {}"
    missing = "violations"
    with broken(
        database_url, rename.format(missing, "elsewhere"), rename.format("elsewhere", missing)
    ):
        answer = await api.ask(
            "{ viewer { violations { totalCount } vehicles { totalCount } } }", citizen
        )

    viewer = answer["data"]["viewer"]
    assert viewer["violations"] is None
    assert viewer["vehicles"]["totalCount"] > 0
    [error] = answer["errors"]
    assert error["path"] == ["viewer", "violations"]
    assert error["extensions"]["code"] in ("INTERNAL", "UPSTREAM_UNAVAILABLE")
    assert missing not in str(error["message"])


async def test_a_refresh_that_the_database_refuses_is_logged_without_its_rows(
    api: Api, citizen: Person, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL quotes the key of a conflict, and here that is a plate."""
    await bind_all(api, citizen)
    breaks = "CREATE UNIQUE INDEX only_one ON violations (plate_key)"
    with broken(database_url, breaks, "DROP INDEX only_one"):
        answer = await api.ask(LISTS, citizen)

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"UPSTREAM_UNAVAILABLE"}
    assert "refresh failed: UniqueViolation" in caplog.text
    for vehicle in citizen.vehicles:
        assert vehicle.plate_number not in caplog.text
        assert vehicle.plate_number[1:] not in caplog.text
