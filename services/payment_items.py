"""Moving lines of a payment from one state to another: settled, in suspense, given back."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.payment import ItemState
from models.payment_queries import ITEMS_MOVED


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
