"""
Settlement: money has come, says its channel. Everything that follows from it is one transaction.

The payment, its decisions, the books and what the register is to be told change together or not at
all. However often and in whatever order it is told, it happens once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import RowMapping, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ledger import SuspenseReason, settlement, suspense
from domain.money import Money
from domain.payments import LIVE, Trade
from domain.tasks import TaskKind
from domain.times import Clock
from models.base import table_of
from models.payment import (
    ItemState,
    Payment,
    WriteBackState,
)
from models.payment_queries import (
    ACTS_LOCKED,
    ACTS_SETTLED,
    HELD_DECISIONS,
    ITEMS,
    PAID,
    TO_BE_TOLD,
)
from services.crash_points import CrashPoint, Reached
from services.ledger import Ledger
from services.payment_items import move_items
from services.refunds.surplus import Surplus
from services.tasks import ask_people
from services.wakes import Errand, Wake


class Settled(StrEnum):
    """What came of being told that money has come."""

    SETTLED = "settled"
    # It came when nobody could want it any more: it lies in suspense.
    SURPLUS = "surplus"
    KNOWN = "known"
    # Another amount than the payment's: nothing was done.
    DOUBTED = "doubted"


@dataclass(frozen=True, slots=True)
class Settlement:
    """Applies a channel's word that a payment has been paid, on the caller's transaction."""

    ledger: Ledger
    surplus: Surplus
    clock: Clock
    wake: Wake
    reached: Reached

    async def apply(self, connection: AsyncConnection, row: RowMapping, trade: Trade) -> Settled:
        """
        Settle a locked payment, or put its money into suspense.

        :raises PostedOtherwise: if the books already say something else about it
        """
        if trade.amount != Money(row["amount_fen"]) or trade.paid_at is None:
            return Settled.DOUBTED
        if row["paid_at"] is not None:
            await self._check_reference(connection, row, trade)
            return Settled.KNOWN
        items = await self._items(connection, row["id"])
        if row["status"] in LIVE:
            await self._settle(connection, row, trade, trade.paid_at, items)
            self.reached(CrashPoint.SETTLED)
            return Settled.SETTLED
        await self._keep(connection, row, trade, trade.paid_at, items)
        return Settled.SURPLUS

    async def _settle(
        self,
        connection: AsyncConnection,
        row: RowMapping,
        trade: Trade,
        paid_at: datetime,
        items: Sequence[RowMapping],
    ) -> None:
        paid = await connection.execute(
            PAID,
            {
                "of_id": row["id"],
                "of_reference": trade.reference,
                "at": paid_at,
                "now": self.clock(),
            },
        )
        if paid.first() is None:
            raise RuntimeError("a locked payment has moved")
        annulled = await self._mark_acts(connection, items, paid_at)
        void = [item for item in items if item["decision_number"] in annulled]
        settling = [item for item in items if item["decision_number"] not in annulled]
        for item in settling:
            await self._book(connection, row, item, paid_at)
        for item in void:
            reason = SuspenseReason.DECISION_ANNULLED
            await self._put_aside(connection, row, item, paid_at, reason)
        for state, some in ((ItemState.PAID, settling), (ItemState.SURPLUS, void)):
            positions = [item["position"] for item in some]
            await move_items(connection, row["id"], ItemState.LIVE, state, positions)
        await self.surplus.give_back(connection, row, void, SuspenseReason.DECISION_ANNULLED)
        await self._tell_register(connection, row, settling)

    async def _keep(
        self,
        connection: AsyncConnection,
        row: RowMapping,
        trade: Trade,
        paid_at: datetime,
        items: Sequence[RowMapping],
    ) -> None:
        """Money after the end: the payment stays as it ended, the money is in suspense."""
        taken = update(table_of(Payment)).where(Payment.id == row["id"])
        await connection.execute(taken.values(reference=trade.reference, paid_at=paid_at))
        others = await self._held_by_others(connection, items)
        after_close, second = SuspenseReason.AFTER_CLOSE, SuspenseReason.SECOND_CHANNEL
        for item in items:
            reason = second if item["decision_number"] in others else after_close
            await self._put_aside(connection, row, item, paid_at, reason)
        positions = [item["position"] for item in items]
        await move_items(connection, row["id"], ItemState.RELEASED, ItemState.SURPLUS, positions)
        reason = second if others else after_close
        await self.surplus.give_back(connection, row, items, reason)

    async def _book(
        self, connection: AsyncConnection, row: RowMapping, item: RowMapping, paid_at: datetime
    ) -> None:
        posting = settlement(
            row["channel"],
            reference_of(row["number"], item["position"]),
            principal=Money(item["principal_fen"]),
            surcharge=Money(item["surcharge_fen"]),
            occurred_at=paid_at,
        )
        await self.ledger.post(connection, posting)

    async def _put_aside(
        self,
        connection: AsyncConnection,
        row: RowMapping,
        item: RowMapping,
        paid_at: datetime,
        reason: SuspenseReason,
    ) -> None:
        posting = suspense(
            row["channel"],
            reference_of(row["number"], item["position"]),
            amount=Money(item["principal_fen"] + item["surcharge_fen"]),
            reason=reason,
            occurred_at=paid_at,
        )
        await self.ledger.post(connection, posting)

    async def _mark_acts(
        self, connection: AsyncConnection, items: Sequence[RowMapping], paid_at: datetime
    ) -> set[str]:
        """Mark the acts as paid, in the mirror's order of locking; the decisions that are void."""
        numbers = [item["decision_number"] for item in items]
        acts = (await connection.execute(ACTS_LOCKED, {"numbers": numbers})).all()
        paid = [act.id for act in acts if not act.decision_annulled]
        if paid:
            await connection.execute(ACTS_SETTLED, {"ids": paid, "at": paid_at})
        return {act.decision_number for act in acts if act.decision_annulled}

    async def _tell_register(
        self, connection: AsyncConnection, row: RowMapping, items: Sequence[RowMapping]
    ) -> None:
        now = self.clock()
        for item in items:
            report = {
                "payment_id": row["id"],
                "position": item["position"],
                "serial": reference_of(row["number"], item["position"]),
                "state": WriteBackState.PENDING,
                "next_check_at": now,
            }
            await connection.execute(TO_BE_TOLD, report)
            key = write_back_key(row["id"], item["position"])
            await self.wake(connection, Errand.WRITE_BACK, key)

    async def _held_by_others(
        self, connection: AsyncConnection, items: Sequence[RowMapping]
    ) -> set[str]:
        numbers = [item["decision_number"] for item in items]
        held = await connection.execute(HELD_DECISIONS, {"numbers": numbers})
        return set(held.scalars())

    async def _items(self, connection: AsyncConnection, payment_id: UUID) -> Sequence[RowMapping]:
        return (await connection.execute(ITEMS, {"of_id": payment_id})).mappings().all()

    async def _check_reference(
        self, connection: AsyncConnection, row: RowMapping, trade: Trade
    ) -> None:
        if row["reference"] != trade.reference:
            await ask_people(connection, TaskKind.BOOKS_DIFFER, row["number"], self.clock())


def reference_of(number: str, position: int) -> str:
    """Our number of what one decision of a payment moves, in the books and at the register."""
    return f"{number}-{position}"


def write_back_key(payment_id: UUID, position: int) -> str:
    """How a worker is told of a report to the register."""
    return f"{payment_id}:{position}"
