"""Payments that wait to be settled, written straight into the tables."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import new_id
from domain.payments import PaymentStatus
from domain.platforms import Channel
from domain.violations import CaptureKind, ViolationStatus
from models.mirror import Violation
from models.payment import ItemState, Payment, PaymentItem

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FINE = 20_000
BATCH = 500


def number_of(place: int) -> str:
    """Our number of the payment at a place."""
    return f"20261122{place:014d}"


async def fill(connection: AsyncConnection, first: int, count: int) -> None:
    """Add so many payments, each for one decided violation of the mirror."""
    for start in range(first, first + count, BATCH):
        places = range(start, min(start + BATCH, first + count))
        ids = [(new_id(), new_id()) for _ in places]
        both = list(zip(places, ids, strict=True))
        await connection.execute(insert(Violation), [_act(place, act) for place, (_, act) in both])
        await connection.execute(
            insert(Payment), [_payment(place, payment) for place, (payment, _) in both]
        )
        await connection.execute(
            insert(PaymentItem), [_item(place, payment, act) for place, (payment, act) in both]
        )


async def settle_down(connection: AsyncConnection) -> None:
    """Statistics and hint bits as on a database that has lived for a while."""
    await connection.execute(text("ANALYZE"))


def _payment(place: int, payment_id: object) -> dict[str, object]:
    return {
        "id": payment_id,
        "number": number_of(place),
        "payer_digest": place.to_bytes(32, "big"),
        "idempotency_key": f"benchmark-{place}",
        "request_hash": b"\0" * 32,
        "channel": Channel.ALIPAY,
        "status": PaymentStatus.AWAITING,
        "amount_fen": FINE,
        "subject": "交通违法罚款",
        "sealed": b"\0" * 90,
        "handle": f"2026112222001{place:015d}",
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=15),
        "next_check_at": NOW + timedelta(minutes=1),
    }


def _item(place: int, payment_id: object, act_id: object) -> dict[str, object]:
    return {
        "payment_id": payment_id,
        "position": 1,
        "decision_number": _decision(place),
        "violation_id": act_id,
        "principal_fen": FINE,
        "surcharge_fen": 0,
        "state": ItemState.LIVE,
    }


def _act(place: int, act_id: object) -> dict[str, object]:
    return {
        "id": act_id,
        "plate_key": f"02:渝A{place:05d}",
        "capture": CaptureKind.CAMERA,
        "code": "1625",
        "occurred_at": NOW - timedelta(days=30),
        "status": ViolationStatus.DECIDED,
        "record_handled": True,
        "record_deleted": False,
        "decision_annulled": False,
        "decision_number": _decision(place),
        "fine_fen": FINE,
        "points": 6,
    }


def _decision(place: int) -> str:
    return f"5001031{place:08d}"
