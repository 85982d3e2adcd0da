"""Statements are compiled once, and what cannot be is refused before anybody asks it."""

import json
from typing import NamedTuple

import pytest
from sqlalchemy import ARRAY, BigInteger, Float, Text, bindparam, func, literal, select

from models.database import Database
from models.reading import array_of, prebuilt
from models.violation_queries import OrderField, PageShape, violations_page


class Row(NamedTuple):
    """Two columns."""

    first: int
    second: str


class Words(NamedTuple):
    """A list as the server got it, in JSON."""

    words: str


ASKED = bindparam("asked", type_=BigInteger)


def test_constants_are_part_of_the_text_and_parameters_keep_their_order() -> None:
    statement = select(
        (ASKED + literal(-7)).label("first"), literal("it's $1 of 100%").label("second")
    ).where(bindparam("other", type_=BigInteger) > ASKED, literal(True))

    built = prebuilt(statement, Row)

    assert built.sql == (
        "SELECT $1::BIGINT + (-7)::INTEGER AS first, 'it''s $1 of 100%'::VARCHAR AS second"
        " \nWHERE $2::BIGINT > $1::BIGINT AND true"
    )
    assert built.parameters == ("asked", "other")
    assert built.make((1, "two")) == Row(1, "two")


async def test_constants_arrive_as_they_were(db: Database) -> None:
    statement = select(
        (ASKED + literal(-7)).label("first"), literal("it's $1 of 100%").label("second")
    )

    assert await db.rows(prebuilt(statement, Row), {"asked": 9}) == [Row(2, "it's $1 of 100%")]


@pytest.mark.parametrize(
    "words", [[], [""], ["null", "NULL"], ['"', "\\", '\\"', "a,b", "{}", "渝A·1", " x ", "it's"]]
)
async def test_arrays_arrive_as_they_were(db: Database, words: list[str]) -> None:
    statement = select(
        func.to_json(bindparam("words", type_=ARRAY(Text))).cast(Text).label("words")
    )

    [row] = await db.rows(prebuilt(statement, Words), {"words": array_of(words)})

    assert json.loads(row.words) == words


def test_columns_must_be_the_rows_fields_in_their_order() -> None:
    with pytest.raises(ValueError, match="the columns are"):
        prebuilt(select(literal("x").label("second"), ASKED.label("first")), Row)


def test_a_text_that_depends_on_values_is_refused() -> None:
    statement = select(ASKED.label("first"), literal("x").label("second"))

    with pytest.raises(ValueError, match="unknown length"):
        prebuilt(statement.where(ASKED.in_([1, 2])), Row)


def test_a_constant_nobody_needs_yet_is_refused() -> None:
    statement = select(literal(1.5, Float).label("first"), literal("x").label("second"))

    with pytest.raises(TypeError, match="float"):
        prebuilt(statement, Row)


def test_a_shape_of_a_page_is_compiled_once() -> None:
    shape = PageShape(OrderField.POINTS, descending=True, by_plate=True, has_code=True)

    assert violations_page(shape) is violations_page(
        PageShape(OrderField.POINTS, descending=True, by_plate=True, has_code=True)
    )
