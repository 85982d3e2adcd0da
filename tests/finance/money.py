"""Money in the books of a day: payments and refunds as the services leave them behind."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert

from domain.ids import new_id
from domain.ledger import refund, refund_payout, reversal, settlement
from domain.money import Money
from domain.payments import PaymentStatus
from domain.platforms import Channel
from domain.refunds import RefundReason, RefundStatus
from domain.times import start_of
from models.payment import ItemState, Payment, PaymentItem
from models.refund import Refund, RefundLine
from services.ledger import Ledger
from tests.stack import Api

LEDGER = Ledger(new_id)


@dataclass(frozen=True, slots=True)
class Fine:
    """A decided fine; amounts in fen."""

    agency: str | None
    principal: int
    surcharge: int = 0
    name: str | None = None


def noon(day: date) -> datetime:
    """Twelve o'clock in China."""
    return start_of(day) + timedelta(hours=12)


async def pay(
    api: Api, number: str, at: datetime, *fines: Fine, channel: Channel = Channel.ALIPAY
) -> None:
    """A payment that was settled, each of its decisions."""
    paid_at, payment_id = at.astimezone(UTC), new_id()
    payment = {
        "id": payment_id,
        "number": number,
        "payer_digest": number.encode(),
        "idempotency_key": "first-key",
        "request_hash": b"hash",
        "channel": channel,
        "status": PaymentStatus.PAID,
        "amount_fen": sum(fine.principal + fine.surcharge for fine in fines),
        "subject": "交通违法罚款",
        "sealed": b"sealed",
        "created_at": paid_at,
        "expires_at": paid_at + timedelta(minutes=15),
        "paid_at": paid_at,
        "ended_at": paid_at,
    }
    async with api.running.db.begin() as connection:
        await connection.execute(insert(Payment).values(payment))
        for position, fine in enumerate(fines, start=1):
            item = {
                "payment_id": payment_id,
                "position": position,
                "decision_number": f"{number}-{position}",
                "violation_id": new_id(),
                "principal_fen": fine.principal,
                "surcharge_fen": fine.surcharge,
                "agency_code": fine.agency,
                "agency_name": fine.name,
                "state": ItemState.PAID,
            }
            await connection.execute(insert(PaymentItem).values(item))
            posting = settlement(
                channel,
                f"{number}-{position}",
                principal=Money(fine.principal),
                surcharge=Money(fine.surcharge),
                occurred_at=paid_at,
            )
            await LEDGER.post(connection, posting)


async def give_back(
    api: Api,
    payment_number: str,
    number: str,
    at: datetime,
    principal: int,
    surcharge: int = 0,
    *,
    position: int = 1,
    reversed_at: datetime | None = None,
    channel: Channel = Channel.ALIPAY,
) -> None:
    """A refund of one line that was decided, then paid out or taken back."""
    ((payment_id,),) = await api.rows(f"SELECT id FROM payments WHERE number = '{payment_number}'")
    refund_id, amount = new_id(), principal + surcharge
    row = {
        "id": refund_id,
        "number": number,
        "payment_id": payment_id,
        "requester": "officer",
        "idempotency_key": number,
        "request_hash": b"hash",
        "reason": RefundReason.PAID_IN_ERROR,
        "status": RefundStatus.FAILED if reversed_at else RefundStatus.SUCCEEDED,
        "amount_fen": amount,
        "created_at": at,
    }
    line = {
        "refund_id": refund_id,
        "position": position,
        "principal_fen": principal,
        "surcharge_fen": surcharge,
        "from_suspense": False,
    }
    owed = refund(
        f"{number}-{position}",
        principal=Money(principal),
        surcharge=Money(surcharge),
        decided_at=at,
    )
    async with api.running.db.begin() as connection:
        await connection.execute(insert(Refund).values(row))
        await connection.execute(insert(RefundLine).values(line))
        await LEDGER.post(connection, owed)
        if reversed_at is None:
            paid = refund_payout(channel, number, amount=Money(amount), occurred_at=at)
            await LEDGER.post(connection, paid)
        else:
            await LEDGER.post(connection, reversal(owed, decided_at=reversed_at))
