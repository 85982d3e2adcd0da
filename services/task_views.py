"""Tasks as officers see them, read from their rows."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping

from domain.tasks import TaskAction, TaskKind, TaskOutcome
from models.vault import Vault


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are wanted. `is_open` None: closed ones as well; `mine`: those I have taken."""

    kinds: tuple[TaskKind, ...] = ()
    is_open: bool | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class HeldTask:
    """A task as it stands. `owner` is the officer who has taken it."""

    id: UUID
    kind: TaskKind
    subject: str
    opened_at: datetime
    owner: str | None
    outcome: TaskOutcome | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """One step in a task's history. `actor` None: the service itself."""

    action: TaskAction
    actor: str | None
    note: str | None = field(repr=False)
    at: datetime


def held_task(row: RowMapping) -> HeldTask:
    """A row of the table."""
    return HeldTask(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        opened_at=row["opened_at"],
        owner=row["owner"],
        outcome=row["outcome"],
        closed_at=row["closed_at"],
    )


def held_event(row: RowMapping, vault: Vault) -> HeldEvent:
    """A row of the histories, its note opened."""
    note = None
    if row["sealed"] is not None:
        note = vault.open(row["sealed"], belongs_to=_notes_of(row["task_id"]))["note"]
    return HeldEvent(row["action"], row["actor"], note, row["at"])


def sealed_note(note: str, task_id: UUID, vault: Vault) -> bytes:
    """An officer's words may hold personal data."""
    return vault.seal({"note": note}, belongs_to=_notes_of(task_id))


def _notes_of(task_id: UUID) -> str:
    return f"notes of task {task_id}"
