"""Statements that make the server do what a test needs."""

from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Float,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
    table,
)

from models.database import Database
from models.reading import Prebuilt, prebuilt


class Echo(NamedTuple):
    """What was asked, who answered, and that it took its time."""

    number: int
    backend: int
    slept: str


class Measured(NamedTuple):
    """A list as the server got it."""

    length: int
    digest: str


class Message(NamedTuple):
    """Statements of one message to the server are one transaction, begun at one instant."""

    instant: str
    number: int


class Runs(NamedTuple):
    """How often a connection has run a statement."""

    times: int


class Quotient(NamedTuple):
    """The outcome of a division."""

    quotient: int


ECHO = prebuilt(
    select(
        bindparam("number", type_=BigInteger).label("number"),
        func.pg_backend_pid().label("backend"),
        cast(func.pg_sleep(bindparam("seconds", type_=Float)), Text).label("slept"),
    ),
    Echo,
)

WORDS = bindparam("words", type_=ARRAY(Text))
MEASURED = prebuilt(
    select(
        func.cardinality(WORDS).label("length"),
        func.md5(func.array_to_string(WORDS, "")).label("digest"),
    ),
    Measured,
)

QUOTIENT = prebuilt(
    select(func.div(literal(12), bindparam("by", type_=BigInteger)).label("quotient")), Quotient
)


def added_to(constant: int) -> Prebuilt[Quotient]:
    """One statement of many."""
    return prebuilt(
        select((literal(constant) + bindparam("by", type_=BigInteger)).label("quotient")), Quotient
    )


MESSAGE = prebuilt(
    select(
        cast(func.transaction_timestamp(), Text).label("instant"),
        bindparam("number", type_=BigInteger).label("number"),
    ),
    Message,
)

KNOWN = table("pg_prepared_statements", column("name"), column("generic_plans"))
RUNS = prebuilt(
    select(KNOWN.c.generic_plans.label("times")).where(
        KNOWN.c.name == bindparam("statement", type_=Text)
    ),
    Runs,
)


async def ask(db: Database, number: int = 1, seconds: float = 0) -> Echo:
    """Have the server sleep and answer."""
    [echo] = await db.rows(ECHO, {"number": number, "seconds": seconds})
    return echo


async def divide(db: Database, by: int) -> int:
    """Have the server divide 12."""
    [row] = await db.rows(QUOTIENT, {"by": by})
    return row.quotient


async def runs(db: Database, statement: Prebuilt[Any]) -> int:
    """How often the connection that answers has run a statement."""
    rows = await db.rows(RUNS, {"statement": statement.name.decode()})
    return sum(row.times for row in rows)
