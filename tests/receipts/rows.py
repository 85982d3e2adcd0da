"""Payments put straight into the tables."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from domain.ids import new_id
from domain.payments import PaymentStatus
from domain.receipts import Receipt
from domain.refunds import RefundReason, RefundStatus
from domain.violations import CaptureKind, ViolationStatus
from models.database import Database
from models.mirror import Violation
from models.payment import ItemState, Payment, PaymentItem
from models.refund import Refund, RefundLine
from tests.receipts.kit import PAID_AT


@dataclass(frozen=True, slots=True)
class Rows:
    """Writes what other services would."""

    db: Database

    async def pay(self, receipt: Receipt, status: PaymentStatus = PaymentStatus.PAID) -> Any:
        """A payment that has this receipt; its id."""
        payment_id = new_id()
        async with self.db.begin() as connection:
            await connection.execute(insert(Payment).values(_payment(receipt, status, payment_id)))
            await connection.execute(insert(PaymentItem), _items(receipt, payment_id))
        return payment_id

    async def change_payment(self, number: str, **values: Any) -> None:
        async with self.db.begin() as connection:
            await connection.execute(
                update(Payment).where(Payment.number == number).values(**values)
            )

    async def change_item(self, decision_number: str, **values: Any) -> None:
        mine = PaymentItem.decision_number == decision_number
        async with self.db.begin() as connection:
            await connection.execute(update(PaymentItem).where(mine).values(**values))

    async def give_back(
        self, payment_id: Any, status: RefundStatus, *lines: tuple[int, int, int]
    ) -> None:
        """A refund that stands so. Lines are position, principal and surcharge."""
        refund_id = new_id()
        values = {
            "id": refund_id,
            "number": f"R{refund_id.hex[:20]}",
            "payment_id": payment_id,
            "requester": "f-1",
            "idempotency_key": f"{refund_id}",
            "request_hash": b"hash",
            "reason": RefundReason.PAID_IN_ERROR,
            "status": status,
            "amount_fen": sum(principal + surcharge for _, principal, surcharge in lines),
            "created_at": PAID_AT,
        }
        parts = [
            {
                "refund_id": refund_id,
                "position": position,
                "principal_fen": principal,
                "surcharge_fen": surcharge,
                "from_suspense": False,
            }
            for position, principal, surcharge in lines
        ]
        async with self.db.begin() as connection:
            await connection.execute(insert(Refund).values(values))
            await connection.execute(insert(RefundLine), parts)

    async def decide(self, decision_number: str, *, annulled: bool) -> None:
        """What the register says of a decision."""
        values = {
            "id": new_id(),
            "capture": CaptureKind.CAMERA,
            "code": "1625",
            "occurred_at": PAID_AT - timedelta(days=30),
            "status": ViolationStatus.WITHDRAWN if annulled else ViolationStatus.PAID,
            "record_handled": True,
            "record_deleted": False,
            "decision_number": decision_number,
            "decision_annulled": annulled,
        }
        async with self.db.begin() as connection:
            await connection.execute(insert(Violation).values(values))


def _payment(receipt: Receipt, status: PaymentStatus, payment_id: Any) -> dict[str, Any]:
    was_paid = status in (PaymentStatus.PAID, PaymentStatus.REFUNDING, PaymentStatus.REFUNDED)
    return {
        "id": payment_id,
        "number": receipt.number,
        "payer_digest": b"payer",
        "idempotency_key": receipt.number,
        "request_hash": b"hash",
        "channel": receipt.channel,
        "status": status,
        "amount_fen": receipt.amount.fen,
        "subject": "交通罚款",
        "sealed": b"sealed",
        "created_at": receipt.paid_at - timedelta(minutes=5),
        "expires_at": receipt.paid_at + timedelta(minutes=25),
        "paid_at": receipt.paid_at if was_paid else None,
    }


def _items(receipt: Receipt, payment_id: Any) -> list[dict[str, Any]]:
    return [
        {
            "payment_id": payment_id,
            "position": position,
            "decision_number": line.decision_number,
            "check_character": line.check_character,
            "violation_id": new_id(),
            "principal_fen": line.principal.fen,
            "surcharge_fen": line.surcharge.fen,
            "state": ItemState.PAID,
        }
        for position, line in enumerate(receipt.lines)
    ]
