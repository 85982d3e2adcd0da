"""Lists in the order of time: one page after a place, with the count of the whole filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, func, literal, select, true, tuple_


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in such a list: the instant and the id of a row."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class TimePage:
    """Which page is wanted: so many rows after a place, the newest or the oldest first."""

    first: int
    newest_first: bool
    after: Moment | None = None


def time_page(
    table: Table, at: str, conditions: Sequence[ColumnElement[bool]], page: TimePage
) -> Select[Any]:
    """
    One row more than the page has, `total_count` on each, in one statement.

    An empty page has one row with a null `id`. `at` names the column of the order.
    """
    rows = table.c
    total = select(func.count().label("total_count")).select_from(table).where(*conditions)
    wanted = select(*rows).where(*conditions).limit(page.first + 1)
    if page.after is not None:
        here = tuple_(rows[at], rows.id)
        place = tuple_(literal(page.after.at), literal(page.after.id))
        wanted = wanted.where(here < place if page.newest_first else here > place)
    counted, shown = total.cte("total"), _ordered(wanted, rows, at, page).cte("page")
    joined = select(counted.c.total_count, *shown.c).outerjoin_from(counted, shown, true())
    return _ordered(joined, shown.c, at, page)


def _ordered(statement: Select[Any], columns: Any, at: str, page: TimePage) -> Select[Any]:
    keys = (columns[at], columns.id)
    return statement.order_by(*(key.desc() if page.newest_first else key.asc() for key in keys))
