"""Money that settles nothing goes back by itself, once, to whom it came from."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ledger import SuspenseReason
from domain.money import Money
from domain.refunds import RefundReason
from services.idempotency import request_hash
from services.refunds.making import OURSELVES, Part, RefundMaking, Wanted

REASONS = {
    SuspenseReason.AFTER_CLOSE: RefundReason.PAID_AFTER_END,
    SuspenseReason.SECOND_CHANNEL: RefundReason.PAID_TWICE,
    SuspenseReason.DECISION_ANNULLED: RefundReason.DECISION_ANNULLED,
}


@dataclass(frozen=True, slots=True)
class Surplus:
    """Begins refunds in the very transaction that puts the money into suspense."""

    making: RefundMaking

    async def give_back(
        self,
        connection: AsyncConnection,
        payment: RowMapping,
        items: Sequence[RowMapping],
        reason: SuspenseReason,
    ) -> None:
        """Decide the refund of the lines of a payment that have just come into suspense."""
        if not items:
            return
        parts = tuple(
            Part(
                item["position"],
                Money(item["principal_fen"]),
                Money(item["surcharge_fen"]),
                from_suspense=True,
            )
            for item in items
        )
        number = payment["number"]
        wanted = Wanted(
            requester=OURSELVES,
            key=f"surplus-{number}",
            hash=request_hash(surplus=number),
            reason=REASONS[reason],
            parts=parts,
        )
        await self.making.make(connection, payment, wanted)
