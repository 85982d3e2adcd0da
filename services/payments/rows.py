"""What several use cases do to a payment. Every move of a status is guarded."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.payments import PaymentStatus
from models.payment import ItemState
from models.payment_queries import ENDED_UNPAID, ITEMS_MOVED, ITEMS_RELEASED


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


async def move_items(
    connection: AsyncConnection,
    payment_id: UUID,
    before: ItemState,
    to: ItemState,
    positions: Iterable[int],
) -> None:
    """Move items of a payment from one state to another."""
    values = {"of_id": payment_id, "before": before, "after": to, "positions": list(positions)}
    if values["positions"]:
        await connection.execute(ITEMS_MOVED, values)
