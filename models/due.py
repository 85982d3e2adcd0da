"""Rows that have to be seen to again: the row itself is the queue of record."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Index,
    Update,
    case,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, table_of

# Longer than any call to an upstream; what a killed process held is free again after it.
LEASE = timedelta(seconds=45)


class Due:
    """
    The columns of such a row.

    Whoever works on a row holds a lease; what is written back under another lease is not written.
    `next_check_at` None: nothing is left to do. `checks` counts the leases taken.
    """

    next_check_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(server_default=text("0"))
    lease_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]


def due_index(table: str) -> Index:
    """The index that finds what is due among everything that is done."""
    return Index(
        f"ix_{table}_next_check_at",
        "next_check_at",
        postgresql_where=text("next_check_at IS NOT NULL"),
    )


def claim(
    table: type[Base],
    lease_id: UUID,
    now: datetime,
    *conditions: ColumnElement[bool],
    most: int,
    lease: timedelta = LEASE,
) -> Update:
    """
    Lease rows that are due and that nobody else works on; their whole rows come back.

    Two that claim at once get different rows.
    """
    columns = table.__table__.c
    key = _key(table)
    free = tuple_(*key).in_(
        select(*key)
        .where(
            columns.next_check_at <= now,
            or_(columns.lease_until.is_(None), columns.lease_until <= now),
            *conditions,
        )
        .order_by(columns.next_check_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return (
        update(table_of(table))
        .where(free)
        .values(lease_id=lease_id, lease_until=now + lease, checks=columns.checks + 1)
        .returning(*columns)
    )


def release(table: type[Base], row: Any, next_check_at: datetime | None, **values: Any) -> Update:
    """
    Give a leased row back, changed; nothing comes back if the lease is somebody else's now.

    Whoever has wished meanwhile that it be seen to at another time has their wish.
    """
    columns = table.__table__.c
    due = columns.next_check_at
    at = case(
        (due.is_not_distinct_from(row["next_check_at"]), literal(next_check_at, due.type)),
        else_=due,
    )
    return (
        update(table_of(table))
        .where(
            *(column == row[column.name] for column in _key(table)),
            columns.lease_id == row["lease_id"],
        )
        .values(lease_id=None, lease_until=None, next_check_at=at, **values)
        .returning(*_key(table))
    )


def _key(table: type[Base]) -> Sequence[ColumnElement[Any]]:
    return [column for column in table.__table__.c if column.primary_key]
