"""Named statements on refunds."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from domain.refunds import NOT_ENDED, UNDER_WAY, RefundStatus
from domain.tasks import TaskKind
from models.base import table_of
from models.mirror import Violation
from models.payment import ItemState, Payment, PaymentItem, WriteBack, WriteBackState
from models.payment_queries import ACTS_LOCKED
from models.reconciliation import Discrepancy
from models.refund import Refund, RefundLine
from models.task import HumanTask

ROW, LINE = Refund.__table__.c, RefundLine.__table__.c
PAYMENT, ITEM = Payment.__table__.c, PaymentItem.__table__.c
REPORT = WriteBack.__table__.c
HELD = Discrepancy.__table__.c
ACT, TASK = Violation.__table__.c, HumanTask.__table__.c

# Parameter: of_number. Whoever makes or ends a refund holds this lock first.
PAYMENT_OF_NUMBER = select(*PAYMENT).where(PAYMENT.number == bindparam("of_number"))
PAYMENT_LOCKED = PAYMENT_OF_NUMBER.with_for_update()
# Parameters: of_requester, of_key.
OF_KEY = select(*ROW).where(
    ROW.requester == bindparam("of_requester"), ROW.idempotency_key == bindparam("of_key")
)
# No row comes back if the key is taken, or another one of the payment is under way.
MAKE = insert(table_of(Refund)).on_conflict_do_nothing().returning(*ROW)
LINES = insert(table_of(RefundLine))

# Surplus that the channel would not give back, and people did.
_WENT_ANOTHER_WAY = exists().where(
    HELD.subject == func.concat(ROW.number, "-", LINE.position),
    HELD.kind == DiscrepancyKind.SURPLUS_HELD,
    HELD.state == DiscrepancyState.RESOLVED,
)
_TAKEN = (
    select(
        LINE.position,
        # A sum of bigints is numeric.
        cast(func.sum(LINE.principal_fen), BigInteger).label("principal_fen"),
        cast(func.sum(LINE.surcharge_fen), BigInteger).label("surcharge_fen"),
        cast(
            func.sum(LINE.principal_fen + LINE.surcharge_fen).filter(
                ROW.status == RefundStatus.SUCCEEDED
            ),
            BigInteger,
        ).label("given_fen"),
    )
    .join_from(RefundLine, Refund, ROW.id == LINE.refund_id)
    .where(
        ROW.payment_id == bindparam("of_id"),
        or_(ROW.status != RefundStatus.FAILED, _WENT_ANOTHER_WAY),
    )
    .group_by(LINE.position)
    .subquery()
)
# Of other lines there is nothing that could go back.
_CAN_GO_BACK = ITEM.state.in_([ItemState.PAID, ItemState.SURPLUS])


def _left(of: ColumnElement[int], taken: ColumnElement[int]) -> ColumnElement[int]:
    return case((_CAN_GO_BACK, of - func.coalesce(taken, 0)), else_=0)


# Parameter: of_id. The lines of a payment with what is left of each, and what has gone back.
REMAINING = (
    select(
        *ITEM,
        _left(ITEM.principal_fen, _TAKEN.c.principal_fen).label("principal_left"),
        _left(ITEM.surcharge_fen, _TAKEN.c.surcharge_fen).label("surcharge_left"),
        func.coalesce(_TAKEN.c.given_fen, 0).label("given_fen"),
    )
    .join_from(PaymentItem, _TAKEN, _TAKEN.c.position == ITEM.position, isouter=True)
    .where(ITEM.payment_id == bindparam("of_id"))
    .order_by(ITEM.position)
)
# Parameter: of_id. How often the payment was refunded, when last asked for, and what is under way.
EARLIER = select(
    func.count().label("count"),
    func.max(ROW.sent_at).label("sent_at"),
    func.count().filter(ROW.status.in_(UNDER_WAY)).label("under_way"),
).where(ROW.payment_id == bindparam("of_id"))
# Parameter: of_id. A payment, and when a refund of it was sent last.
PAYMENT_TO_REFUND = select(
    PAYMENT.number,
    PAYMENT.channel,
    PAYMENT.amount_fen,
    EARLIER.with_only_columns(func.max(ROW.sent_at)).scalar_subquery().label("sent_at"),
).where(PAYMENT.id == bindparam("of_id"))
# Parameter: of_id.
LINES_OF = select(*LINE).where(LINE.refund_id == bindparam("of_id")).order_by(LINE.position)
# Parameter: ids, of payments.
OF_PAYMENTS = (
    select(*ROW)
    .where(ROW.payment_id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(ROW.payment_id, ROW.created_at, ROW.id)
)
# Parameter: ids, of refunds.
LINES_OF_REFUNDS = (
    select(*LINE, ITEM.decision_number, ITEM.check_character)
    .join_from(RefundLine, Refund, ROW.id == LINE.refund_id)
    .join(PaymentItem, and_(ITEM.payment_id == ROW.payment_id, ITEM.position == LINE.position))
    .where(LINE.refund_id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(LINE.refund_id, LINE.position)
)
# Parameters: of_id, now. Those that have not ended are seen to at once.
HASTEN = (
    update(table_of(Refund))
    .where(
        ROW.payment_id == bindparam("of_id"),
        ROW.status.in_(NOT_ENDED),
    )
    .values(next_check_at=bindparam("now"))
    .returning(ROW.id)
)
# Parameters: of_id, of_lease, now. Written before it is sent: it may arrive whatever happens then.
SENDING = (
    update(table_of(Refund))
    .where(ROW.id == bindparam("of_id"), ROW.lease_id == bindparam("of_lease"))
    .values(sends=ROW.sends + 1, sent_at=bindparam("now"))
    .returning(*ROW)
)
# Parameter: numbers. The acts of decisions, whole.
WHOLE_ACTS_LOCKED = ACTS_LOCKED.with_only_columns(*ACT)
# Parameters: of_id, positions, now. Reports that nobody is just making: they are made no more.
REPORTS_WITHDRAWN = (
    update(table_of(WriteBack))
    .where(
        REPORT.payment_id == bindparam("of_id"),
        REPORT.position == func.any(bindparam("positions", type_=ARRAY(BigInteger))),
        REPORT.state == WriteBackState.PENDING,
        or_(REPORT.lease_until.is_(None), REPORT.lease_until <= bindparam("now")),
    )
    .values(state=WriteBackState.WITHDRAWN, next_check_at=None, lease_id=None, lease_until=None)
    .returning(REPORT.position)
)
# Parameter: of_id. Whether money of the payment may still be on its way back.
NOT_OVER = select(
    exists().where(
        ROW.payment_id == bindparam("of_id"),
        ROW.status.in_(NOT_ENDED),
    )
)
PAID_ANEW = table_of(PaymentItem).alias("paid_anew").c
_IS_KNOWN = or_(
    exists().where(
        ROW.payment_id == ITEM.payment_id,
        ROW.status.in_(NOT_ENDED),
    ),
    exists().where(
        ROW.payment_id == ITEM.payment_id,
        ROW.idempotency_key == func.concat("annulled-", PAYMENT.number, "-", ITEM.position),
    ),
    exists().where(
        TASK.kind == TaskKind.TREASURY_REFUND,
        TASK.subject == func.concat(PAYMENT.number, "-", ITEM.position),
    ),
)
_PAID_LINES = (
    select(PAYMENT.number, ITEM.position)
    .join_from(PaymentItem, Payment, PAYMENT.id == ITEM.payment_id)
    .where(ITEM.state == ItemState.PAID, ~_IS_KNOWN)
    .order_by(PAYMENT.number, ITEM.position)
    .limit(bindparam("most"))
)
# Parameter: most. Lines that were paid for decisions which are annulled by now, and nobody knows.
PAID_AND_ANNULLED = _PAID_LINES.where(
    exists().where(
        ACT.decision_number == ITEM.decision_number,
        ACT.decision_annulled,
        ACT.settled_at.is_not(None),
    )
)
# Parameter: most. The same of acts that were decided anew: the mirror forgot what was annulled, and
# that it was paid. One act has one decision that stands. A number that was only put right is still
# paid for. Every paid line is looked at.
PAID_AND_DECIDED_ANEW = _PAID_LINES.where(
    ~exists().where(ACT.decision_number == ITEM.decision_number),
    exists().where(
        ACT.id == ITEM.violation_id,
        ACT.decision_number != ITEM.decision_number,
        or_(
            ACT.settled_at.is_(None),
            exists().where(
                PAID_ANEW.decision_number == ACT.decision_number, PAID_ANEW.state == ItemState.PAID
            ),
        ),
    ),
)
