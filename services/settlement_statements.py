"""
Daily settlement statements (日结算): what each agency gets of a day, issued once, in order.

What is booked later for a day that was stated is a correction in the next statement: all issued
statements together are the books.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.platforms import Channel
from domain.principals import Principal
from domain.tasks import TaskKind
from domain.times import Clock, legal_day, start_of
from models.database import Database
from models.statement_queries import (
    AGENCIES,
    ALONE,
    CHANGED,
    FIRST,
    ISSUE,
    LAST,
    ONE_SNAPSHOT,
    PATIENCE,
    RECONCILED,
    ROOM,
    SAID,
    STATE,
)
from models.task_queries import ASKED
from services.access import FINANCE, require_officer
from services.statement_reading import (
    books_of_day,
    by_agency,
    issued_statement,
    window,
)
from services.statement_views import DayBooks, IssuedStatement, unsaid
from services.tasks import ask_people

ONE_DAY = timedelta(days=1)
# Longer than any transaction is open: what it books is seen by the next statement at the latest.
MARGIN = timedelta(hours=1)
# A statement does not wait longer than this for the reconciliation of its day.
PATIENT_FOR = timedelta(hours=24)


class NotIssuable(Exception):
    """The day is not over, or is not the next one of its channel. The text says which."""


class DoesNotTie(Exception):
    """The lines do not come to what the books say: nothing was issued, people were asked."""


@dataclass(frozen=True, slots=True)
class SettlementStatements:
    """Issues the statements of all channels, and shows them."""

    db: Database
    clock: Clock

    async def of(self, principal: Principal, channel: Channel, day: date) -> IssuedStatement | None:
        """
        The statement of a day for the finance desk; None before it is issued.

        :raises Unauthenticated, Forbidden: unless the principal is an officer of that desk
        """
        require_officer(principal, FINANCE)
        return await self.find(channel, day)

    async def books_of(self, principal: Principal, channel: Channel, day: date) -> DayBooks:
        """
        What the ledger says of a day by now, beside what was stated about it.

        :raises Unauthenticated, Forbidden: unless the principal is an officer of that desk
        """
        require_officer(principal, FINANCE)
        async with self.db.begin() as connection:
            for preparation in (ONE_SNAPSHOT, PATIENCE, ROOM):
                await connection.execute(preparation)
            return await books_of_day(connection, channel, day)

    async def find(self, channel: Channel, day: date) -> IssuedStatement | None:
        """The statement of a day; None before it is issued."""
        async with self.db.read() as connection:
            return await issued_statement(connection, channel, day)

    async def issue(self, channel: Channel, day: date) -> IssuedStatement:
        """
        Issue the statement of a day; again it is the same.

        :raises NotIssuable: if the day is not over, or an earlier one comes first
        :raises DoesNotTie: if the books are not what they should be
        """
        try:
            async with self.db.begin() as connection:
                for preparation in (ONE_SNAPSHOT, PATIENCE, ROOM, ALONE):
                    await connection.execute(preparation)
                found = await issued_statement(connection, channel, day)
                return found or await self._issue(connection, channel, day)
        except DoesNotTie:
            async with self.db.begin() as connection:
                subject = _subject(channel, day)
                await ask_people(connection, TaskKind.BOOKS_DIFFER, subject, self.clock())
            raise

    async def due(self) -> Sequence[tuple[Channel, date]]:
        """Statements that are missing and can be issued, in their order."""
        async with self.db.read() as connection:
            return [
                (channel, day)
                for channel in Channel
                for day in await self._due(connection, channel)
            ]

    async def sweep(self) -> int:
        """Issue the next statement of each channel; how many: other work has its turn between."""
        following: dict[Channel, date] = {}
        for channel, day in await self.due():
            following.setdefault(channel, day)
        return sum([await self._try(channel, day) for channel, day in following.items()])

    async def _try(self, channel: Channel, day: date) -> bool:
        """Unless people are looking at it: when they are done it is tried again."""
        async with self.db.read() as connection:
            asked = {"of_kind": TaskKind.BOOKS_DIFFER, "of_subject": _subject(channel, day)}
            if await connection.scalar(ASKED, asked):
                return False
        try:
            await self.issue(channel, day)
        except (NotIssuable, DoesNotTie):
            return False
        return True

    async def _due(self, connection: AsyncConnection, channel: Channel) -> list[date]:
        day = await self._next_day(connection, channel)
        if day is None:
            return []
        values = {"of_channel": channel, "from_day": day}
        reconciled = set((await connection.execute(RECONCILED, values)).scalars())
        late = legal_day(self.clock() - PATIENT_FOR)
        today, due = legal_day(self.clock()), []
        while day < today and (day in reconciled or day < late):
            due.append(day)
            day += ONE_DAY
        return due

    async def _next_day(self, connection: AsyncConnection, channel: Channel) -> date | None:
        """The day after the last that was stated, or the first there was anything to state."""
        values = {"of_channel": channel}
        last = (await connection.execute(LAST, values)).mappings().first()
        if last is not None:
            stated: date = last["day"]
            return stated + ONE_DAY
        paid_at, reconciled = (await connection.execute(FIRST, values)).one()
        began = [one for one in (paid_at and legal_day(paid_at), reconciled) if one is not None]
        return min(began, default=None)

    async def _issue(
        self, connection: AsyncConnection, channel: Channel, day: date
    ) -> IssuedStatement:
        if day >= legal_day(self.clock()):
            raise NotIssuable(f"{day} is not over")
        expected = await self._next_day(connection, channel)
        if day != expected:
            raise NotIssuable(f"the next day of {channel} is {expected or 'not known yet'}")
        of_days = [day, *await self._changed(connection, channel, day)]
        lines = [
            {"channel": channel, "day": day, "of_day": of_day, **line}
            for of_day in of_days
            for line in await self._unsaid(connection, channel, of_day)
        ]
        if lines:
            await connection.execute(STATE, lines)
        for of_day in of_days:
            books = await books_of_day(connection, channel, of_day)
            if not books.ties:
                raise DoesNotTie
        await connection.execute(ISSUE, {"channel": channel, "day": day})
        issued = await issued_statement(connection, channel, day)
        if issued is None:
            raise RuntimeError("what was just issued is not there")
        return issued

    async def _changed(
        self, connection: AsyncConnection, channel: Channel, day: date
    ) -> Sequence[date]:
        """Earlier days of which something was booked since the last statement."""
        last = (await connection.execute(LAST, {"of_channel": channel})).mappings().first()
        if last is None:
            return []
        values = {"booked_since": last["issued_at"] - MARGIN, "before": start_of(day)}
        return sorted((await connection.execute(CHANGED, values)).scalars())

    async def _unsaid(
        self, connection: AsyncConnection, channel: Channel, of_day: date
    ) -> list[dict[str, Any]]:
        """What the books say of a day less what was stated: per agency, where there is any."""
        total = await by_agency(connection, AGENCIES, window(channel, of_day))
        said = await by_agency(connection, SAID, {"of_channel": channel, "of_day": of_day})
        left = (unsaid(total.get(code), said.get(code)) for code in sorted({*total, *said}))
        return [one for one in left if one is not None]


def _subject(channel: Channel, day: date) -> str:
    """How a task names a statement."""
    return f"{channel}:{day}"
