"""Statements on payments that several use cases share. Every move of a status is guarded."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Update, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import new_id
from domain.law.transitions import PAYMENT
from domain.payments import PaymentStatus
from models.payment import HumanTask, ItemState, Payment, PaymentItem, TaskKind

ROW = Payment.__table__.c


def moved(payment_id: UUID, to: PaymentStatus, **values: Any) -> Update:
    """Move a payment to a status, if it may; nothing comes back if it may not."""
    allowed = [status for status, following in PAYMENT.items() if to in following]
    return (
        update(Payment)
        .where(ROW.id == payment_id, ROW.status.in_(allowed))
        .values(status=to, **values)
        .returning(ROW.id)
    )


async def end_unpaid(
    connection: AsyncConnection, row: RowMapping, to: PaymentStatus, now: datetime
) -> bool:
    """
    End a payment for which no money came, and free its decisions for another.

    False if it has come to another end meanwhile.
    """
    ended = moved(row["id"], to, ended_at=now, next_check_at=None, lease_id=None, lease_until=None)
    if (await connection.execute(ended)).first() is None:
        return False
    await connection.execute(items_moved(row["id"], ItemState.LIVE, ItemState.RELEASED))
    return True


def items_moved(
    payment_id: UUID, before: ItemState, to: ItemState, positions: Iterable[int] | None = None
) -> Update:
    """Move items of a payment, all or some, from one state to another."""
    item = PaymentItem.__table__.c
    wanted = [item.payment_id == payment_id, item.state == before]
    if positions is not None:
        wanted.append(item.position.in_(list(positions)))
    return update(PaymentItem).where(*wanted).values(state=to)


async def ask_people(
    connection: AsyncConnection, kind: TaskKind, subject: str, now: datetime
) -> None:
    """Open a task for people, once for the same subject."""
    task = insert(HumanTask).values(id=new_id(), kind=kind, subject=subject, opened_at=now)
    await connection.execute(task.on_conflict_do_nothing())
