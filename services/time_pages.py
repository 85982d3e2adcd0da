"""Reads a page of a list in the order of time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, RowMapping, Table

from models.database import Database
from models.time_pages import TimePage, time_page

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Listed(Generic[Item]):
    """The items of a page; `total` is of the whole filter."""

    items: Sequence[Item]
    total: int
    has_more: bool


async def read_page(
    db: Database,
    table: Table,
    at: str,
    conditions: Sequence[ColumnElement[bool]],
    page: TimePage,
    item: Callable[[RowMapping], Item],
) -> Listed[Item]:
    """One page of a table, in one statement; `item` makes of a row what is listed."""
    async with db.read() as connection:
        found = await connection.execute(time_page(table, at, conditions, page))
        rows = found.mappings().all()
    shown = [row for row in rows if row["id"] is not None]
    items = [item(row) for row in shown[: page.first]]
    return Listed(items, rows[0]["total_count"], len(shown) > page.first)
