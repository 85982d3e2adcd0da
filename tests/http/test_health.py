"""Health, and what a client sees of our own trouble."""

import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from sandbox.city import Person
from tests.graphql.queries import LISTS, bind_all
from tests.stack import Api, Register, TestClock, running_api, settings_for

NOWHERE = "postgresql+psycopg://nobody:secret-word@127.0.0.1:1/nowhere"
REFERENCE = re.compile(r"[0-9a-f]{12}")


@pytest.fixture
async def stranded(trial: Path, register: Register, clock: TestClock) -> AsyncIterator[Api]:
    """An API whose database is down."""
    async with running_api(settings_for(trial, register.url), NOWHERE, clock) as one:
        yield one


async def test_alive_and_ready(api: Api, register: Register) -> None:
    await register.switch("down")

    live, ready = await api.http.get("/livez"), await api.http.get("/readyz")

    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "database": "up"})


async def test_alive_and_not_ready_without_a_database(stranded: Api) -> None:
    live, ready = await stranded.http.get("/livez"), await stranded.http.get("/readyz")

    assert live.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {"status": "unavailable", "database": "down"}


async def test_without_a_database_nothing_internal_is_told(
    stranded: Api, citizen: Person, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await stranded.ask("{ viewer { name vehicles { totalCount } } }", citizen)

    assert answer["data"] == {"viewer": {"name": f"**{citizen.name[-1]}", "vehicles": None}}
    assert answer["errors"] == [
        {
            "message": "We are busy. Please try again shortly.",
            "extensions": {"code": "RETRY_LATER", "retryAfter": 2.0},
            "locations": [{"line": 1, "column": 17}],
            "path": ["viewer", "vehicles"],
        }
    ]
    [line] = [record for record in caplog.records if record.name == "clearway.database"]
    assert line.levelno == logging.WARNING
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
    breaks, mends = rename.format("licences", "elsewhere"), rename.format("elsewhere", "licences")
    with broken(database_url, breaks, mends):
        answer = await api.ask("{ viewer { licence { number } vehicles { totalCount } } }", citizen)

    viewer = answer["data"]["viewer"]
    assert viewer["licence"] is None
    assert viewer["vehicles"]["totalCount"] > 0
    [error] = answer["errors"]
    assert error["path"] == ["viewer", "licence"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "licences" not in str(error["message"])


async def test_a_refresh_that_the_database_refuses_is_logged_without_its_rows(
    api: Api, citizen: Person, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL quotes the key of a conflict, and here that is a plate."""
    await bind_all(api, citizen)
    breaks = "CREATE UNIQUE INDEX only_one ON violations (plate_key)"
    with broken(database_url, breaks, "DROP INDEX only_one"):
        answer = await api.ask(LISTS, citizen)

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"UPSTREAM_UNAVAILABLE"}
    assert "refresh failed: IntegrityError" in caplog.text
    for vehicle in citizen.vehicles:
        assert vehicle.plate_number not in caplog.text
        assert vehicle.plate_number[1:] not in caplog.text
