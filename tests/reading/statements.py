"""Statements that make the server do what a test needs."""

from typing import NamedTuple

from sqlalchemy import ARRAY, BigInteger, Float, Text, bindparam, cast, func, literal, select

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
