"""Writing past SQLAlchemy: all of a transaction or nothing, and never another's answer."""

import asyncio
import time
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy import func, select

from domain.failures import TryLater
from models.database import Database
from models.reading import prebuilt
from models.writing import Call
from tests.reading.conftest import READERS, Administrator
from tests.writing.statements import NOTE, SLEEP, note, noted, write_both


class Limits(NamedTuple):
    """Settings of a session."""

    statement: str
    lock: str
    idle: str
    zone: str
    read_only: str


class Broken(Exception):
    """Something of the caller's own."""


async def test_the_sessions_limits_are_those_of_the_engine_and_they_may_write(
    db: Database,
) -> None:
    settings = (
        *("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"),
        *("timezone", "default_transaction_read_only"),
    )
    shown = [
        func.current_setting(name).label(field)
        for name, field in zip(settings, Limits._fields, strict=True)
    ]

    [limits] = await db.write(prebuilt(select(*shown), Limits), {})

    assert limits == Limits("1s", "2s", "15s", "UTC", "off")


async def test_a_hundred_writers_get_their_own_answers(db: Database, notes: Administrator) -> None:
    rows = await asyncio.gather(*(db.write(NOTE, note(n)) for n in range(100)))

    assert [one.number for [one] in rows] == list(range(100)) == noted(notes)
    assert len({one.backend for [one] in rows}) <= READERS


async def test_one_after_the_other_needs_one_connection(db: Database, notes: Administrator) -> None:
    assert len({(await db.write(NOTE, note(n)))[0].backend for n in range(20)}) == 1


async def test_what_is_committed_is_there_when_the_answer_is(
    db: Database, notes: Administrator
) -> None:
    seen: list[int] = []

    assert await write_both(db, 1, 2, lambda: seen.extend(noted(notes))) == [1, 2]

    assert seen == []
    assert noted(notes) == [1, 2]


async def test_what_is_not_committed_never_was(db: Database, notes: Administrator) -> None:
    def fail() -> None:
        raise Broken

    notes.run("SET lock_timeout = '1s'")
    with pytest.raises(Broken):
        await write_both(db, 1, 2, fail)
    async with db.writing() as connection:
        await connection.begin(Call(NOTE, note(3)))

    # Nobody waits for what was left open, and whoever comes next is not in it.
    for number in (1, 3):
        notes.run("INSERT INTO notes VALUES (%s)", [number])
    await db.write(NOTE, note(4))
    assert noted(notes) == [1, 3, 4]


async def test_the_first_trouble_ends_all_of_it(db: Database, notes: Administrator) -> None:
    numbers = Call(NOTE, note(1)), Call(NOTE, note(100)), Call(NOTE, note(2))
    async with db.writing() as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            await connection.begin(*numbers)
    with pytest.raises(psycopg.errors.UniqueViolation):
        await write_both(db, 3, 3)

    assert noted(notes) == []
    assert await write_both(db, 4, 5) == noted(notes) == [4, 5]


async def test_a_forgotten_parameter_writes_nothing(db: Database, notes: Administrator) -> None:
    with pytest.raises(KeyError):
        await db.write(NOTE, {"number": 1})

    assert [one.number for one in await db.write(NOTE, note(2))] == noted(notes) == [2]


async def test_a_statement_that_takes_too_long(db: Database, notes: Administrator) -> None:
    with pytest.raises(TryLater):
        await db.write(SLEEP, {"seconds": 3})

    assert await write_both(db, 1, 2) == noted(notes) == [1, 2]


@pytest.mark.parametrize("can_loop", [True, False])
async def test_an_idle_connection_that_is_ended_is_noticed(
    db: Database, notes: Administrator, *, can_loop: bool
) -> None:
    [before] = await db.write(NOTE, note(1))
    notes.kill()
    if can_loop:
        await asyncio.sleep(0.05)
    else:
        time.sleep(0.05)  # noqa: ASYNC251 - the loop must not see the end

    [after] = await db.write(NOTE, note(2))

    assert before.backend != after.backend
    assert noted(notes) == [1, 2]


async def test_a_connection_that_ends_in_a_transaction(db: Database, notes: Administrator) -> None:
    with pytest.raises(TryLater):
        await write_both(db, 1, 2, notes.kill)

    assert await write_both(db, 3, 4) == noted(notes) == [3, 4]


async def test_a_connection_that_ends_during_a_statement(
    db: Database, notes: Administrator
) -> None:
    asking = asyncio.create_task(db.write(SLEEP, {"seconds": 0.9}))
    await asyncio.sleep(0.2)
    notes.kill()
    with pytest.raises(TryLater):
        await asking

    await db.write(NOTE, note(1))
    assert noted(notes) == [1]


@pytest.mark.parametrize("pause", [0.0, 0.001, 0.003])
async def test_cancelled_at_any_moment(db: Database, notes: Administrator, pause: float) -> None:
    for number in range(0, 100, 2):
        writing = asyncio.create_task(db.write(NOTE, note(number)))
        await asyncio.sleep(pause * (number % 5))
        writing.cancel()
        [mine] = await db.write(NOTE, note(number + 1))
        assert mine.number == number + 1
        await asyncio.gather(writing, return_exceptions=True)

    assert set(noted(notes)) >= set(range(1, 100, 2))


async def test_a_change_of_the_tables_costs_one_statement_of_each_connection(
    db: Database, notes: Administrator
) -> None:
    await db.write(NOTE, note(1))
    notes.run("ALTER TABLE notes ALTER number TYPE numeric")
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        await db.write(NOTE, note(2))

    await db.write(NOTE, note(3))
    assert noted(notes) == [1, 3]


async def test_large_values_are_sent_whole(db: Database, notes: Administrator) -> None:
    word = "渝A12345" * 500_000

    await asyncio.gather(*(db.write(NOTE, note(n, word)) for n in range(3)))

    rows = notes.run("SELECT word = %s FROM notes", [word]).fetchall()
    assert rows == [(True,)] * 3


async def test_nobody_waits_for_a_connection_for_long(db: Database) -> None:
    busy = [asyncio.create_task(db.write(SLEEP, {"seconds": 0.9})) for _ in range(READERS * 4)]

    outcomes = await asyncio.gather(*busy, return_exceptions=True)

    assert sum(isinstance(one, list) for one in outcomes) == READERS * 3
    assert sum(isinstance(one, TryLater) for one in outcomes) == READERS


async def test_closing_does_not_take_an_answer_away(
    db: Database, administrator: Administrator
) -> None:
    asking = asyncio.create_task(db.write(SLEEP, {"seconds": 0.1}))
    await asyncio.sleep(0.05)
    await db.close()

    assert len(await asking) == 1
    await asyncio.sleep(0.05)
    assert administrator.backends() == set()
