"""Named statements on payments: built once, for they are on the way of every payment."""

from typing import Any

from sqlalchemy import ARRAY, Select, Text, Update, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.law.transitions import PAYMENT
from domain.payments import PaymentStatus
from domain.violations import ViolationStatus
from models.base import table_of
from models.mirror import Violation
from models.payment import ItemState, Payment, PaymentItem, WriteBack

ROW = Payment.__table__.c
ITEM = PaymentItem.__table__.c
ACT = Violation.__table__.c

# Parameters: of_number, of_channel. Whoever settles or ends a payment holds this lock.
LOCKED = (
    select(*ROW)
    .where(ROW.number == bindparam("of_number"), ROW.channel == bindparam("of_channel"))
    .with_for_update()
)
# Parameters: payer, key.
OF_KEY = select(*ROW).where(
    ROW.payer_digest == bindparam("payer"), ROW.idempotency_key == bindparam("key")
)
# Parameter: of_id.
ITEMS = select(*ITEM).where(ITEM.payment_id == bindparam("of_id")).order_by(ITEM.position)

# No row comes back if the key, or one of the decisions, is taken.
BEGIN = insert(table_of(Payment)).on_conflict_do_nothing().returning(*ROW)
HOLD = insert(table_of(PaymentItem)).on_conflict_do_nothing().returning(ITEM.position)


def _from(to: PaymentStatus) -> list[PaymentStatus]:
    return [status for status, following in PAYMENT.items() if to in following]


def ended(to: PaymentStatus, **more: Any) -> Update:
    """
    End a payment with a status, if it may; nothing comes back if it may not.

    Parameters: of_id, now.
    """
    return (
        update(table_of(Payment))
        .where(ROW.id == bindparam("of_id"), ROW.status.in_(_from(to)))
        .values(
            status=to,
            ended_at=bindparam("now"),
            next_check_at=None,
            lease_id=None,
            lease_until=None,
            **more,
        )
        .returning(ROW.id)
    )


# Parameters: of_id, now, of_reference, at.
PAID = ended(PaymentStatus.PAID, reference=bindparam("of_reference"), paid_at=bindparam("at"))
# Parameters: of_id, now.
ENDED_UNPAID = {
    status: ended(status)
    for status in (PaymentStatus.FAILED, PaymentStatus.CANCELLED, PaymentStatus.EXPIRED)
}
# Parameters: of_id, before, after, positions.
ITEMS_MOVED = (
    update(table_of(PaymentItem))
    .where(
        ITEM.payment_id == bindparam("of_id"),
        ITEM.state == bindparam("before"),
        ITEM.position == func.any(bindparam("positions", type_=ARRAY(ITEM.position.type))),
    )
    .values(state=bindparam("after"))
)
# Parameter: of_id. The decisions can be paid by another payment.
ITEMS_RELEASED = (
    update(table_of(PaymentItem))
    .where(ITEM.payment_id == bindparam("of_id"), ITEM.state == ItemState.LIVE)
    .values(state=ItemState.RELEASED)
)
# Parameter: numbers. In the order in which the mirror locks, too.
ACTS_LOCKED = (
    select(ACT.id, ACT.decision_number, ACT.decision_annulled)
    .where(ACT.decision_number == func.any(bindparam("numbers", type_=ARRAY(Text))))
    .order_by(ACT.id)
    .with_for_update()
)
# Parameters: ids, at.
ACTS_SETTLED = (
    update(table_of(Violation))
    .where(ACT.id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
    .values(settled_at=bindparam("at"), status=ViolationStatus.PAID)
)
TO_BE_TOLD = insert(table_of(WriteBack))
# Parameter: numbers. Decisions among these that a live or settled payment holds.
HELD_DECISIONS: Select[str] = select(ITEM.decision_number).where(
    ITEM.decision_number == func.any(bindparam("numbers", type_=ARRAY(Text))),
    ITEM.state.in_([ItemState.LIVE, ItemState.PAID]),
)
