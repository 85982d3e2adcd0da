"""A payment as it is shown, read from its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.money import Money
from domain.payments import PaymentStatus
from domain.platforms import Channel
from models.database import Database
from models.payment import ItemState
from models.reading import Prebuilt, array_of
from models.shown_payment_queries import ITEMS, ItemRow, PaymentRow


@dataclass(frozen=True, slots=True)
class HeldItem:
    """One decision of a payment. `told_at`: when the register knew that it is paid."""

    position: int
    decision_number: str
    check_character: str | None
    violation_id: UUID
    principal: Money
    surcharge: Money
    state: ItemState
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldPayment:
    """A payment with what it is for. `handle` is there while it can be paid."""

    id: UUID
    number: str
    channel: Channel
    status: PaymentStatus
    amount: Money
    handle: str | None
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    ended_at: datetime | None
    items: tuple[HeldItem, ...]


async def read_payments(
    db: Database, wanted: Prebuilt[PaymentRow], values: Mapping[str, Any]
) -> list[HeldPayment]:
    """Payments with their items, in the order of the rows; two statements, or one for none."""
    rows = await db.rows(wanted, values)
    if not rows:
        return []
    found: dict[UUID, list[HeldItem]] = {}
    for item in await db.rows(ITEMS, {"ids": array_of([str(row.id) for row in rows])}):
        found.setdefault(item.payment_id, []).append(_item(item))
    return [_payment(row, found[row.id]) for row in rows]


def _payment(row: PaymentRow, items: Sequence[HeldItem]) -> HeldPayment:
    status = PaymentStatus(row.status)
    can_be_paid = status is PaymentStatus.AWAITING and row.cancel_requested_at is None
    return HeldPayment(
        id=row.id,
        number=row.number,
        channel=Channel(row.channel),
        status=status,
        amount=Money(row.amount_fen),
        handle=row.handle if can_be_paid else None,
        created_at=row.created_at,
        expires_at=row.expires_at,
        paid_at=row.paid_at,
        ended_at=row.ended_at,
        items=tuple(items),
    )


def _item(row: ItemRow) -> HeldItem:
    return HeldItem(
        position=row.position,
        decision_number=row.decision_number,
        check_character=row.check_character,
        violation_id=row.violation_id,
        principal=Money(row.principal_fen),
        surcharge=Money(row.surcharge_fen),
        state=ItemState(row.state),
        told_at=row.done_at,
    )
