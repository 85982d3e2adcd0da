"""The database under the API."""

import re
from pathlib import Path

import psycopg

from runtime.migrations import migrate
from runtime.postgres import EmbeddedPostgres
from sandbox.city import Person
from tests.graphql.queries import BIND, LICENCE, LISTS, bind_all, binding, lists
from tests.runtime.postgres_trials import postgres_in
from tests.stack import Register, TestClock, running_api, settings_for

EVIDENCE = """{ viewer { violations(first: 1, filter: {status: [UNHANDLED]}) {
  nodes { evidence { url } } } } }"""


async def test_what_the_server_itself_counts(
    trial: Path, register: Register, citizen: Person, clock: TestClock
) -> None:
    """No ping, no BEGIN, no reset: the server is sent the two statements of two levels."""
    server = postgres_in(trial, "counted").start()
    try:
        migrate(server.url)
        with psycopg.connect(server.dsn(), autocommit=True) as superuser:
            superuser.execute("ALTER DATABASE clearway SET log_statement = 'all'")
        async with running_api(settings_for(trial, register.url), server.url, clock) as api:
            await bind_all(api, citizen)
            await lists(api, citizen)
            before = _logged(server)
            await lists(api, citizen)
            sent = _logged(server)[len(before) :]
    finally:
        server.stop()

    assert len(before) > 4
    assert [("vehicle_bindings" in line, "unnest" in line) for line in sent] == [
        (True, False),
        (False, True),
    ]


async def test_a_restarted_database_costs_no_request(
    trial: Path, register: Register, citizen: Person, clock: TestClock
) -> None:
    server = postgres_in(trial, "restarted").start()
    migrate(server.url)
    try:
        settings = settings_for(trial, register.url)
        async with running_api(settings, server.url, clock) as api:
            await bind_all(api, citizen)
            before = await lists(api, citizen)
            server.stop()
            server.start()

            assert await lists(api, citizen) == before
            bound = await api.ask(BIND, citizen, input=binding(citizen.vehicles[0]))
            assert bound["data"]["bindVehicle"]["__typename"] == "BindVehicleSuccess"
    finally:
        server.stop()


async def test_without_a_database_nothing_internal_is_told(
    trial: Path, register: Register, citizen: Person, clock: TestClock
) -> None:
    server = postgres_in(trial, "stopped").start()
    migrate(server.url)
    settings = settings_for(trial, register.url)
    async with running_api(settings, server.url, clock) as api:
        await bind_all(api, citizen)
        listed = await api.ask(EVIDENCE, citizen)
        url = listed["data"]["viewer"]["violations"]["nodes"][0]["evidence"][0]["url"]
        server.stop()

        # A picture is asked for within the quota, which the database counts.
        picture = await api.http.get(url, headers={"accept-language": "en"})
        assert picture.status_code == 503
        assert picture.json()["errors"] == [
            {
                "message": "We are busy. Please try again shortly.",
                "extensions": {"code": "RETRY_LATER", "retryAfter": 2.0},
            }
        ]

        for query in (LISTS, LICENCE):
            answer = await api.ask(query, citizen)
            [error] = answer["errors"]
            assert error["extensions"] == {"code": "RETRY_LATER", "retryAfter": 2.0}
            assert error["message"] == "We are busy. Please try again shortly."


def _logged(server: EmbeddedPostgres) -> list[str]:
    """The first lines of the statements in the server's own log, each with the whole of it."""
    log = next(server.root.rglob("server.log")).read_text("utf-8")
    return re.split(r"(?:statement|execute [^:]*): ", log)[1:]
