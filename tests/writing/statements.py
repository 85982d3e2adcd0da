"""Statements that write into a table of the test's own."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Float, Text, bindparam, cast, column, func, insert, select, table

from models.database import Database
from models.reading import Prebuilt, prebuilt
from models.writing import Call
from tests.reading.conftest import Administrator


class Note(NamedTuple):
    """What was written, by which of the server's processes."""

    number: int
    backend: int


class Slept(NamedTuple):
    """It took its time."""

    slept: str


def _noting() -> Prebuilt[Note]:
    """Parameters: number, word."""
    notes = table("notes", column("number", BigInteger), column("word", Text))
    values = {name: bindparam(name, type_=notes.c[name].type) for name in ("number", "word")}
    noted = insert(notes).values(values).returning(notes.c.number).cte("noted")
    return prebuilt(select(noted.c.number, func.pg_backend_pid().label("backend")), Note)


NOTE = _noting()
SLEEP = prebuilt(
    select(cast(func.pg_sleep(bindparam("seconds", type_=Float)), Text).label("slept")), Slept
)


def note(number: int, word: str | None = None) -> dict[str, Any]:
    """The parameters of a note."""
    return {"number": number, "word": word}


def noted(administrator: Administrator) -> list[int]:
    """What has been written."""
    rows = administrator.run("SELECT number FROM notes ORDER BY number").fetchall()
    return [number for (number,) in rows]


async def write_both(
    db: Database, first: int, last: int, between: Callable[[], None] = lambda: None
) -> list[int]:
    """Two notes in one transaction; the numbers that came back."""
    async with db.writing() as connection:
        [[one]] = await connection.begin(Call(NOTE, note(first)))
        between()
        [other] = await connection.commit(NOTE, note(last))
    return [one.number, other.number]
