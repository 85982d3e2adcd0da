"""Surplus that a channel would not give back: it is in suspense, and people see to it."""

from sqlalchemy import ARRAY, BigInteger, bindparam, func, select

from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from domain.refunds import RefundStatus
from models.reconciliation import Discrepancy
from models.refund import Refund, RefundLine

HELD, ROW, LINE = Discrepancy.__table__.c, Refund.__table__.c, RefundLine.__table__.c

# Parameter: of_id. Discrepancies of failed refunds of a payment; nobody else ends them meanwhile.
HELD_LOCKED = (
    select(HELD.number)
    .join_from(RefundLine, Refund, ROW.id == LINE.refund_id)
    .join(Discrepancy, HELD.subject == func.concat(ROW.number, "-", LINE.position))
    .where(
        ROW.payment_id == bindparam("of_id"),
        ROW.status == RefundStatus.FAILED,
        HELD.kind == DiscrepancyKind.SURPLUS_HELD,
        HELD.state == DiscrepancyState.OPEN,
    )
    .with_for_update(of=Discrepancy.__table__)
)
# Parameters: of_id, positions. Those of these lines of the payment.
HELD_IN_SUSPENSE = HELD_LOCKED.where(
    LINE.position == func.any(bindparam("positions", type_=ARRAY(BigInteger)))
)
