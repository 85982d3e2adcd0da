"""
What the two statements of a citizen's request cost, on each driver that could run them.

    .venv/bin/python -m benchmarks.drivers DATABASE_URL [--uvloop]

The database is a filled one of ours: the citizen with the most vehicles is asked for, again and
again, on one connection. Processor time of this process alone, the best of several rounds. asyncpg
and uvloop are compared only where they are installed; neither is a dependency.
"""

import argparse
import asyncio
import importlib
import importlib.util
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import psycopg
from sqlalchemy import URL, make_url, text

from models.database import PLAN_ONCE, Database
from models.garage_queries import HOLDINGS
from models.reading import Prebuilt, array_of
from models.violation_queries import OrderField, PageShape, violations_page

ROUNDS, TIMES = 10, 500
PAGE = violations_page(PageShape(OrderField.OCCURRED_AT, descending=True, by_plate=True))
SOMEBODY = text("""SELECT b.citizen_id, b.owner_digest, array_agg(b.plate_key) AS plate_keys,
    array_agg(timestamptz '1990-01-01 00:00:00+00') AS since
FROM vehicle_bindings b WHERE b.unbound_at IS NULL
GROUP BY b.citizen_id, b.owner_digest ORDER BY count(*) DESC, b.citizen_id LIMIT 1""")

Ask = Callable[[], Awaitable[int]]
Statement = tuple[Prebuilt[Any], Mapping[str, Any]]


async def statements_of_somebody(db: Database) -> list[Statement]:
    """
    The statements, with the values of one citizen.

    :raises SystemExit: if nobody has bound a vehicle
    """
    async with db.read() as connection:
        row = (await connection.execute(SOMEBODY)).mappings().first()
    if row is None:
        raise SystemExit("nobody has bound a vehicle in this database: fill it first")
    digest = bytes(row["owner_digest"])
    person = {"person_digest": digest, "person_key": digest.hex()}
    holdings = {"citizen_id": row["citizen_id"], **person}
    page = {"plate_keys": row["plate_keys"], "since": row["since"], "page_size": 21}
    return [(HOLDINGS, holdings), (PAGE, page)]


def through_the_reader(db: Database, statements: list[Statement]) -> Ask:
    """As the service reads: libpq, without psycopg's cursors."""

    as_served = [
        (one, {name: _served(value) for name, value in values.items()})
        for one, values in statements
    ]

    async def ask() -> int:
        return sum([len(await db.rows(one, values)) for one, values in as_served])

    return ask


async def through_cursors(url: URL, statements: list[Statement], stack: AsyncExitStack) -> Ask:
    """Psycopg's own cursors: prepared, binary."""
    connection = await psycopg.AsyncConnection.connect(
        _dsn(url), autocommit=True, options=PLAN_ONCE
    )
    stack.push_async_callback(connection.close)
    cursor = psycopg.AsyncRawCursor(connection)
    ordered = [(one, [values[name] for name in one.parameters]) for one, values in statements]

    async def ask() -> int:
        count = 0
        for one, values in ordered:
            await cursor.execute(one.sql.encode(), values, prepare=True, binary=True)
            count += len([one.make(row) for row in await cursor.fetchall()])
        return count

    return ask


async def through_asyncpg(url: URL, statements: list[Statement], stack: AsyncExitStack) -> Ask:
    """asyncpg with statements prepared once; no pool, so no reset query either."""
    connection = await importlib.import_module("asyncpg").connect(
        _dsn(url), server_settings=dict([PLAN_ONCE.removeprefix("-c ").split("=")])
    )
    stack.push_async_callback(connection.close)
    prepared = [
        (await connection.prepare(one.sql), one.make, [values[name] for name in one.parameters])
        for one, values in statements
    ]

    async def ask() -> int:
        count = 0
        for statement, make, values in prepared:
            count += len([make(row) for row in await statement.fetch(*values)])
        return count

    return ask


async def cost_of(ask: Ask) -> float:
    """Processor time of one request, in microseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        before = time.process_time()
        for _ in range(TIMES):
            await ask()
        best = min(best, time.process_time() - before)
    return best / TIMES * 1e6


async def compare(database_url: str) -> None:
    """Tell what each way costs; all of them must read the same."""
    url, db = make_url(database_url), Database(database_url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.close)
        statements = await statements_of_somebody(db)
        ways = {
            "reader": through_the_reader(db, statements),
            "psycopg cursors": await through_cursors(url, statements, stack),
        }
        if importlib.util.find_spec("asyncpg") is None:
            say("asyncpg is not installed here: left out")
        else:
            ways["asyncpg"] = await through_asyncpg(url, statements, stack)
        counts = {name: await ask() for name, ask in ways.items()}
        if len(set(counts.values())) != 1:
            raise SystemExit(f"they do not read the same: {counts}")
        say(f"{counts['reader']} rows, {type(asyncio.get_running_loop()).__module__}")
        for name, ask in ways.items():
            say(f"{name:16}{await cost_of(ask):8.1f} us")


def say(line: str) -> None:
    """Tell whoever runs this."""
    print(line)  # noqa: T201


def _served(value: Any) -> Any:
    """A value as the services give it."""
    return array_of([str(item) for item in value]) if isinstance(value, list) else value


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def main() -> None:
    """Compare them on the event loop that was asked for."""
    parser = argparse.ArgumentParser(description="What two statements cost on each driver.")
    parser.add_argument("database_url", help="postgresql+psycopg://… of a filled database")
    parser.add_argument("--uvloop", action="store_true", help="on uvloop instead of asyncio's loop")
    options = parser.parse_args()
    run = importlib.import_module("uvloop").run if options.uvloop else asyncio.run
    run(compare(options.database_url))


if __name__ == "__main__":
    main()
