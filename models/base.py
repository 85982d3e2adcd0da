"""The declarative base, with names for every constraint so that migrations can speak of them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, cast

from sqlalchemy import BigInteger, DateTime, Enum, LargeBinary, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of ours."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain dict
        datetime: DateTime(timezone=True),
        bytes: LargeBinary,
        str: String,
        int: BigInteger,
    }


def table_of(model: type[Base]) -> Table:
    """The table itself: statements on it are spared what the ORM does to those on its class."""
    return cast(Table, model.__table__)


def text_enum(values: type[StrEnum], name: str) -> Enum:
    """A closed list stored as text with a CHECK: easier to extend than a database enum type."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def fitting(table: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row, texts cut to their columns: one long word must not cost a whole list."""
    longest = _longest(table)
    return {
        name: value[: longest[name]] if type(value) is str else value
        for name, value in values.items()
    }


@cache
def _longest(table: type[Base]) -> dict[str, int | None]:
    """How long the texts of a table may be, by column; None: as they like."""
    return {column.name: getattr(column.type, "length", None) for column in table_of(table).c}
