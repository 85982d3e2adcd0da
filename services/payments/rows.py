"""What several use cases do to a payment. Every move of a status is guarded."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import new_id
from domain.payments import PaymentStatus
from models.base import table_of
from models.payment import HumanTask, ItemState, TaskKind
from models.payment_queries import ENDED_UNPAID, ITEMS_MOVED, ITEMS_RELEASED

TASK = insert(table_of(HumanTask)).on_conflict_do_nothing()


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


async def ask_people(
    connection: AsyncConnection, kind: TaskKind, subject: str, now: datetime
) -> None:
    """Open a task for people, once for the same subject."""
    values = {"id": new_id(), "kind": kind, "subject": subject, "opened_at": now}
    await connection.execute(TASK, values)
