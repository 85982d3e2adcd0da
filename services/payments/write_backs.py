"""Telling the register of payments: each decision once, by a serial of ours, until it knows."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from random import uniform
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, select

from domain.failures import UpstreamUnavailable, where
from domain.money import Money
from domain.police_writes import PaymentReport, WriteProblem, WriteRefused
from domain.schedules import wait_before_check
from domain.tasks import TaskKind
from domain.times import Clock, legal_day
from gateways.police_writes import PoliceWrites
from models.database import Database
from models.due import release
from models.payment import ItemState, Payment, PaymentItem, WriteBack, WriteBackState
from services.crash_points import CrashPoint, Reached
from services.due_work import take_due
from services.tasks import ask_people

log = logging.getLogger("clearway.write_backs")

ROW = WriteBack.__table__.c
# As many as the register lets the background have places.
SWEEP = 4


@dataclass(frozen=True, slots=True)
class WriteBacks:
    """Reports settled decisions to the register. The same report again is no harm."""

    db: Database
    police: PoliceWrites
    clock: Clock
    reached: Reached

    async def see_to(self, key: str) -> None:
        """Report one decision of a payment, if that is due and nobody else does."""
        payment_id, _, position = key.partition(":")
        wanted = (ROW.payment_id == UUID(payment_id), ROW.position == int(position))
        for row in await self._claimed(*wanted):
            await self._report(row)

    async def sweep(self) -> int:
        """Report some of what is due; how many there were."""
        rows = await self._claimed()
        await asyncio.gather(*(self._report(row) for row in rows))
        return len(rows)

    async def _report(self, row: RowMapping) -> None:
        try:
            facts = await self._facts(row)
        except Exception as error:
            # One that cannot be told must not stop those that are due with it; its lease ends.
            log.error("a payment could not be read: %s", where(error))
            return
        if facts["state"] is ItemState.REFUNDED:
            # All of it went back meanwhile: telling it now would be wrong.
            async with self.db.single() as connection:
                await connection.execute(
                    release(WriteBack, row, None, state=WriteBackState.WITHDRAWN)
                )
            return
        try:
            await self.police.report_payment(_report_of(row, facts))
        except WriteRefused as refused:
            await self._refused(row, facts, refused.problem)
            return
        except UpstreamUnavailable as failure:
            log.warning("the register was not told of a payment: %s", failure.reason.value)
            await self._later(row, facts)
            return
        except Exception as error:
            log.error("a payment could not be told to the register: %s", where(error))
            await self._later(row, facts)
            return
        self.reached(CrashPoint.WRITE_BACK_SENT)
        now = self.clock()
        async with self.db.single() as connection:
            done = release(WriteBack, row, None, state=WriteBackState.DONE, done_at=now)
            await connection.execute(done)

    async def _refused(self, row: RowMapping, facts: RowMapping, problem: WriteProblem) -> None:
        """What was decided on the scene may take two days to arrive: not found is not the end."""
        if problem is WriteProblem.NOT_FOUND:
            await self._later(row, facts)
            return
        log.error("the register refused a payment (%s): a task for people", problem.value)
        async with self.db.begin() as connection:
            await connection.execute(release(WriteBack, row, None, state=WriteBackState.REFUSED))
            await ask_people(connection, TaskKind.WRITE_BACK_REFUSED, row["serial"], self.clock())

    async def _later(self, row: RowMapping, facts: RowMapping) -> None:
        now = self.clock()
        age = now - facts["ended_at"]
        wait = wait_before_check(row["checks"], age, uniform(-1, 1))  # noqa: S311
        async with self.db.begin() as connection:
            at = now + (wait or timedelta(days=1))
            await connection.execute(release(WriteBack, row, at))
            if wait is None:
                kind = TaskKind.WRITE_BACK_UNKNOWN
                await ask_people(connection, kind, row["serial"], now)

    async def _facts(self, row: RowMapping) -> RowMapping:
        item, payment = PaymentItem.__table__.c, Payment.__table__.c
        facts = (
            select(
                item.decision_number,
                item.check_character,
                item.principal_fen,
                item.surcharge_fen,
                item.state,
                payment.paid_at,
                payment.ended_at,
            )
            .join_from(PaymentItem, Payment, payment.id == item.payment_id)
            .where(item.payment_id == row["payment_id"], item.position == row["position"])
        )
        async with self.db.read() as connection:
            return (await connection.execute(facts)).mappings().one()

    async def _claimed(self, *conditions: ColumnElement[bool]) -> list[RowMapping]:
        return await take_due(self.db, WriteBack, self.clock(), *conditions, most=SWEEP)


def _report_of(row: RowMapping, facts: RowMapping) -> PaymentReport:
    return PaymentReport(
        decision_number=facts["decision_number"],
        check_character=facts["check_character"],
        principal=Money(facts["principal_fen"]),
        surcharge=Money(facts["surcharge_fen"]),
        paid_on=legal_day(facts["paid_at"]),
        serial=row["serial"],
    )
