"""What several use cases do to a payment. Every move of a status is guarded."""

from datetime import datetime

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.payments import PaymentStatus
from models.payment_queries import ENDED_UNPAID, ITEMS_RELEASED


async def end_unpaid(
    connection: AsyncConnection, row: RowMapping, to: PaymentStatus, now: datetime
) -> bool:
    """
    End a payment for which no money came, and free its decisions for another.

    False if it has come to another end meanwhile.
    """
    ended = await connection.execute(ENDED_UNPAID[to], {"of_id": row["id"], "now": now})
    if ended.first() is None:
        return False
    await connection.execute(ITEMS_RELEASED, {"of_id": row["id"]})
    return True
