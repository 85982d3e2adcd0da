"""Days that have to be reconciled: one row for each channel and legal day, done by whoever can."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from domain.discrepancies import ReconciliationState
from domain.ids import new_id
from domain.platforms import Channel
from domain.times import Clock, legal_day, start_of
from models.base import table_of
from models.database import Database
from models.due import claim, release
from models.reconciliation import ReconciliationDay
from models.reconciliation_queries import FIRST, KNOWN_SINCE

ROW = ReconciliationDay.__table__.c
DAY = timedelta(days=1)
# Bills are ready by ten in the morning.
FIRST_LOOK = timedelta(hours=10, minutes=15)
LEASE = timedelta(minutes=15)
# How far the channel's clock may be behind: what it lists for the day before.
NEAR = timedelta(minutes=10)
ADD = insert(table_of(ReconciliationDay)).on_conflict_do_nothing()


def first_look(day: date) -> datetime:
    """When the bill of a day is asked for."""
    return start_of(day + DAY) + FIRST_LOOK


@dataclass(frozen=True, slots=True)
class Days:
    """Which days have to be done, and who does which."""

    db: Database
    clock: Clock

    async def plan(self, channels: Collection[Channel]) -> None:
        """Write every day down that is over: a night on which nobody ran is there all the same."""
        for channel in channels:
            async with self.db.read() as connection:
                known = (await connection.execute(FIRST, {"channel": channel.value})).one()
            if known.paid_at is not None:
                await self._fill(channel, legal_day(known.paid_at - NEAR))
            elif known.day is not None:
                await self._fill(channel, known.day)

    async def add(self, channel: Channel, day: date) -> None:
        """Write one day down, whenever it was."""
        async with self.db.single() as connection:
            await add_day(connection, channel, day)

    async def claim_due(self, channels: Collection[Channel]) -> RowMapping | None:
        """
        The earliest day that is due, leased; None if there is none.

        One day of a channel is done at a time: what stands twice is told by what was there before.
        """
        other = aliased(ReconciliationDay)
        now = self.clock()
        earliest = (
            select(func.min(other.day))
            .where(other.channel == ROW.channel, other.next_check_at <= now)
            .correlate(table_of(ReconciliationDay))
            .scalar_subquery()
        )
        return await self._claim(ROW.channel.in_(list(channels)), ROW.day == earliest)

    async def claim(self, channel: Channel, day: date) -> RowMapping | None:
        """One day, due or not; None if somebody else is at one of the channel."""
        now = self.clock()
        made_due = (
            update(table_of(ReconciliationDay))
            .where(
                ROW.channel == channel,
                ROW.day == day,
                or_(ROW.next_check_at.is_(None), ROW.next_check_at > now),
            )
            .values(next_check_at=now)
        )
        async with self.db.single() as connection:
            await connection.execute(made_due)
        return await self._claim(ROW.channel == channel, ROW.day == day)

    async def finish(self, row: RowMapping) -> None:
        """The bill of a leased day counts from now on; the lease is held on."""
        now = self.clock()
        done = (
            update(table_of(ReconciliationDay))
            .where(
                ROW.channel == row["channel"],
                ROW.day == row["day"],
                ROW.lease_id == row["lease_id"],
            )
            .values(
                state=ReconciliationState.DONE,
                doubt=None,
                done_at=func.coalesce(ROW.done_at, now),
                lease_until=now + LEASE,
            )
        )
        async with self.db.single() as connection:
            await connection.execute(done)

    async def put_back(self, row: RowMapping, at: datetime | None, **values: Any) -> None:
        """Give a leased day back, changed; it is due again at that time."""
        async with self.db.single() as connection:
            await connection.execute(release(ReconciliationDay, row, at, **values))

    async def find(self, channel: Channel, day: date) -> RowMapping | None:
        """The row of a day."""
        wanted = select(*ROW).where(ROW.channel == channel, ROW.day == day)
        async with self.db.read() as connection:
            return (await connection.execute(wanted)).mappings().first()

    async def _claim(self, *conditions: Any) -> RowMapping | None:
        now = self.clock()
        busy = aliased(ReconciliationDay)
        nobody_else = ~(
            select(busy.day)
            .where(and_(busy.channel == ROW.channel, busy.lease_until > now))
            .correlate(table_of(ReconciliationDay))
            .exists()
        )
        wanted = claim(
            ReconciliationDay, new_id(), now, *conditions, nobody_else, most=1, lease=LEASE
        )
        async with self.db.single() as connection:
            return (await connection.execute(wanted)).mappings().first()

    async def _fill(self, channel: Channel, first: date) -> None:
        today = legal_day(self.clock())
        since = {"channel": channel.value, "first": first, "today": today}
        async with self.db.read() as connection:
            known = await connection.scalar(KNOWN_SINCE, since)
        over = (today - first).days
        if known == over or over <= 0:
            return
        rows = [_row(channel, first + timedelta(days=place)) for place in range(over)]
        async with self.db.begin() as connection:
            await connection.execute(ADD, rows)


async def add_day(connection: AsyncConnection, channel: Channel, day: date) -> None:
    """Write one day down, on the caller's transaction."""
    await connection.execute(ADD, _row(channel, day))


def _row(channel: Channel, day: date) -> dict[str, Any]:
    return {
        "channel": channel,
        "day": day,
        "state": ReconciliationState.WAITING,
        "next_check_at": first_look(day),
    }
