"""Tasks for people: opened and ended by the service in the transaction that makes it necessary."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import new_id
from domain.tasks import TaskAction, TaskKind, TaskOutcome
from models.base import table_of
from models.task import HumanTask, TaskEvent

TASK, EVENT = HumanTask.__table__.c, TaskEvent.__table__.c
OPEN = insert(table_of(HumanTask)).on_conflict_do_nothing().returning(TASK.id)
# Parameters: of_kind, of_subject, outcome_is, now.
END = (
    update(table_of(HumanTask))
    .where(
        TASK.kind == bindparam("of_kind"),
        TASK.subject == bindparam("of_subject"),
        TASK.closed_at.is_(None),
    )
    .values(outcome=bindparam("outcome_is"), closed_at=bindparam("now"))
    .returning(TASK.id)
)
# Whoever writes into a history holds the task's row: positions do not collide.
NEXT_POSITION = select(func.coalesce(func.max(EVENT.position), 0) + 1).where(
    EVENT.task_id == bindparam("of_task")
)
NOTE = insert(table_of(TaskEvent))


async def ask_people(
    connection: AsyncConnection, kind: TaskKind, subject: str, now: datetime
) -> None:
    """Open a task for people, once for the same subject as long as it is open."""
    task = {"id": new_id(), "kind": kind, "subject": subject, "opened_at": now}
    opened = await connection.scalar(OPEN, task)
    if opened is not None:
        await add_event(connection, opened, TaskAction.OPENED, now)


async def end_task(
    connection: AsyncConnection, kind: TaskKind, subject: str, outcome: TaskOutcome, now: datetime
) -> None:
    """Close the open task about a subject, if there is one: the service itself knows by now."""
    values = {"of_kind": kind, "of_subject": subject, "outcome_is": outcome, "now": now}
    ended = await connection.scalar(END, values)
    if ended is not None:
        await add_event(connection, ended, TaskAction.CLOSED, now)


async def add_event(
    connection: AsyncConnection,
    task_id: UUID,
    action: TaskAction,
    now: datetime,
    *,
    actor: str | None = None,
    sealed: bytes | None = None,
) -> None:
    """Write the next line of a task's history; the caller holds its row."""
    position = await connection.scalar(NEXT_POSITION, {"of_task": task_id})
    event = {
        "task_id": task_id,
        "position": position,
        "action": action,
        "actor": actor,
        "sealed": sealed,
        "at": now,
    }
    await connection.execute(NOTE, event)


async def release_tasks_of(connection: AsyncConnection, actor: str, now: datetime) -> None:
    """Let others have the open tasks of somebody who has gone."""
    left = (
        update(table_of(HumanTask))
        .where(TASK.owner == actor, TASK.closed_at.is_(None))
        .values(owner=None)
        .returning(TASK.id)
    )
    for task_id in (await connection.execute(left)).scalars().all():
        await add_event(connection, task_id, TaskAction.RELEASED, now)
