"""Deciding a refund: written down and booked in one transaction, before any channel hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.discrepancies import DiscrepancyState
from domain.ids import new_id
from domain.ledger import Posting, refund, refund_from_suspense
from domain.money import Money
from domain.payments import PaymentStatus
from domain.refunds import RefundReason, RefundStatus
from domain.times import Clock
from models.base import table_of
from models.payment import ItemState, Payment
from models.refund_queries import LINES, MAKE, REMAINING
from services.discrepancies import Discrepancies
from services.ledger import Ledger
from services.numbers import new_number
from services.refunds.held import HELD_IN_SUSPENSE, HELD_LOCKED
from services.wakes import Errand, Wake

# Who asks for what goes back by itself.
OURSELVES = "clearway"


@dataclass(frozen=True, slots=True)
class Part:
    """What goes back of one line of a payment."""

    position: int
    principal: Money
    surcharge: Money
    from_suspense: bool

    @property
    def total(self) -> Money:
        """Principal and surcharge together."""
        return Money(self.principal.fen + self.surcharge.fen)


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    A refund that has been decided on.

    :ivar requester: an officer, or OURSELVES
    :ivar case_number: of the document that allows it (文号)
    """

    requester: str
    key: str
    hash: bytes
    reason: RefundReason
    parts: tuple[Part, ...]
    case_number: str | None = None

    @property
    def amount(self) -> Money:
        """All parts together."""
        return Money(sum(part.total.fen for part in self.parts))


@dataclass(frozen=True, slots=True)
class RefundMaking:
    """Writes refunds down on the caller's transaction, which has locked the payment."""

    ledger: Ledger
    discrepancies: Discrepancies
    clock: Clock
    wake: Wake

    async def remaining(self, connection: AsyncConnection, payment: RowMapping) -> list[Part]:
        """What can still go back of each line, those with nothing left out."""
        # Before it is counted: people may be giving surplus back in another way just now.
        await connection.execute(HELD_LOCKED, {"of_id": payment["id"]})
        rows = (await connection.execute(REMAINING, {"of_id": payment["id"]})).mappings()
        return [
            Part(
                row["position"],
                Money(row["principal_left"]),
                Money(row["surcharge_left"]),
                row["state"] is ItemState.SURPLUS,
            )
            for row in rows
            if row["principal_left"] + row["surcharge_left"]
        ]

    async def make(
        self, connection: AsyncConnection, payment: RowMapping, wanted: Wanted
    ) -> RowMapping | None:
        """
        Write a refund down; None if its key is taken or another one is under way.

        The caller has made sure that its parts are left.
        """
        values = self._values(payment, wanted)
        row = (await connection.execute(MAKE, values)).mappings().first()
        if row is None:
            return None
        await connection.execute(LINES, [_line(row, part) for part in wanted.parts])
        for part in wanted.parts:
            await self.ledger.post(connection, posting_of(row, part))
        await self._release_held(connection, payment, wanted.parts)
        refunding = (
            update(table_of(Payment))
            .where(Payment.id == payment["id"], Payment.status == PaymentStatus.PAID)
            .values(status=PaymentStatus.REFUNDING)
        )
        await connection.execute(refunding)
        await self.wake(connection, Errand.REFUND, str(row["id"]))
        return row

    async def _release_held(
        self, connection: AsyncConnection, payment: RowMapping, parts: Sequence[Part]
    ) -> None:
        """What an earlier refund could not give back is owed again: it leaves suspense."""
        positions = [part.position for part in parts if part.from_suspense]
        if positions:
            values = {"of_id": payment["id"], "positions": positions}
            for number in (await connection.execute(HELD_IN_SUSPENSE, values)).scalars():
                await self.discrepancies.end(connection, number, DiscrepancyState.HEALED)

    def _values(self, payment: RowMapping, wanted: Wanted) -> dict[str, Any]:
        now = self.clock()
        return {
            "id": new_id(),
            "number": new_number(now, "R"),
            "payment_id": payment["id"],
            "requester": wanted.requester,
            "idempotency_key": wanted.key,
            "request_hash": wanted.hash,
            "reason": wanted.reason,
            "case_number": wanted.case_number,
            "status": RefundStatus.CREATED,
            "amount_fen": wanted.amount.fen,
            "created_at": now,
            "next_check_at": now,
        }


def posting_of(refund_row: RowMapping, part: Part) -> Posting:
    """How one line of a refund is booked when it is decided."""
    reference, at = f"{refund_row['number']}-{part.position}", refund_row["created_at"]
    if part.from_suspense:
        return refund_from_suspense(reference, amount=part.total, decided_at=at)
    return refund(reference, principal=part.principal, surcharge=part.surcharge, decided_at=at)


def _line(row: RowMapping, part: Part) -> dict[str, Any]:
    return {
        "refund_id": row["id"],
        "position": part.position,
        "principal_fen": part.principal.fen,
        "surcharge_fen": part.surcharge.fen,
        "from_suspense": part.from_suspense,
    }
