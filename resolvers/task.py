"""Tasks for people: lists, one task, and its history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain.principals import Officer
from domain.task_texts import task_next_step, task_reason
from graphql_api.execution import Batch, batched
from models.time_pages import Moment
from resolvers.context import Info
from resolvers.ids import key_of, to_id
from resolvers.pages import page_of
from resolvers.task_words import TaskAction, TaskKind, TaskOutcome, TaskState
from resolvers.time_pages import (
    MAX_PAGE,
    After,
    Direction,
    First,
    cursors_of,
    page_info,
    wanted_page,
)
from resolvers.values import PageInfo
from resolvers.violation_list import OrderDirection
from services.task_views import HeldEvent, HeldTask
from services.task_views import TaskFilter as Wanted


@strawberry.input(description="Which tasks are wanted. All conditions must hold.")
class TaskFilter:
    kinds: list[TaskKind] | None = strawberry.field(
        default=None, description="Any of these; all if left out or empty."
    )
    state: TaskState | None = strawberry.field(
        default=None, description="Open or closed; both if left out."
    )
    mine: bool = strawberry.field(default=False, description="Only those that you have taken.")


@strawberry.type(description="One step in the history of a task: it is written and never again.")
class TaskEvent:
    action: TaskAction = strawberry.field(description="What happened.")
    actor: str | None = strawberry.field(
        description="The officer, as issuer|subject of the token; null for the service itself."
    )
    note: str | None = strawberry.field(description="The officer's own words; null without any.")
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, held: HeldEvent) -> "TaskEvent":
        """One step."""
        return cls(action=held.action, actor=held.actor, note=held.note, at=held.at)


@strawberry.type(description="One step in a page.")
class TaskEventEdge:
    cursor: str = strawberry.field(description="Its place in the history.")
    node: TaskEvent = strawberry.field(description="The step.")


@strawberry.type(description="A page of a history, from its beginning.")
class TaskEventConnection:
    total_count: int = strawberry.field(description="How many steps there are in all.")
    edges: list[TaskEventEdge] = strawberry.field(description="The page, with cursors.")
    nodes: list[TaskEvent] = strawberry.field(description="The page, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="Something that programs cannot decide and people have to.")
class Task:
    key: strawberry.Private[UUID]
    id: strawberry.ID = strawberry.field(description="Id, for `task` and the mutations.")
    kind: TaskKind = strawberry.field(description="Why people are needed.")
    subject: str = strawberry.field(
        description="What it is about: our number of a payment, of one of its lines (number-line),"
        " of a refund or a discrepancy, or a channel with a day."
    )
    reason: str = strawberry.field(
        description="What has happened, in the language of Accept-Language (zh-CN or en)."
    )
    next_step: str = strawberry.field(description="What to do about it. Same language.")
    opened_at: datetime = strawberry.field(description="Since when people are needed.")
    owner: str | None = strawberry.field(
        description="The officer who has taken it, as issuer|subject of the token; null while"
        " nobody has."
    )
    is_mine: bool = strawberry.field(description="Whether you have taken it.")
    outcome: TaskOutcome | None = strawberry.field(
        description="What came of it; null while it is open."
    )
    closed_at: datetime | None = strawberry.field(
        description="When it was closed; null while it is open."
    )

    @batched(description="Everything that happened to it, from the beginning.")
    @staticmethod
    async def history(
        tasks: Sequence["Task"], info: Info, first: First = 20, after: After = None
    ) -> Batch[TaskEventConnection]:
        keys = [one.key for one in tasks]
        held = await info.context.services.task_desk.histories(info.context.principal, keys)
        return [_history(held[key], first, after) for key in keys]

    @classmethod
    def of(cls, held: HeldTask, info: Info) -> "Task":
        """A task as the service found it."""
        language, principal = info.context.language, info.context.principal
        return cls(
            key=held.id,
            id=to_id("Task", held.id),
            kind=held.kind,
            subject=held.subject,
            reason=task_reason(held.kind, language),
            next_step=task_next_step(held.kind, language),
            opened_at=held.opened_at,
            owner=held.owner,
            is_mine=isinstance(principal, Officer) and held.owner == principal.actor,
            outcome=held.outcome,
            closed_at=held.closed_at,
        )


def _history(held: Sequence[HeldEvent], first: int, after: str | None) -> TaskEventConnection:
    page = page_of(held, first, after, MAX_PAGE)
    nodes = [TaskEvent.of(one) for one in page.items]
    return TaskEventConnection(
        total_count=len(held),
        edges=[
            TaskEventEdge(cursor=cursor, node=node)
            for cursor, node in zip(page.cursors, nodes, strict=True)
        ],
        nodes=nodes,
        page_info=page.info,
    )


@strawberry.type(description="One task in a page.")
class TaskEdge:
    cursor: str = strawberry.field(description="Its place, good for the direction it was made in.")
    node: Task = strawberry.field(description="The task.")


@strawberry.type(description="A page of tasks.")
class TaskConnection:
    total_count: int = strawberry.field(description="How many the filter finds in all.")
    edges: list[TaskEdge] = strawberry.field(description="The page, with cursors.")
    nodes: list[Task] = strawberry.field(description="The page, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class TaskFields:
    @strawberry.field(description="What people have to see to, in the order it was found.")
    async def tasks(
        self,
        info: Info,
        filter: Annotated[
            TaskFilter | None, strawberry.argument(description="Which; all if left out.")
        ] = None,
        direction: Direction = OrderDirection.ASC,
        first: First = 20,
        after: After = None,
    ) -> TaskConnection:
        page = wanted_page("tasks", direction, first, after)
        wanted = _wanted(filter) if filter is not None else Wanted()
        desk = info.context.services.task_desk
        found = await desk.list(info.context.principal, wanted, page)
        cursors = cursors_of(
            "tasks", direction, [Moment(one.opened_at, one.id) for one in found.items]
        )
        nodes = [Task.of(one, info) for one in found.items]
        return TaskConnection(
            total_count=found.total,
            edges=[
                TaskEdge(cursor=cursor, node=node)
                for cursor, node in zip(cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=page_info(cursors, page, has_more=found.has_more),
        )

    @strawberry.field(description="One task; null if there is none. BAD_REQUEST for what is no id.")
    async def task(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Id of a task.")],
    ) -> Task | None:
        desk = info.context.services.task_desk
        held = await desk.find(info.context.principal, key_of("Task", id))
        return Task.of(held, info) if held is not None else None


def _wanted(filter: TaskFilter) -> Wanted:
    is_open = None if filter.state is None else filter.state is TaskState.OPEN
    return Wanted(tuple(filter.kinds or ()), is_open, filter.mine)
