"""A SELECT that is compiled once, for rows of one class."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar, cast

from psycopg.adapt import PyFormat
from sqlalchemy import DateTime, LargeBinary, Select, Uuid
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Row = TypeVar("Row", bound=NamedTuple)

DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
IN_BINARY = (DateTime, LargeBinary, Uuid)
PLACEHOLDER = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True, eq=False)
class Prebuilt(Generic[Row]):
    """
    What a connection needs to run a statement: its text and the order of its parameters.

    `make` turns the values of a row into one. Enumerated columns stay the texts they are stored as.
    """

    name: bytes
    sql: str
    parameters: tuple[str, ...]
    formats: tuple[PyFormat, ...]
    make: Callable[[Sequence[Any]], Row] = field(repr=False)


def prebuilt(statement: Select[*tuple[Any, ...]], row: type[Row]) -> Prebuilt[Row]:
    """
    Compile a statement; constants in it become part of its text.

    :raises ValueError: when the fields of the row are not the columns, in their order, or the text
        depends on the values
    """
    columns = tuple(column.name for column in statement.selected_columns)
    if columns != row._fields:
        raise ValueError(f"the columns are {columns}, the row has {row._fields}")
    compiled = statement.compile(dialect=DIALECT)
    sql, parameters = _text_of(compiled)
    formats = tuple(_format(compiled.binds[one].type) for one in parameters)
    name = hashlib.sha256(sql.encode()).hexdigest()[:24].encode()
    return Prebuilt(name, sql, parameters, formats, cast(Any, partial(tuple.__new__, row)))


def _text_of(compiled: SQLCompiler) -> tuple[str, tuple[str, ...]]:
    """The text with numbered placeholders for what has no value yet, and their names in order."""
    names = compiled.positiontup or []
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    free = [name for name in names if name not in constants]

    if "POSTCOMPILE" in compiled.string:
        raise ValueError("a list of unknown length has no fixed text: use an array")

    def replaced(placeholder: re.Match[str]) -> str:
        name = names[int(placeholder[1]) - 1]
        return _literal(constants[name]) if name in constants else f"${free.index(name) + 1}"

    return PLACEHOLDER.sub(replaced, compiled.string), tuple(free)


def _format(kind: TypeEngine[Any]) -> PyFormat:
    """
    How a value is sent: instants in binary, for the server reads fewer zones than Python writes.

    Numbers as text: in binary they would have to be as wide as the statement's.
    """
    return PyFormat.BINARY if isinstance(kind, IN_BINARY) else PyFormat.TEXT


def _literal(value: object) -> str:
    """:raises TypeError: for what nobody needs as a constant yet"""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"({value})"
    if isinstance(value, str):
        return "'" + str(value).replace("'", "''") + "'"
    raise TypeError(f"no constant can be a {type(value).__name__}")
