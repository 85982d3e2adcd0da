"""Tasks for people, and what happened to each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.tasks import TaskAction, TaskKind, TaskOutcome
from models.base import Base, text_enum


class HumanTask(Base):
    """
    Something that programs cannot decide. `subject` is a number of ours; nothing personal.

    `owner` is the officer who has taken it. One is open for a subject at a time.
    """

    __tablename__ = "human_tasks"
    __table_args__ = (
        Index(
            "uq_human_tasks_kind_subject",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_human_tasks_opened_at", "opened_at", "id"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_with_outcome"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(text_enum(TaskKind, "kind"))
    subject: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    owner: Mapped[str | None] = mapped_column(String(255))
    outcome: Mapped[TaskOutcome | None] = mapped_column(text_enum(TaskOutcome, "outcome"))
    closed_at: Mapped[datetime | None]


class TaskEvent(Base):
    """
    One step in the history of a task. It is written and never again.

    `actor` is an officer, or None for the service itself; `sealed` holds an officer's own words.
    """

    __tablename__ = "task_events"

    task_id: Mapped[UUID] = mapped_column(ForeignKey("human_tasks.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[TaskAction] = mapped_column(text_enum(TaskAction, "action"))
    actor: Mapped[str | None] = mapped_column(String(255))
    sealed: Mapped[bytes | None]
    at: Mapped[datetime]
