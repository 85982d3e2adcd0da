"""Finding out how it stands with payments that have not ended: the channel is asked, then acted."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, select, update

from domain.failures import UpstreamUnavailable, where
from domain.payments import CloseRefused, PaymentStatus, Trade, TradeState
from domain.platforms import Channel
from domain.tasks import TaskKind
from domain.times import Clock
from models.base import table_of
from models.database import Database
from models.due import release
from models.payment import Payment
from services.crash_points import CrashPoint, Reached
from services.due_work import take_due
from services.payment_channels import PaymentChannel
from services.payments.opening import Opening
from services.payments.rows import end_unpaid
from services.payments.settlement import Settled, Settlement
from services.tasks import ask_people

log = logging.getLogger("clearway.payments")

ROW = Payment.__table__.c
# As many as one channel has places for; they are asked about side by side.
SWEEP = 16
# How far a channel's queries may be behind its cashier.
MARGIN = timedelta(minutes=10)


@dataclass(slots=True)
class PaymentChecks:
    """Sees to payments: each is asked about until it has ended, or until people have to help."""

    db: Database
    channels: dict[Channel, PaymentChannel]
    opening: Opening
    settlement: Settlement
    clock: Clock
    reached: Reached
    _silent: set[Channel] = field(default_factory=set)

    async def see_to(self, key: str) -> None:
        """See to one payment, if it is due and nobody else does."""
        for row in await self._claimed(ROW.id == UUID(key)):
            await self.check(row)

    async def sweep(self) -> int:
        """See to some of what is due; how many there were."""
        rows = await self._claimed()
        await asyncio.gather(*(self.check(row) for row in rows))
        return len(rows)

    async def confirm(self, number: str) -> None:
        """
        Ask whether a payment was paid, and apply it, ended or not; another answer changes nothing.

        :raises UpstreamUnavailable: if nobody says
        """
        wanted = select(*ROW).where(ROW.number == number)
        async with self.db.read() as connection:
            row = (await connection.execute(wanted)).mappings().one()
        channel = self.channels.get(row["channel"])
        if channel is None:
            return
        trade = await channel.ask(number)
        if trade.state is TradeState.PAID:
            async with self.db.begin() as connection:
                locked = (await connection.execute(wanted.with_for_update())).mappings().one()
                await self.settlement.apply(connection, locked, trade)

    async def check(self, row: RowMapping) -> None:
        """Ask about a leased payment and act on the answer; silence changes nothing."""
        channel = self.channels.get(row["channel"])
        if channel is None:
            await self._later(row)
            return
        try:
            trade = await channel.ask(row["number"])
            self.reached(CrashPoint.CHECK_ASKED)
            await self._act(channel, row, trade)
        except UpstreamUnavailable as failure:
            log.warning("a payment could not be checked: %s", failure.reason.value)
            self._silent.add(row["channel"])
            await self._later(row)
            return
        except Exception as error:
            # One that cannot be seen to must not stop those that are due with it.
            log.error("a payment could not be seen to: %s", where(error))
            await self._later(row)
            return
        await self._answers_again(row["channel"])

    async def _act(self, channel: PaymentChannel, row: RowMapping, trade: Trade) -> None:
        if trade.state is TradeState.PAID:
            await self._settle(row, trade)
        elif row["cancel_requested_at"] is not None:
            await self._close(channel, row, PaymentStatus.CANCELLED)
        elif self.clock() >= row["expires_at"]:
            await self._close(channel, row, PaymentStatus.EXPIRED)
        elif trade.state is TradeState.CLOSED:
            await self._end(row, PaymentStatus.EXPIRED)
        elif row["handle"] is None:
            await self.opening.open(row)
        else:
            await self.opening.put_back(row, PaymentStatus.AWAITING)

    async def _close(self, channel: PaymentChannel, row: RowMapping, to: PaymentStatus) -> None:
        """Close at the channel, then ask once more: somebody may have paid in between."""
        is_closed = True
        try:
            await channel.close(row["number"])
        except CloseRefused:
            # It is paid, or just being paid, whatever a query knows of it yet.
            is_closed = False
        self.reached(CrashPoint.CLOSE_DONE)
        trade = await channel.ask(row["number"])
        if trade.state is TradeState.PAID:
            await self._settle(row, trade)
        elif is_closed and self._is_over(row, trade):
            await self._end(row, to)
        else:
            await self._later(row)

    def _is_over(self, row: RowMapping, trade: Trade) -> bool:
        """
        Whether nobody can pay any more.

        A channel that has given us its handle and now knows nothing of it may only be behind.
        """
        if trade.state is TradeState.ABSENT and row["handle"] is not None:
            given_up_at: datetime = row["expires_at"] + MARGIN
            return self.clock() >= given_up_at
        return trade.state is not TradeState.AWAITING

    async def _end(self, row: RowMapping, to: PaymentStatus) -> None:
        async with self.db.begin() as connection:
            await end_unpaid(connection, row, to, self.clock())

    async def _settle(self, row: RowMapping, trade: Trade) -> None:
        async with self.db.begin() as connection:
            locked = select(*ROW).where(ROW.id == row["id"]).with_for_update()
            now_row = (await connection.execute(locked)).mappings().one()
            if await self.settlement.apply(connection, now_row, trade) is not Settled.DOUBTED:
                return
            # The channel itself says so: nobody but people can tell what to do with the money.
            await connection.execute(release(Payment, row, None, status=PaymentStatus.UNKNOWN))
            kind = TaskKind.PAYMENT_AMOUNT_DIFFERS
            await ask_people(connection, kind, row["number"], self.clock())
        log.error("a payment was paid with another amount: a task for people")

    async def _later(self, row: RowMapping) -> None:
        """
        Ask again by the schedule. At its end people have to: the payment stays as it is.

        What is shown as awaiting is not known any more.
        """
        if not await self.opening.put_back(row, PaymentStatus.UNKNOWN):
            log.error("nobody says what became of a payment: a task for people")
            async with self.db.begin() as connection:
                kind = TaskKind.PAYMENT_UNKNOWN
                await ask_people(connection, kind, row["number"], self.clock())

    async def _answers_again(self, channel: Channel) -> None:
        """A channel that was silent answers: what waits for it need not wait any longer."""
        if channel not in self._silent:
            return
        self._silent.discard(channel)
        now = self.clock()
        waiting = update(table_of(Payment)).where(
            ROW.channel == channel,
            ROW.status == PaymentStatus.UNKNOWN,
            ROW.next_check_at > now,
        )
        async with self.db.begin() as connection:
            await connection.execute(waiting.values(next_check_at=now))

    async def _claimed(self, *conditions: ColumnElement[bool]) -> list[RowMapping]:
        return await take_due(self.db, Payment, self.clock(), *conditions, most=SWEEP)
