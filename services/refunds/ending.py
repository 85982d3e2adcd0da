"""How a refund ends: the books, the payment, its lines and the mirror follow in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import RowMapping, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.discrepancies import DiscrepancyKind
from domain.ledger import refund_payout, reversal
from domain.money import Money
from domain.payments import PaymentStatus
from domain.refunds import Refund as Told
from domain.refunds import RefundStatus
from domain.tasks import TaskKind, TaskOutcome
from domain.times import Clock, legal_day
from models.base import table_of
from models.due import release
from models.mirror_queries import write_violations
from models.payment import ItemState, Payment
from models.refund import Refund
from models.refund_queries import (
    LINES_OF,
    NOT_OVER,
    PAYMENT_LOCKED,
    REMAINING,
    REPORTS_WITHDRAWN,
    WHOLE_ACTS_LOCKED,
)
from models.violation_rows import row_of, violation_of
from services.crash_points import CrashPoint, Reached
from services.discrepancies import Discrepancies, Found
from services.ledger import Ledger
from services.payment_items import move_items
from services.refunds.making import OURSELVES, Part, posting_of
from services.tasks import ask_people, end_task

ABOUT_IT = (TaskKind.REFUND_UNKNOWN, TaskKind.REFUND_ABNORMAL, TaskKind.REFUND_BALANCE)


@dataclass(frozen=True, slots=True)
class RefundEnding:
    """Ends leased refunds on the caller's transaction."""

    ledger: Ledger
    discrepancies: Discrepancies
    clock: Clock
    reached: Reached

    async def succeed(
        self, connection: AsyncConnection, row: RowMapping, payment_number: str, told: Told
    ) -> None:
        """The money has gone back. Nothing happens if somebody else has seen to it meanwhile."""
        now = self.clock()
        refunded_at = told.refunded_at or now
        payment = await self._locked(connection, payment_number)
        facts = facts_of(row, told)
        facts["accepted_at"] = facts["accepted_at"] or refunded_at
        succeeded = RefundStatus.SUCCEEDED
        if not await self._end(connection, row, succeeded, refunded_at=refunded_at, **facts):
            return
        posting = refund_payout(
            payment["channel"],
            row["number"],
            amount=Money(row["amount_fen"]),
            occurred_at=refunded_at,
        )
        await self.ledger.post(connection, posting)
        lines = (await connection.execute(REMAINING, {"of_id": payment["id"]})).mappings().all()
        await self._give_up(connection, payment, [line for line in lines if _is_all_back(line)])
        is_over = sum(line["given_fen"] for line in lines) == payment["amount_fen"]
        status = PaymentStatus.REFUNDED if is_over else PaymentStatus.PAID
        await self._move_payment(connection, payment, status)
        await self._close_tasks(connection, row)
        self.reached(CrashPoint.REFUND_DONE)

    async def fail(
        self, connection: AsyncConnection, row: RowMapping, payment_number: str, problem: str
    ) -> None:
        """It never will be one: everything is as before it was decided, and people know."""
        now = self.clock()
        payment = await self._locked(connection, payment_number)
        if not await self._end(connection, row, RefundStatus.FAILED, problem=problem):
            return
        for part in await self._parts(connection, row):
            booked = posting_of(row, part)
            await self.ledger.post(connection, reversal(booked, decided_at=now))
            if part.from_suspense:
                held = Found(
                    payment["channel"],
                    legal_day(now),
                    DiscrepancyKind.SURPLUS_HELD,
                    booked.source_ref,
                    ours_fen=part.total.fen,
                    fen=part.total.fen,
                )
                await self.discrepancies.note(connection, held)
        await self._move_payment(connection, payment, PaymentStatus.PAID)
        await self._close_tasks(connection, row)
        if row["requester"] == OURSELVES:
            await ask_people(connection, TaskKind.REFUND_FAILED, row["number"], now)

    async def _end(
        self, connection: AsyncConnection, row: RowMapping, to: RefundStatus, **more: Any
    ) -> bool:
        values = {"status": to, "ended_at": self.clock(), **more}
        # A notice may have wished meanwhile that it be seen to: there is nothing left to see to.
        over = release(Refund, row, None, **values).values(next_check_at=None)
        ended = await connection.execute(over)
        return ended.first() is not None

    async def _locked(self, connection: AsyncConnection, number: str) -> RowMapping:
        return (await connection.execute(PAYMENT_LOCKED, {"of_number": number})).mappings().one()

    async def _parts(self, connection: AsyncConnection, row: RowMapping) -> list[Part]:
        lines = (await connection.execute(LINES_OF, {"of_id": row["id"]})).mappings()
        return [
            Part(
                line["position"],
                Money(line["principal_fen"]),
                Money(line["surcharge_fen"]),
                line["from_suspense"],
            )
            for line in lines
        ]

    async def _move_payment(
        self, connection: AsyncConnection, payment: RowMapping, to: PaymentStatus
    ) -> None:
        """One that had ended before the money came stays as it ended."""
        if await connection.scalar(NOT_OVER, {"of_id": payment["id"]}):
            return
        over = (
            update(table_of(Payment))
            .where(Payment.id == payment["id"], Payment.status == PaymentStatus.REFUNDING)
            .values(status=to)
        )
        await connection.execute(over)

    async def _give_up(
        self, connection: AsyncConnection, payment: RowMapping, lines: Sequence[RowMapping]
    ) -> None:
        """Lines of which everything is back pay nothing any more."""
        for state in (ItemState.PAID, ItemState.SURPLUS):
            positions = [line["position"] for line in lines if line["state"] is state]
            await move_items(connection, payment["id"], state, ItemState.REFUNDED, positions)
        unpaid = [line for line in lines if line["state"] is ItemState.PAID]
        standing = await self._unsettle(connection, [one["decision_number"] for one in unpaid])
        withdrawn = await self._withdraw_reports(connection, payment, unpaid)
        for line in unpaid:
            if line["decision_number"] in standing and line["position"] not in withdrawn:
                subject = f"{payment['number']}-{line['position']}"
                kind = TaskKind.REGISTER_SHOWS_PAID
                await ask_people(connection, kind, subject, self.clock())

    async def _withdraw_reports(
        self, connection: AsyncConnection, payment: RowMapping, lines: Sequence[RowMapping]
    ) -> set[int]:
        """What the register has not been told is told no more; the positions."""
        positions = [line["position"] for line in lines]
        values = {"of_id": payment["id"], "positions": positions, "now": self.clock()}
        return set((await connection.execute(REPORTS_WITHDRAWN, values)).scalars())

    async def _unsettle(self, connection: AsyncConnection, numbers: Sequence[str]) -> set[str]:
        """The acts are not paid here any more; the decisions among them that still stand."""
        if not numbers:
            return set()
        rows = (await connection.execute(WHOLE_ACTS_LOCKED, {"numbers": numbers})).mappings().all()
        acts = [replace(violation_of(row), settled_at=None) for row in rows]
        if acts:
            await write_violations(connection, [row_of(act) for act in acts])
        void = {act.decision_number for act in acts if act.decision_annulled}
        return set(numbers) - void

    async def _close_tasks(self, connection: AsyncConnection, row: RowMapping) -> None:
        for kind in ABOUT_IT:
            outcome = TaskOutcome.CORRECTED_BY_OTHERS
            await end_task(connection, kind, row["number"], outcome, self.clock())


def facts_of(row: RowMapping, told: Told) -> dict[str, Any]:
    """What is known of a refund by now: when it was taken on, and the channel's number of it."""
    return {
        "accepted_at": row["accepted_at"] or told.accepted_at,
        "reference": told.reference or row["reference"],
    }


def _is_all_back(line: RowMapping) -> bool:
    given: int = line["given_fen"]
    return given > 0 and given == line["principal_fen"] + line["surcharge_fen"]
