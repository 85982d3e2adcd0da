"""Reading past the cursors: whatever happens, everybody gets their own answer or none."""

import asyncio
import hashlib
import logging
import time
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy import column, func, select, table

from domain.failures import TryLater
from models.database import Database
from models.reading import array_of, prebuilt
from tests.reading.conftest import READERS, Administrator, until_nobody_is_served
from tests.reading.statements import MEASURED, QUOTIENT, Echo, Quotient, added_to, ask


class Limits(NamedTuple):
    """Settings of a session."""

    statement: str
    lock: str
    zone: str
    read_only: str


async def test_a_hundred_readers_on_four_connections(
    db: Database, administrator: Administrator
) -> None:
    answers = await asyncio.gather(*(ask(db, n, n % 7 / 1000) for n in range(100)))

    assert [answer.number for answer in answers] == list(range(100))
    assert {answer.backend for answer in answers} == administrator.backends()
    assert len(administrator.backends()) == READERS


async def test_one_reader_after_the_other_needs_one_connection(db: Database) -> None:
    assert len({(await ask(db)).backend for _ in range(20)}) == 1


async def test_the_sessions_limits_are_those_of_the_engine_and_they_only_read(
    db: Database,
) -> None:
    settings = "statement_timeout", "lock_timeout", "timezone", "default_transaction_read_only"
    shown = [
        func.current_setting(name).label(field)
        for name, field in zip(settings, Limits._fields, strict=True)
    ]

    assert await db.rows(prebuilt(select(*shown), Limits), {}) == [("1s", "2s", "UTC", "on")]


async def test_a_statement_that_takes_too_long_does_not_cost_the_connection(db: Database) -> None:
    before = await ask(db)
    with pytest.raises(TryLater):
        await ask(db, seconds=3)

    assert await ask(db, 2) == Echo(2, before.backend, "")


async def test_an_idle_connection_that_is_ended_is_noticed(
    db: Database, administrator: Administrator
) -> None:
    before = await ask(db)
    administrator.kill()
    await asyncio.sleep(0.05)

    after = await ask(db, 2)

    assert after.number == 2
    assert after.backend != before.backend


async def test_it_is_noticed_even_when_nothing_of_ours_could_run_meanwhile(
    db: Database, administrator: Administrator
) -> None:
    before = await ask(db)
    time.sleep(0.2)  # noqa: ASYNC251 - the loop must not see the end
    administrator.kill()

    assert (await ask(db)).backend != before.backend


async def test_a_connection_that_ends_during_a_statement(
    db: Database, administrator: Administrator, caplog: pytest.LogCaptureFixture
) -> None:
    asking = asyncio.create_task(ask(db, seconds=0.9))
    await asyncio.sleep(0.2)
    with caplog.at_level(logging.WARNING):
        administrator.kill()
        with pytest.raises(TryLater):
            await asking

    [line] = [record.getMessage() for record in caplog.records]
    assert line == "database trouble: <class 'psycopg.errors.AdminShutdown'>"
    assert (await ask(db, 3)).number == 3


async def test_a_cancelled_caller_leaves_its_answer_to_nobody(
    db: Database, administrator: Administrator
) -> None:
    db.reader.grace_seconds = 5
    first = await ask(db)
    asking = asyncio.create_task(ask(db, 1, seconds=0.1))
    await asyncio.sleep(0.02)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    # Meanwhile another connection serves; afterwards the first is as good as before.
    second = await ask(db, 2)
    await asyncio.sleep(0.2)
    third = await ask(db, 3)

    assert (second.number, third) == (2, Echo(3, first.backend, ""))
    assert second.backend != first.backend
    assert len(administrator.backends()) == 2


async def test_whoever_comes_after_a_cancelled_caller_is_not_stopped(
    db: Database, administrator: Administrator
) -> None:
    asking = asyncio.create_task(ask(db, 1, seconds=0.02))
    await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await asyncio.sleep(0.05)

    assert (await ask(db, 2, seconds=0.3)).number == 2
    assert len(administrator.backends()) == 1


async def test_what_a_cancelled_caller_wanted_is_stopped(
    db: Database, administrator: Administrator
) -> None:
    first = await ask(db)
    asking = asyncio.create_task(ask(db, seconds=0.9))
    await asyncio.sleep(0.02)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    await asyncio.sleep(0.2)
    await until_nobody_is_served(administrator)
    after = await asyncio.gather(*(ask(db, n, 0.01) for n in range(READERS)))

    assert [one.number for one in after] == list(range(READERS))
    assert first.backend not in {one.backend for one in after}


@pytest.mark.parametrize("pause", [0.0, 0.0005, 0.001, 0.002, 0.004])
async def test_cancelled_at_any_moment(db: Database, pause: float) -> None:
    for number in range(40):
        asking = asyncio.create_task(ask(db, number, seconds=0.001))
        await asyncio.sleep(pause * (number % 5))
        asking.cancel()
        assert (await ask(db, -number)).number == -number
        await asyncio.gather(asking, return_exceptions=True)
    answers = await asyncio.gather(*(ask(db, n) for n in range(20)))

    assert [answer.number for answer in answers] == list(range(20))


async def test_a_change_of_the_tables_is_prepared_for_again(
    db: Database, administrator: Administrator
) -> None:
    changing = prebuilt(select(table("changing", column("quotient")).c.quotient), Quotient)
    administrator.run("CREATE TABLE changing AS SELECT 5 AS quotient")
    try:
        assert await db.rows(changing, {}) == [(5,)]
        administrator.run("ALTER TABLE changing ALTER quotient TYPE text")

        assert [str(row.quotient) for row in await db.rows(changing, {})] == ["5"]
        assert len(administrator.backends()) == 1
    finally:
        administrator.run("DROP TABLE changing")
    with pytest.raises(psycopg.errors.UndefinedTable):
        await db.rows(changing, {})


async def test_many_large_values_are_sent_whole(db: Database) -> None:
    words = [f"{n:08}" * 16 for n in range(60_000)]
    digest = hashlib.md5("".join(words).encode(), usedforsecurity=False).hexdigest()

    found = await asyncio.gather(*(db.rows(MEASURED, {"words": array_of(words)}) for _ in range(3)))

    assert found == [[(60_000, digest)]] * 3


async def test_nobody_waits_for_a_connection_for_long(db: Database) -> None:
    busy = [asyncio.create_task(ask(db, seconds=0.9)) for _ in range(READERS * 4)]

    outcomes = await asyncio.gather(*busy, return_exceptions=True)

    assert sum(isinstance(one, Echo) for one in outcomes) == READERS * 3
    assert sum(isinstance(one, TryLater) for one in outcomes) == READERS
    assert (await ask(db, 2)).number == 2


async def test_a_bug_stays_one(db: Database) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        await db.rows(QUOTIENT, {"by": 0})

    assert await db.rows(QUOTIENT, {"by": 5}) == [(2,)]


async def test_a_forgotten_parameter_is_a_bug(db: Database) -> None:
    with pytest.raises(KeyError):
        await db.rows(QUOTIENT, {})

    assert await db.rows(QUOTIENT, {"by": 5}) == [(2,)]


async def test_a_connection_keeps_a_bounded_number_of_statements(db: Database) -> None:
    first = await ask(db)
    for number in range(200):
        assert await db.rows(added_to(number), {"by": 1}) == [(number + 1,)]

    assert (await ask(db)).backend != first.backend


async def test_a_server_that_is_not_there(caplog: pytest.LogCaptureFixture) -> None:
    db = Database("postgresql+psycopg://somebody:secret@127.0.0.1:1/clearway")
    with pytest.raises(TryLater):
        await ask(db)
    await db.close()

    assert [record.getMessage() for record in caplog.records] == [
        "database trouble: <class 'psycopg.OperationalError'>"
    ]


async def test_closing_does_not_take_an_answer_away(
    db: Database, administrator: Administrator
) -> None:
    asking = asyncio.create_task(ask(db, 7, seconds=0.1))
    await asyncio.sleep(0.02)
    await db.close()

    assert (await asking).number == 7
    await asyncio.sleep(0.05)
    assert administrator.backends() == set()
