"""Seeing to rows that are due: woken for one, or sweeping for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, RowMapping

from domain.ids import new_id
from models.base import Base
from models.database import Database
from models.due import LEASE, claim
from services.wakes import Errand


class Swept(Protocol):
    """Something that is due again and again, and that nobody is woken for."""

    async def sweep(self) -> int:
        """See to some of what is due; how many there were."""
        ...


class DueWork(Swept, Protocol):
    """One kind of row that has to be seen to until it needs nothing any more."""

    async def see_to(self, key: str) -> None:
        """See to the row of a key, if it is due and nobody else does."""
        ...


async def take_due(
    db: Database,
    table: type[Base],
    now: datetime,
    *conditions: ColumnElement[bool],
    most: int,
    lease: timedelta = LEASE,
) -> list[RowMapping]:
    """Lease some of the rows that are due, for the caller alone."""
    wanted = claim(table, new_id(), now, *conditions, most=most, lease=lease)
    async with db.single() as connection:
        return list((await connection.execute(wanted)).mappings())


@dataclass(frozen=True, slots=True)
class Chores:
    """Every kind of due work: by errand what a worker is woken for, and what is only swept."""

    works: Mapping[Errand, DueWork]
    swept: Sequence[Swept]

    async def see_to(self, errand: Errand, key: str) -> None:
        """Do what a worker was woken for."""
        await self.works[errand].see_to(key)

    async def sweep(self) -> int:
        """See to what is due of every kind, whoever forgot to wake us; how many there were."""
        return sum([await work.sweep() for work in (*self.works.values(), *self.swept)])
