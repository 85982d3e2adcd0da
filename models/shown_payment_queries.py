"""Statements that show a citizen's payments."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    LargeBinary,
    Select,
    Text,
    Uuid,
    bindparam,
    func,
    or_,
    select,
)

from models.payment import ItemState, Payment, PaymentItem, WriteBack
from models.reading import Prebuilt, prebuilt

ROW, ITEM = Payment.__table__.c, PaymentItem.__table__.c
MOST_LISTED = 500


class PaymentRow(NamedTuple):
    """A payment; `channel` and `status` are the texts in the table."""

    id: UUID
    number: str
    channel: str
    status: str
    amount_fen: int
    handle: str | None
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    ended_at: datetime | None
    cancel_requested_at: datetime | None

    def __repr__(self) -> str:
        """A row says whose it is: not in a log."""
        return f"PaymentRow({self.id})"


class ItemRow(NamedTuple):
    """One decision of a payment; `state` is the text, `done_at` when the register was told."""

    payment_id: UUID
    position: int
    decision_number: str
    check_character: str | None
    violation_id: UUID
    principal_fen: int
    surcharge_fen: int
    state: str
    done_at: datetime | None

    def __repr__(self) -> str:
        """A row says whose it is: not in a log."""
        return f"ItemRow({self.payment_id})"


def _of_payer(*conditions: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    """Parameter: payer, a digest."""
    mine = ROW.payer_digest == bindparam("payer", type_=LargeBinary)
    return select(*(ROW[name] for name in PaymentRow._fields)).where(mine, *conditions)


def _of_decisions() -> Prebuilt[PaymentRow]:
    """The live and the settled ones of some decisions. Parameters: payer; numbers, of decisions."""
    wanted = select(ITEM.payment_id).where(
        ITEM.decision_number == func.any(bindparam("numbers", type_=ARRAY(Text))),
        or_(ITEM.state == ItemState.LIVE, ITEM.state == ItemState.PAID),
    )
    return prebuilt(_of_payer(ROW.id.in_(wanted)), PaymentRow)


def _latest() -> Prebuilt[PaymentRow]:
    newest_first = _of_payer().order_by(ROW.created_at.desc(), ROW.id.desc())
    return prebuilt(newest_first.limit(MOST_LISTED), PaymentRow)


def _items() -> Prebuilt[ItemRow]:
    """Parameter: ids, of payments."""
    *names, _ = ItemRow._fields
    told = (WriteBack.payment_id == ITEM.payment_id) & (WriteBack.position == ITEM.position)
    statement = (
        select(*(ITEM[name] for name in names), WriteBack.done_at)
        .join_from(PaymentItem, WriteBack, told, isouter=True)
        .where(ITEM.payment_id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
        .order_by(ITEM.payment_id, ITEM.position)
    )
    return prebuilt(statement, ItemRow)


LATEST = _latest()
OF_DECISIONS = _of_decisions()
# Parameters: payer and key, or payer and of_id.
OF_KEY = prebuilt(_of_payer(ROW.idempotency_key == bindparam("key", type_=Text)), PaymentRow)
OF_ID = prebuilt(_of_payer(ROW.id == bindparam("of_id", type_=Uuid)), PaymentRow)
ITEMS = _items()
