"""Refunds as they are shown, read from their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import Money
from domain.payments import PaymentStatus
from domain.platforms import Channel
from domain.refunds import RefundReason, RefundStatus
from models.payment import ItemState
from models.refund_queries import LINES_OF_REFUNDS, OF_PAYMENTS


@dataclass(frozen=True, slots=True)
class HeldRefundLine:
    """What goes back of one line of the payment. The decision with its check character."""

    position: int
    decision_number: str
    principal: Money
    surcharge: Money


@dataclass(frozen=True, slots=True)
class HeldRefund:
    """A refund with its lines."""

    id: UUID
    number: str
    status: RefundStatus
    reason: RefundReason
    amount: Money
    case_number: str | None
    requester: str
    problem: str | None
    created_at: datetime
    refunded_at: datetime | None
    lines: tuple[HeldRefundLine, ...]


@dataclass(frozen=True, slots=True)
class RefundableLine:
    """A line of a payment with what is left of it."""

    position: int
    decision_number: str
    agency_code: str | None
    agency_name: str | None
    principal: Money
    surcharge: Money
    state: ItemState
    principal_left: Money
    surcharge_left: Money
    given_back: Money


@dataclass(frozen=True, slots=True)
class RefundedPayment:
    """
    A payment as finance sees it: nothing personal.

    :ivar needs_treasury: what was settled can only come back by the treasury's own procedure
    """

    id: UUID
    number: str
    channel: Channel
    reference: str | None
    status: PaymentStatus
    amount: Money
    created_at: datetime
    paid_at: datetime | None
    needs_treasury: bool
    lines: tuple[RefundableLine, ...]
    refunds: tuple[HeldRefund, ...]

    @property
    def refundable(self) -> Money:
        """What no refund has been decided about yet."""
        return Money(sum(line.principal_left.fen + line.surcharge_left.fen for line in self.lines))

    @property
    def refunded(self) -> Money:
        """What has really gone back."""
        return Money(sum(line.given_back.fen for line in self.lines))


async def read_refunds(
    connection: AsyncConnection, payment_ids: Sequence[UUID]
) -> dict[UUID, list[HeldRefund]]:
    """Refunds by payment, the oldest first; two statements."""
    rows = (await connection.execute(OF_PAYMENTS, {"ids": list(payment_ids)})).mappings().all()
    if not rows:
        return {}
    ids = [row["id"] for row in rows]
    lines: dict[UUID, list[HeldRefundLine]] = {}
    for line in (await connection.execute(LINES_OF_REFUNDS, {"ids": ids})).mappings():
        lines.setdefault(line["refund_id"], []).append(_line(line))
    found: dict[UUID, list[HeldRefund]] = {}
    for row in rows:
        found.setdefault(row["payment_id"], []).append(_refund(row, lines[row["id"]]))
    return found


def payment_view(
    payment: RowMapping,
    lines: Sequence[RowMapping],
    refunds: Sequence[HeldRefund],
    needs_treasury: bool,
) -> RefundedPayment:
    """A payment as finance sees it."""
    return RefundedPayment(
        id=payment["id"],
        number=payment["number"],
        channel=payment["channel"],
        reference=payment["reference"],
        status=payment["status"],
        amount=Money(payment["amount_fen"]),
        created_at=payment["created_at"],
        paid_at=payment["paid_at"],
        needs_treasury=needs_treasury,
        lines=tuple(_refundable(line) for line in lines),
        refunds=tuple(refunds),
    )


def _refundable(row: RowMapping) -> RefundableLine:
    return RefundableLine(
        position=row["position"],
        decision_number=row["decision_number"] + (row["check_character"] or ""),
        agency_code=row["agency_code"],
        agency_name=row["agency_name"],
        principal=Money(row["principal_fen"]),
        surcharge=Money(row["surcharge_fen"]),
        state=row["state"],
        principal_left=Money(row["principal_left"]),
        surcharge_left=Money(row["surcharge_left"]),
        given_back=Money(row["given_fen"]),
    )


def _line(row: RowMapping) -> HeldRefundLine:
    return HeldRefundLine(
        row["position"],
        row["decision_number"] + (row["check_character"] or ""),
        Money(row["principal_fen"]),
        Money(row["surcharge_fen"]),
    )


def _refund(row: RowMapping, lines: Sequence[HeldRefundLine]) -> HeldRefund:
    return HeldRefund(
        id=row["id"],
        number=row["number"],
        status=row["status"],
        reason=row["reason"],
        amount=Money(row["amount_fen"]),
        case_number=row["case_number"],
        requester=row["requester"],
        problem=row["problem"],
        created_at=row["created_at"],
        refunded_at=row["refunded_at"],
        lines=tuple(lines),
    )
