"""Statements that share a message to the server share nothing else."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import psycopg
import pytest
from sqlalchemy import Select, column, select, table

from domain.failures import TryLater
from models.database import Database
from models.reading import prebuilt
from tests.reading.conftest import READERS, Administrator, until_nobody_is_served
from tests.reading.statements import (
    MESSAGE,
    QUOTIENT,
    Echo,
    Message,
    Quotient,
    added_to,
    ask,
    divide,
    runs,
)


def of_table(name: str) -> Select[Any]:
    return select(table(name, column("quotient")).c.quotient)


async def in_one_batch(db: Database, *asked: Awaitable[Any]) -> list[Any]:
    """What becomes of statements that are asked while the only connection works."""
    await ask(db)
    first: Awaitable[Any] = ask(db, 0, 0.01)
    _, *outcomes = await asyncio.gather(first, *asked, return_exceptions=True)
    return outcomes


async def told(db: Database, number: int) -> Message:
    [message] = await db.rows(MESSAGE, {"number": number})
    return message


async def test_five_hundred_at_once_get_their_own_rows(
    db: Database, administrator: Administrator
) -> None:
    for _ in range(3):
        answers = await asyncio.gather(*(ask(db, n) for n in range(500)))
        assert [answer.number for answer in answers] == list(range(500))

    assert {answer.backend for answer in answers} <= administrator.backends()
    assert len(administrator.backends()) == READERS


async def test_statements_of_one_turn_are_one_message(narrow: Database) -> None:
    messages = await in_one_batch(narrow, *(told(narrow, n) for n in range(8)))

    assert [message.number for message in messages] == list(range(8))
    assert len({message.instant for message in messages}) == 1


async def test_a_message_is_no_longer_than_it_may_be(narrow: Database) -> None:
    messages = await in_one_batch(narrow, *(told(narrow, n) for n in range(20)))

    assert [message.number for message in messages] == list(range(20))
    assert len({message.instant for message in messages}) == 3


async def test_one_statement_does_not_wait_for_company(narrow: Database) -> None:
    messages = [await told(narrow, n) for n in range(5)]

    assert len({message.instant for message in messages}) == 5


async def test_an_error_costs_nobody_else_anything(narrow: Database) -> None:
    divisors = [1, 2, 0, 3, 4]
    outcomes = await in_one_batch(narrow, *(divide(narrow, by) for by in divisors))

    assert isinstance(outcomes.pop(2), psycopg.errors.DivisionByZero)
    assert outcomes == [12, 6, 4, 3]
    # What came after the error was skipped, and run once.
    assert await runs(narrow, QUOTIENT) == len(divisors)


async def test_every_error_is_its_own_callers(narrow: Database) -> None:
    outcomes = await in_one_batch(narrow, *(divide(narrow, by) for by in [0, 1, 0, 0, 2, 3, 0]))

    errors = [isinstance(one, psycopg.errors.DivisionByZero) for one in outcomes]
    assert errors == [True, False, True, True, False, False, True]
    assert [outcomes[place] for place in (1, 4, 5)] == [12, 6, 4]


async def test_what_is_first_seen_after_an_error_is_prepared_later(narrow: Database) -> None:
    async def sums() -> list[Any]:
        added = (narrow.rows(added_to(number), {"by": 1}) for number in range(3))
        return await in_one_batch(narrow, narrow.rows(QUOTIENT, {"by": 0}), *added)

    for _ in range(2):
        error, *rows = await sums()
        assert isinstance(error, psycopg.errors.DivisionByZero)
        assert rows == [[(1,)], [(2,)], [(3,)]]


async def test_what_could_not_be_prepared_is_not_remembered(narrow: Database) -> None:
    missing = prebuilt(of_table("missing"), Quotient)
    before = await ask(narrow)

    for _ in range(2):
        asked = narrow.rows(missing, {}), divide(narrow, 3), narrow.rows(missing, {})
        first, quotient, second = await in_one_batch(narrow, *asked)
        assert isinstance(first, psycopg.errors.UndefinedTable)
        assert isinstance(second, psycopg.errors.UndefinedTable)
        assert quotient == 4
    assert (await ask(narrow)).backend == before.backend


async def test_the_same_new_statement_twice_in_a_batch(narrow: Database) -> None:
    outcomes = await in_one_batch(narrow, *(divide(narrow, by) for by in (2, 3, 4)))

    assert outcomes == [6, 4, 3]


@pytest.mark.parametrize("pause", [0.0, 0.002, 0.015, 0.03])
async def test_some_of_a_batch_leave(narrow: Database, pause: float) -> None:
    first = asyncio.create_task(ask(narrow, 0, 0.01))
    asking = [asyncio.create_task(ask(narrow, n, 0.005)) for n in range(8)]
    await asyncio.sleep(pause)
    for task in asking[1::2]:
        task.cancel()
    answers = await asyncio.gather(*asking[::2], *(ask(narrow, n) for n in range(8, 20)))

    assert [answer.number for answer in answers] == [0, 2, 4, 6, *range(8, 20)]
    assert {answer.backend for answer in answers} == {(await first).backend}


async def test_nobody_is_stopped_for_others_who_have_left(
    narrow: Database, administrator: Administrator
) -> None:
    first = asyncio.create_task(ask(narrow, 0, 0.01))
    asking = [asyncio.create_task(ask(narrow, n, 0.3)) for n in range(3)]
    await asyncio.sleep(0.03)
    asking[0].cancel()
    asking[2].cancel()

    assert (await asking[1]).number == 1
    assert (await first).number == 0
    assert len(administrator.backends()) == 1


async def test_a_batch_that_everybody_has_left_is_stopped(
    narrow: Database, administrator: Administrator
) -> None:
    first = await ask(narrow)
    asking = [asyncio.create_task(ask(narrow, n, 0.9)) for n in range(4)]
    await asyncio.sleep(0.02)
    for task in asking:
        task.cancel()
    await asyncio.sleep(0.2)
    await until_nobody_is_served(administrator)

    assert (await ask(narrow)).backend != first.backend


async def test_a_slow_statement_delays_those_beside_it_a_little(db: Database) -> None:
    await asyncio.gather(*(ask(db, n, 0.01) for n in range(READERS)))
    loop = asyncio.get_running_loop()
    took: dict[int, float] = {}

    async def measured(number: int, seconds: float) -> None:
        began = loop.time()
        assert (await ask(db, number, seconds)).number == number
        took[number] = loop.time() - began

    await asyncio.gather(*(measured(n, 0.9 if n in (3, 12) else 0) for n in range(20)))

    slow = [took.pop(3), took.pop(12)]
    assert min(slow) >= 0.9
    assert max(took.values()) < 0.6


async def test_only_the_statement_that_takes_too_long_fails(db: Database) -> None:
    outcomes = await in_one_batch(db, *(ask(db, n, 3 if n == 2 else 0.001) for n in range(6)))

    assert isinstance(outcomes.pop(2), TryLater)
    assert [outcome.number for outcome in outcomes] == [0, 1, 3, 4, 5]


async def test_each_statement_of_a_batch_has_its_own_time(narrow: Database) -> None:
    narrow.reader.grace_seconds = 5

    outcomes = await in_one_batch(narrow, *(ask(narrow, n, 0.4) for n in range(4)))

    assert [outcome.number for outcome in outcomes] == list(range(4))


async def test_a_change_of_the_tables_in_a_batch(
    db: Database, administrator: Administrator
) -> None:
    changing = prebuilt(of_table("changing_in_a_batch"), Quotient)

    async def of_all() -> list[Any]:
        asked: list[Awaitable[Any]] = []
        for number in range(12):
            asked += [ask(db, number, 0.002), db.rows(changing, {})]
        outcomes = await asyncio.gather(*asked)
        assert [echo.number for echo in outcomes[::2]] == list(range(12))
        return outcomes[1::2]

    administrator.run("CREATE TABLE changing_in_a_batch AS SELECT 5 AS quotient")
    try:
        assert await of_all() == [[(5,)]] * 12
        administrator.run("ALTER TABLE changing_in_a_batch ALTER quotient TYPE text")
        assert await of_all() == [[("5",)]] * 12
    finally:
        administrator.run("DROP TABLE changing_in_a_batch")


async def test_a_connection_that_ends_in_the_middle_of_a_batch(
    narrow: Database, administrator: Administrator
) -> None:
    narrow.reader.grace_seconds = 5
    await ask(narrow)
    first = asyncio.create_task(ask(narrow, 0, 0.01))
    asking = [asyncio.create_task(ask(narrow, n, 0.2)) for n in range(4)]
    await asyncio.sleep(0.1)
    administrator.kill()
    outcomes = await asyncio.gather(*asking, return_exceptions=True)

    assert isinstance(await first, Echo)
    assert [type(one) for one in outcomes] == [TryLater] * 4
    assert (await ask(narrow, 3)).number == 3


async def test_a_server_that_is_not_there_is_nobodys_secret() -> None:
    db = Database("postgresql+psycopg://somebody:secret@127.0.0.1:1/clearway")
    outcomes = await asyncio.gather(*(ask(db, n) for n in range(30)), return_exceptions=True)
    await db.close()

    assert [type(one) for one in outcomes] == [TryLater] * 30


async def test_closing_serves_those_who_wait(
    narrow: Database, administrator: Administrator
) -> None:
    asking = [asyncio.create_task(ask(narrow, n, 0.01)) for n in range(20)]
    await asyncio.sleep(0.02)
    await narrow.close()

    assert [echo.number for echo in await asyncio.gather(*asking)] == list(range(20))
    await asyncio.sleep(0.05)
    assert administrator.backends() == set()
