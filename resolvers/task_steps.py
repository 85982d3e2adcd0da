"""What officers do with tasks."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.ids import key_of
from resolvers.refusals import Refused
from resolvers.task import Task
from resolvers.task_words import TaskOutcome

ID = "Id of a task."
FAILURES = " Failures: UNAUTHENTICATED, FORBIDDEN without the role finance, BAD_REQUEST."


@strawberry.input(description="Which task to take.")
class TakeTaskInput:
    id: strawberry.ID = strawberry.field(description=ID)


@strawberry.type(description="The task is yours.")
class TakeTaskSuccess:
    task: Task = strawberry.field(description="The task as it is now.")


TakeTaskResult = Annotated[
    TakeTaskSuccess | Refused,
    strawberry.union("TakeTaskResult", description="The task, or why it is not yours."),
]


@strawberry.input(description="Which task to leave to others.")
class ReleaseTaskInput:
    id: strawberry.ID = strawberry.field(description=ID)


@strawberry.type(description="Nobody has the task any more.")
class ReleaseTaskSuccess:
    task: Task = strawberry.field(description="The task as it is now.")


ReleaseTaskResult = Annotated[
    ReleaseTaskSuccess | Refused,
    strawberry.union("ReleaseTaskResult", description="The task, or why it stays as it is."),
]


@strawberry.input(description="What to write into the history of a task.")
class NoteTaskInput:
    id: strawberry.ID = strawberry.field(description=ID)
    note: str = strawberry.field(description="1 to 500 characters, kept for ever and sealed.")


@strawberry.type(description="It is written down.")
class NoteTaskSuccess:
    task: Task = strawberry.field(description="The task, with its history.")


NoteTaskResult = Annotated[
    NoteTaskSuccess | Refused,
    strawberry.union("NoteTaskResult", description="The task, or why nothing was written."),
]


@strawberry.input(description="How a task ended.")
class CloseTaskInput:
    id: strawberry.ID = strawberry.field(description=ID)
    outcome: TaskOutcome = strawberry.field(description="What came of it.")
    note: str = strawberry.field(
        description="How it was seen to, and by which papers: 1 to 500 characters."
    )


@strawberry.type(description="The task is closed.")
class CloseTaskSuccess:
    task: Task = strawberry.field(description="The task as it is now.")


CloseTaskResult = Annotated[
    CloseTaskSuccess | Refused,
    strawberry.union("CloseTaskResult", description="The task, or why it stays open."),
]


@strawberry.type
class TaskMutations:
    @strawberry.mutation(
        description="Become the owner of a task; again is no harm. Refusals: NOT_FOUND, TASK_TAKEN,"
        " TASK_CLOSED." + FAILURES
    )
    async def take_task(
        self,
        info: Info,
        input: Annotated[TakeTaskInput, strawberry.argument(description="Which one.")],
    ) -> TakeTaskResult:
        desk, principal = info.context.services.task_desk, info.context.principal
        held = await desk.take(principal, key_of("Task", input.id))
        return TakeTaskSuccess(task=Task.of(held, info))

    @strawberry.mutation(
        description="Leave a task of yours to others; again is no harm. Refusals: NOT_FOUND,"
        " TASK_TAKEN, TASK_CLOSED." + FAILURES
    )
    async def release_task(
        self,
        info: Info,
        input: Annotated[ReleaseTaskInput, strawberry.argument(description="Which one.")],
    ) -> ReleaseTaskResult:
        desk, principal = info.context.services.task_desk, info.context.principal
        held = await desk.release(principal, key_of("Task", input.id))
        return ReleaseTaskSuccess(task=Task.of(held, info))

    @strawberry.mutation(
        description="Write into the history of a task of yours; the same twice in a row is written"
        " once. Refusals: NOT_FOUND, TASK_NOTE_INVALID, TASK_TAKEN, TASK_NOT_TAKEN, TASK_CLOSED."
        + FAILURES
    )
    async def note_task(
        self,
        info: Info,
        input: Annotated[NoteTaskInput, strawberry.argument(description="Which one, and what.")],
    ) -> NoteTaskResult:
        desk, principal = info.context.services.task_desk, info.context.principal
        held = await desk.note(principal, key_of("Task", input.id), input.note)
        return NoteTaskSuccess(task=Task.of(held, info))

    @strawberry.mutation(
        description="Close a task of yours. With a DISCREPANCY ends what it is about: its money"
        " leaves suspense. The same again is no harm. Refusals: NOT_FOUND, TASK_NOTE_INVALID,"
        " TASK_TAKEN, TASK_NOT_TAKEN, TASK_CLOSED." + FAILURES
    )
    async def close_task(
        self,
        info: Info,
        input: Annotated[CloseTaskInput, strawberry.argument(description="Which one, and how.")],
    ) -> CloseTaskResult:
        desk, principal = info.context.services.task_desk, info.context.principal
        held = await desk.close(principal, key_of("Task", input.id), input.outcome, input.note)
        return CloseTaskSuccess(task=Task.of(held, info))
