"""Notices of channels: verified, written down and applied in one transaction, then acknowledged."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import RowMapping, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.payments import LIVE, ChannelNotice, NoticeKind, TradeState
from domain.platforms import Channel
from domain.tasks import TaskKind
from domain.times import Clock
from models.base import table_of
from models.database import Database
from models.payment import ChannelNotice as NoticeRow
from models.payment import NoticeOutcome, Payment
from models.payment_queries import LOCKED
from models.refund_queries import HASTEN
from services.crash_points import CrashPoint, Reached
from services.payment_channels import PaymentChannel
from services.payments.settlement import Settled, Settlement
from services.tasks import ask_people
from services.wakes import Errand, Wake

log = logging.getLogger("clearway.notices")

ROW = Payment.__table__.c
INBOX = insert(table_of(NoticeRow)).on_conflict_do_nothing()
OUTCOMES = {
    Settled.SETTLED: NoticeOutcome.APPLIED,
    Settled.SURPLUS: NoticeOutcome.APPLIED,
    Settled.KNOWN: NoticeOutcome.NOTHING_NEW,
    Settled.DOUBTED: NoticeOutcome.DOUBTED,
}


class NoSuchChannel(Exception):
    """This deployment is not connected with the channel."""


@dataclass(frozen=True, slots=True)
class NoticeService:
    """Receives what channels tell by themselves. The same notice counts once."""

    db: Database
    channels: dict[Channel, PaymentChannel]
    settlement: Settlement
    clock: Clock
    wake: Wake
    reached: Reached

    async def receive(
        self, channel: Channel, headers: Mapping[str, str], body: bytes
    ) -> NoticeOutcome:
        """
        Take a notice in. When this returns, what it changes is committed.

        :raises NoSuchChannel: nobody can vouch for it here
        :raises NotGenuine: nobody vouches for it; nothing is written
        :raises BadNotice: it is genuine, but not about us; nothing is written
        :raises TryLater: the database is away: do not acknowledge it
        """
        if channel not in self.channels:
            raise NoSuchChannel(channel)
        notice = await self.channels[channel].receive(headers, body)
        self.reached(CrashPoint.NOTICE_VERIFIED)
        async with self.db.begin() as connection:
            outcome = await self._take_in(connection, channel, notice, sha256(body).digest())
            self.reached(CrashPoint.NOTICE_APPLIED)
        self.reached(CrashPoint.NOTICE_COMMITTED)
        log.info("notice: channel=%s event=%s outcome=%s", channel, notice.event, outcome)
        return outcome

    async def _take_in(
        self, connection: AsyncConnection, channel: Channel, notice: ChannelNotice, digest: bytes
    ) -> NoticeOutcome:
        """Applied first, with the payment locked: what comes again changes nothing any more."""
        outcome = await self._apply(connection, channel, notice)
        taken_in = {
            "channel": channel,
            "notice_id": notice.id,
            "kind": notice.kind,
            "event": notice.event,
            "number": notice.trade.number,
            "body_hash": digest,
            "outcome": outcome,
            "received_at": self.clock(),
        }
        await connection.execute(INBOX, taken_in)
        return outcome

    async def _apply(
        self, connection: AsyncConnection, channel: Channel, notice: ChannelNotice
    ) -> NoticeOutcome:
        trade = notice.trade
        about = {"of_number": trade.number, "of_channel": channel}
        row = (await connection.execute(LOCKED, about)).mappings().first()
        if row is None:
            log.error("a genuine notice about a number that is not ours: a task for people")
            kind = TaskKind.NOTICE_OF_UNKNOWN_NUMBER
            await ask_people(connection, kind, trade.number[:64], self.clock())
            return NoticeOutcome.UNKNOWN_NUMBER
        if notice.kind is NoticeKind.REFUND:
            return await self._have_refunds_checked(connection, row)
        if trade.state is TradeState.AWAITING:
            return NoticeOutcome.NOTHING_NEW
        if trade.state is TradeState.PAID:
            outcome = OUTCOMES[await self.settlement.apply(connection, row, trade)]
            if outcome is NoticeOutcome.DOUBTED:
                log.error("a notice has another amount than its payment: the channel is asked")
                await self._have_it_checked(connection, row)
            return outcome
        # Closed, it says; whether that is the end, the channel is asked.
        return await self._have_it_checked(connection, row)

    async def _have_refunds_checked(
        self, connection: AsyncConnection, row: RowMapping
    ) -> NoticeOutcome:
        """A notice does not say for sure which refund it is about, so it is only a hint."""
        values = {"of_id": row["id"], "now": self.clock()}
        under_way = (await connection.execute(HASTEN, values)).scalars().all()
        for refund_id in under_way:
            await self.wake(connection, Errand.REFUND, str(refund_id))
        return NoticeOutcome.ASKED if under_way else NoticeOutcome.NOTHING_NEW

    async def _have_it_checked(self, connection: AsyncConnection, row: RowMapping) -> NoticeOutcome:
        if row["status"] in LIVE:
            sooner = update(table_of(Payment)).where(ROW.id == row["id"])
            await connection.execute(sooner.values(next_check_at=self.clock()))
            await self.wake(connection, Errand.PAYMENT, str(row["id"]))
        return NoticeOutcome.DOUBTED
