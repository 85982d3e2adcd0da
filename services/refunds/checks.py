"""Sending refunds and finding out what became of them: each until its end is known."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping

from domain.failures import UpstreamUnavailable, where
from domain.money import Money
from domain.platforms import Channel
from domain.refunds import (
    PAYER_TEXTS,
    RefundOrder,
    RefundProblem,
    RefundRefused,
    RefundState,
    RefundStatus,
)
from domain.refunds import Refund as Told
from domain.schedules import wait_before_check
from domain.tasks import TaskKind
from domain.times import Clock
from gateways.outcomes import NotDone
from models.database import Database
from models.due import release
from models.refund import Refund
from models.refund_queries import PAYMENT_TO_REFUND, SENDING
from services.crash_points import CrashPoint, Reached
from services.due_work import take_due
from services.payment_channels import RefundChannel
from services.refunds.ending import RefundEnding, facts_of
from services.refunds.terms import TERMS
from services.tasks import ask_people

log = logging.getLogger("clearway.refunds")

ROW = Refund.__table__.c
SWEEP = 8
AFTERWARDS = timedelta(days=1)
# The merchant's account has to be filled by people first.
BALANCE_WAIT = timedelta(minutes=30)


class LeaseLost(Exception):
    """Somebody else sees to it by now."""


@dataclass(frozen=True, slots=True)
class RefundChecks:
    """Sees to refunds. What is sent again is the same number and amount: no money goes twice."""

    db: Database
    channels: dict[Channel, RefundChannel]
    ending: RefundEnding
    clock: Clock
    reached: Reached

    async def see_to(self, key: str) -> None:
        """See to one refund, if it is due and nobody else does."""
        for row in await self._claimed(ROW.id == UUID(key)):
            await self.check(row)

    async def sweep(self) -> int:
        """See to some of what is due; how many there were."""
        rows = await self._claimed()
        await asyncio.gather(*(self.check(row) for row in rows))
        return len(rows)

    async def check(self, row: RowMapping) -> None:
        """Go on with a leased refund; silence changes nothing but that nobody knows."""
        try:
            payment = await self._payment(row)
            await self._go_on(row, payment)
        except LeaseLost:
            return
        except UpstreamUnavailable as failure:
            log.warning("a refund could not be checked: %s", failure.reason.value)
            await self._later(row, row["status"])
        except Exception as error:
            # One that cannot be seen to must not stop those that are due with it.
            log.error("a refund could not be seen to: %s", where(error))
            await self._later(row, row["status"])

    async def _go_on(self, row: RowMapping, payment: RowMapping) -> None:
        channel = self.channels.get(payment["channel"])
        if channel is None:
            await self._later(row, row["status"])
            return
        now, terms = self.clock(), TERMS[payment["channel"]]
        if row["sends"]:
            if now < row["sent_at"] + terms.ask_after:
                await self._put_back(row, row["status"], row["sent_at"] + terms.ask_after)
                return
            told = await channel.ask(payment["number"], row["number"])
            if told.state is not RefundState.ABSENT:
                await self._apply(row, payment, told)
                return
            if row["status"] is RefundStatus.ABNORMAL:
                await self._put_back(row, row["status"], now + AFTERWARDS)
                return
        free_at = payment["sent_at"] and payment["sent_at"] + terms.gap
        if free_at is not None and now < free_at:
            await self._put_back(row, row["status"], free_at)
            return
        await self._send(row, payment, channel)

    async def _send(self, row: RowMapping, payment: RowMapping, channel: RefundChannel) -> None:
        sent = await self._note_sending(row)
        self.reached(CrashPoint.REFUND_SENDING)
        try:
            told = await channel.refund(_order(sent, payment))
        except RefundRefused as refused:
            await self._refused(sent, payment, refused)
            return
        except NotDone:
            # It has not reached anybody: the next one is as good as this would have been.
            before = {"sends": row["sends"], "sent_at": row["sent_at"]}
            await self._later(sent, row["status"], **before)
            return
        except UpstreamUnavailable as failure:
            log.warning("nobody knows what became of a refund: %s", failure.reason.value)
            await self._later(sent, RefundStatus.UNKNOWN)
            return
        self.reached(CrashPoint.REFUND_SENT)
        await self._apply(sent, payment, told)

    async def _refused(self, row: RowMapping, payment: RowMapping, refused: RefundRefused) -> None:
        """
        A refusal speaks of this request only.

        If an earlier one may have reached the channel, only the channel's own word is an end.
        """
        is_first = row["sends"] == 1
        if refused.problem is RefundProblem.BALANCE:
            before = {"sends": 0, "sent_at": None} if is_first else {}
            await self._lacks_balance(row, before)
        elif refused.problem is RefundProblem.NUMBER_USED or not is_first:
            await self._contradicted(row, payment, refused)
        else:
            await self._fail(row, payment, refused.code)

    async def _contradicted(
        self, row: RowMapping, payment: RowMapping, refused: RefundRefused
    ) -> None:
        """Not known and not wanted, for longer than any request is under way: it never was."""
        used = refused.problem is RefundProblem.NUMBER_USED
        if not used and self._wait(row) is None:
            await self._fail(row, payment, refused.code)
        else:
            await self._later(row, RefundStatus.UNKNOWN, problem=refused.code[:64])

    async def _lacks_balance(self, row: RowMapping, before: dict[str, Any]) -> None:
        log.error("the merchant's account has not enough for a refund: a task for people")
        at, kind = self.clock() + BALANCE_WAIT, TaskKind.REFUND_BALANCE
        await self._ask_people(row, at, kind, problem="balance", **before)

    async def _apply(self, row: RowMapping, payment: RowMapping, told: Told) -> None:
        if told.amount not in (None, Money(row["amount_fen"])):
            log.error("a channel tells another amount than its refund: a task for people")
            await self._doubt(row)
        elif told.state is RefundState.SUCCEEDED:
            async with self.db.begin() as connection:
                await self.ending.succeed(connection, row, payment["number"], told)
        elif told.state is RefundState.CLOSED:
            await self._fail(row, payment, "closed")
        elif told.state is RefundState.ABNORMAL:
            await self._abnormal(row, told)
        elif row["status"] is RefundStatus.ABNORMAL:
            # People have it paid out, which takes its time.
            await self._put_back(row, row["status"], self.clock() + AFTERWARDS)
        else:
            facts = facts_of(row, told)
            await self._later(row, RefundStatus.PROCESSING, **facts, problem=None)

    async def _fail(self, row: RowMapping, payment: RowMapping, problem: str) -> None:
        log.error("a refund was refused for good: %s", problem)
        async with self.db.begin() as connection:
            await self.ending.fail(connection, row, payment["number"], problem[:64])

    async def _abnormal(self, row: RowMapping, told: Told) -> None:
        """The payer's account takes no money. It is asked about daily: people may put it right."""
        facts = facts_of(row, told)
        at, status = self.clock() + AFTERWARDS, RefundStatus.ABNORMAL
        if row["status"] is RefundStatus.ABNORMAL:
            # People know, and perhaps they are done with their part.
            await self._put_back(row, status, at, **facts)
            return
        await self._ask_people(row, at, TaskKind.REFUND_ABNORMAL, status=status, **facts)

    async def _doubt(self, row: RowMapping) -> None:
        is_abnormal = row["status"] is RefundStatus.ABNORMAL
        status = RefundStatus.ABNORMAL if is_abnormal else RefundStatus.UNKNOWN
        at = self.clock() + AFTERWARDS
        await self._ask_people(row, at, TaskKind.REFUND_UNKNOWN, status=status)

    async def _ask_people(
        self, row: RowMapping, at: datetime, kind: TaskKind, **values: Any
    ) -> None:
        """Put a refund back and ask people; not if somebody else sees to it by now."""
        async with self.db.begin() as connection:
            put_back = await connection.execute(release(Refund, row, at, **values))
            if put_back.first() is not None:
                await ask_people(connection, kind, row["number"], self.clock())

    async def _later(self, row: RowMapping, status: RefundStatus, **facts: Any) -> None:
        """See to it again by the schedule; at its end people have to, and still it is asked."""
        wait = self._wait(row)
        if wait is not None:
            await self._put_back(row, status, self.clock() + wait, **facts)
            return
        at, kind = self.clock() + AFTERWARDS, TaskKind.REFUND_UNKNOWN
        await self._ask_people(row, at, kind, status=status, **facts)

    async def _put_back(
        self, row: RowMapping, status: RefundStatus, at: datetime, **facts: Any
    ) -> None:
        async with self.db.single() as connection:
            await connection.execute(release(Refund, row, at, status=status, **facts))

    def _wait(self, row: RowMapping) -> timedelta | None:
        age = self.clock() - row["created_at"]
        return wait_before_check(row["checks"], age, uniform(-1, 1))  # noqa: S311

    async def _note_sending(self, row: RowMapping) -> RowMapping:
        values = {"of_id": row["id"], "of_lease": row["lease_id"], "now": self.clock()}
        async with self.db.single() as connection:
            sent = (await connection.execute(SENDING, values)).mappings().first()
        if sent is None:
            raise LeaseLost
        return sent

    async def _payment(self, row: RowMapping) -> RowMapping:
        about = {"of_id": row["payment_id"]}
        async with self.db.read() as connection:
            return (await connection.execute(PAYMENT_TO_REFUND, about)).mappings().one()

    async def _claimed(self, *conditions: ColumnElement[bool]) -> list[RowMapping]:
        return await take_due(self.db, Refund, self.clock(), *conditions, most=SWEEP)


def _order(row: RowMapping, payment: RowMapping) -> RefundOrder:
    return RefundOrder(
        number=payment["number"],
        refund_number=row["number"],
        amount=Money(row["amount_fen"]),
        total=Money(payment["amount_fen"]),
        reason=PAYER_TEXTS[row["reason"]],
    )
