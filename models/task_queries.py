"""Named statements on tasks and their histories."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, ColumnElement, Uuid, bindparam, exists, func, select, update

from domain.tasks import TaskKind
from models.base import table_of
from models.task import HumanTask, TaskEvent

TASK, EVENT = HumanTask.__table__.c, TaskEvent.__table__.c

# Parameter: of_id.
OF_ID = select(*TASK).where(TASK.id == bindparam("of_id"))
# Parameter: of_id. Whoever changes a task or its history holds this lock.
LOCKED = OF_ID.with_for_update()
# Parameters: of_kind, of_subject. Whether people are looking at something.
ASKED = select(
    exists().where(
        TASK.kind == bindparam("of_kind"),
        TASK.subject == bindparam("of_subject"),
        TASK.closed_at.is_(None),
    )
)
# Parameters: of_id, new_owner.
OWNED = (
    update(table_of(HumanTask))
    .where(TASK.id == bindparam("of_id"))
    .values(owner=bindparam("new_owner"))
    .returning(*TASK)
)
# Parameters: of_id, outcome_is, now.
CLOSED = (
    update(table_of(HumanTask))
    .where(TASK.id == bindparam("of_id"))
    .values(outcome=bindparam("outcome_is"), closed_at=bindparam("now"))
    .returning(*TASK)
)
# Parameter: ids. The histories of tasks, each from its beginning.
HISTORIES = (
    select(*EVENT)
    .where(EVENT.task_id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(EVENT.task_id, EVENT.position)
)
# Parameter: of_id.
LAST_EVENT = (
    select(*EVENT)
    .where(EVENT.task_id == bindparam("of_id"))
    .order_by(EVENT.position.desc())
    .limit(1)
)


def conditions(
    kinds: Sequence[TaskKind], is_open: bool | None, owner: str | None
) -> list[ColumnElement[bool]]:
    """What the rows of a list must be; None is no condition."""
    found: list[ColumnElement[bool]] = []
    if kinds:
        found.append(TASK.kind.in_(kinds))
    if is_open is not None:
        found.append(TASK.closed_at.is_(None) if is_open else TASK.closed_at.is_not(None))
    if owner is not None:
        found.append(TASK.owner == owner)
    return found
