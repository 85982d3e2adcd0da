"""What the tables say of payments that have a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, Row, func, select

from domain.money import Money
from domain.receipts import RECEIPTED, Receipt, ReceiptLine, ReceiptStatus, standing
from domain.refunds import RefundStatus
from models.mirror import Violation
from models.payment import Payment, PaymentItem
from models.refund import Refund, RefundLine


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables say of a payment with a receipt."""

    receipt: Receipt
    status: ReceiptStatus
    annulled: tuple[bool | None, ...]


def items(wanted: ColumnElement[bool]) -> Executable:
    """A row for each decision of payments with a receipt: what went back, is it annulled."""
    annulled = (
        select(func.bool_or(Violation.decision_annulled))
        .where(Violation.decision_number == PaymentItem.decision_number)
        .scalar_subquery()
    )
    back = (
        select(func.coalesce(func.sum(RefundLine.principal_fen + RefundLine.surcharge_fen), 0))
        .join_from(RefundLine, Refund, Refund.id == RefundLine.refund_id)
        .where(
            Refund.payment_id == Payment.id,
            RefundLine.position == PaymentItem.position,
            Refund.status != RefundStatus.FAILED,
        )
        .scalar_subquery()
    )
    return (
        select(
            Payment.id,
            Payment.number,
            Payment.status,
            Payment.channel,
            Payment.amount_fen,
            Payment.paid_at,
            PaymentItem.decision_number,
            PaymentItem.check_character,
            PaymentItem.principal_fen,
            PaymentItem.surcharge_fen,
            back.label("back_fen"),
            annulled.label("annulled"),
        )
        .join_from(Payment, PaymentItem, PaymentItem.payment_id == Payment.id)
        .where(wanted, Payment.status.in_(RECEIPTED), Payment.paid_at.is_not(None))
        .order_by(Payment.id, PaymentItem.position)
    )


def known_of(rows: Sequence[Row[Any]]) -> dict[UUID, Known]:
    """What the rows of `items` say, by payment."""
    payments: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        payments.setdefault(row.id, []).append(row)
    return {id: _of_items(items) for id, items in payments.items()}


def _of_items(items: Sequence[Row[Any]]) -> Known:
    payment = items[0]
    lines = tuple(
        ReceiptLine(
            item.decision_number,
            item.check_character,
            Money(item.principal_fen),
            Money(item.surcharge_fen),
        )
        for item in items
    )
    annulled = tuple(item.annulled for item in items)
    back = [Money(item.back_fen) for item in items]
    return Known(
        Receipt(payment.number, payment.paid_at, payment.channel, Money(payment.amount_fen), lines),
        standing([line.total for line in lines], back, annulled),
        annulled,
    )
