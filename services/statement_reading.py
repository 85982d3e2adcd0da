"""Reads settlement statements and the books of a day, on the caller's connection."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.platforms import Channel
from domain.times import start_of
from models.statement_queries import BOOKS, ISSUED, LINES, SAID
from services.statement_views import DayBooks, IssuedStatement, line_of, treasury_of


async def issued_statement(
    connection: AsyncConnection, channel: Channel, day: date
) -> IssuedStatement | None:
    """The statement of a day; None before it is issued."""
    values = {"of_channel": channel, "of_day": day}
    issued = (await connection.execute(ISSUED, values)).mappings().first()
    if issued is None:
        return None
    rows = (await connection.execute(LINES, values)).mappings().all()
    return IssuedStatement(channel, day, issued["issued_at"], tuple(map(line_of, rows)))


async def books_of_day(connection: AsyncConnection, channel: Channel, day: date) -> DayBooks:
    """A day in the ledger, beside what all statements say of it; one snapshot is the caller's."""
    rows = (await connection.execute(BOOKS, window(channel, day))).mappings().all()
    said = await by_agency(connection, SAID, {"of_channel": channel, "of_day": day})
    return DayBooks.of(channel, rows, sum(treasury_of(one) for one in said.values()))


async def by_agency(
    connection: AsyncConnection, statement: Select[Any], values: Mapping[str, Any]
) -> dict[str, RowMapping]:
    """The name and the amounts of every agency, by its code."""
    rows = (await connection.execute(statement, values)).mappings()
    return {row["agency_code"]: row for row in rows}


def window(channel: Channel, day: date) -> dict[str, Channel | datetime]:
    """The parameters of statements about a legal day of a channel."""
    return {
        "of_channel": channel,
        "since": start_of(day),
        "until": start_of(day + timedelta(days=1)),
    }
