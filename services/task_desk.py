"""The desk where officers see to tasks: they take one, say what they did, and close it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.discrepancies import DiscrepancyState
from domain.principals import Officer, Principal
from domain.refusals import Refusal, RefusalCode, Refused
from domain.tasks import TaskAction, TaskKind, TaskOutcome, parse_note
from domain.times import Clock
from models.base import table_of
from models.database import Database
from models.task import HumanTask
from models.task_queries import CLOSED, HISTORIES, LAST_EVENT, LOCKED, OF_ID, OWNED, conditions
from models.time_pages import TimePage
from models.vault import Vault
from services.access import FINANCE, require_officer
from services.discrepancies import Discrepancies
from services.task_views import (
    HeldEvent,
    HeldTask,
    TaskFilter,
    held_event,
    held_task,
    sealed_note,
)
from services.tasks import add_event
from services.time_pages import Listed, read_page


@dataclass(frozen=True, slots=True)
class TaskDesk:
    """
    Tasks, for officers of the finance desk (`services.access.FINANCE`).

    Every step is one transaction under the task's lock, and a line of its history. All of them:

    :raises Unauthenticated, Forbidden: unless the principal is such an officer
    """

    db: Database
    vault: Vault
    discrepancies: Discrepancies
    clock: Clock

    async def list(
        self, principal: Principal, wanted: TaskFilter, page: TimePage
    ) -> Listed[HeldTask]:
        """A page of tasks in the order in which they were opened."""
        officer = require_officer(principal, FINANCE)
        owner = officer.actor if wanted.mine else None
        matching = conditions(wanted.kinds, wanted.is_open, owner)
        return await read_page(self.db, table_of(HumanTask), "opened_at", matching, page, held_task)

    async def find(self, principal: Principal, task_id: UUID) -> HeldTask | None:
        """A task by its id."""
        require_officer(principal, FINANCE)
        async with self.db.read() as connection:
            row = (await connection.execute(OF_ID, {"of_id": task_id})).mappings().first()
        return held_task(row) if row is not None else None

    async def histories(
        self, principal: Principal, task_ids: Sequence[UUID]
    ) -> Mapping[UUID, Sequence[HeldEvent]]:
        """What happened to tasks, each from its beginning."""
        require_officer(principal, FINANCE)
        found: dict[UUID, list[HeldEvent]] = {one: [] for one in task_ids}
        async with self.db.read() as connection:
            rows = await connection.execute(HISTORIES, {"ids": list(task_ids)})
        for row in rows.mappings():
            found[row["task_id"]].append(held_event(row, self.vault))
        return found

    async def take(self, principal: Principal, task_id: UUID) -> HeldTask:
        """
        Become the owner of a task; again is no harm.

        :raises Refused: NOT_FOUND, TASK_TAKEN by somebody else, TASK_CLOSED
        """
        officer = require_officer(principal, FINANCE)
        async with self.db.begin() as connection:
            row = await self._open(connection, task_id)
            if row["owner"] == officer.actor:
                return held_task(row)
            _refuse_taken(row, officer)
            return await self._own(connection, row, officer, TaskAction.TAKEN)

    async def release(self, principal: Principal, task_id: UUID) -> HeldTask:
        """
        Leave a task to others; again is no harm.

        :raises Refused: NOT_FOUND, TASK_TAKEN by somebody else, TASK_CLOSED
        """
        officer = require_officer(principal, FINANCE)
        async with self.db.begin() as connection:
            row = await self._open(connection, task_id)
            if row["owner"] is None:
                return held_task(row)
            _refuse_taken(row, officer)
            return await self._own(connection, row, officer, TaskAction.RELEASED)

    async def note(self, principal: Principal, task_id: UUID, text: str) -> HeldTask:
        """
        Write into the history of a task of one's own; the same twice in a row is written once.

        :raises Refused: NOT_FOUND, TASK_NOTE_INVALID, TASK_TAKEN, TASK_NOT_TAKEN, TASK_CLOSED
        """
        officer, said = require_officer(principal, FINANCE), parse_note(text)
        async with self.db.begin() as connection:
            row = await self._open(connection, task_id)
            _check_owner(row, officer)
            if not await self._has_just_said(connection, task_id, said):
                await self._write(connection, row, officer, TaskAction.NOTED, said)
        return held_task(row)

    async def close(
        self, principal: Principal, task_id: UUID, outcome: TaskOutcome, text: str
    ) -> HeldTask:
        """
        Close a task of one's own; what it says of a discrepancy ends with it. Again is no harm.

        :raises Refused: NOT_FOUND, TASK_NOTE_INVALID, TASK_TAKEN, TASK_NOT_TAKEN, TASK_CLOSED with
            another outcome or by somebody else
        """
        officer, said = require_officer(principal, FINANCE), parse_note(text)
        async with self.db.begin() as connection:
            number = await self._discrepancy_of(connection, task_id)
            row = await self._locked(connection, task_id)
            if (row["owner"], row["outcome"]) == (officer.actor, outcome):
                return held_task(row)
            _refuse_closed(row)
            _check_owner(row, officer)
            values = {"of_id": task_id, "outcome_is": outcome, "now": self.clock()}
            closed = (await connection.execute(CLOSED, values)).mappings().one()
            await self._write(connection, row, officer, TaskAction.CLOSED, said)
            if number is not None:
                await self.discrepancies.end(connection, number, DiscrepancyState.RESOLVED)
        return held_task(closed)

    async def _discrepancy_of(self, connection: AsyncConnection, task_id: UUID) -> str | None:
        """The number of the discrepancy a task is about, which is held before the task is."""
        row = (await connection.execute(OF_ID, {"of_id": task_id})).mappings().first()
        if row is None or row["kind"] is not TaskKind.DISCREPANCY:
            return None
        number: str = row["subject"]
        await self.discrepancies.lock(connection, number)
        return number

    async def _open(self, connection: AsyncConnection, task_id: UUID) -> RowMapping:
        row = await self._locked(connection, task_id)
        _refuse_closed(row)
        return row

    async def _locked(self, connection: AsyncConnection, task_id: UUID) -> RowMapping:
        row = (await connection.execute(LOCKED, {"of_id": task_id})).mappings().first()
        if row is None:
            raise Refused(Refusal(RefusalCode.NOT_FOUND))
        return row

    async def _own(
        self, connection: AsyncConnection, row: RowMapping, officer: Officer, action: TaskAction
    ) -> HeldTask:
        owner = officer.actor if action is TaskAction.TAKEN else None
        values = {"of_id": row["id"], "new_owner": owner}
        moved = (await connection.execute(OWNED, values)).mappings().one()
        await add_event(connection, row["id"], action, self.clock(), actor=officer.actor)
        return held_task(moved)

    async def _write(
        self,
        connection: AsyncConnection,
        row: RowMapping,
        officer: Officer,
        action: TaskAction,
        said: str,
    ) -> None:
        sealed = sealed_note(said, row["id"], self.vault)
        now, actor = self.clock(), officer.actor
        await add_event(connection, row["id"], action, now, actor=actor, sealed=sealed)

    async def _has_just_said(self, connection: AsyncConnection, task_id: UUID, said: str) -> bool:
        """Whether it was sent again; nobody but the owner writes into the history meanwhile."""
        last = (await connection.execute(LAST_EVENT, {"of_id": task_id})).mappings().first()
        if last is None or last["action"] is not TaskAction.NOTED:
            return False
        return held_event(last, self.vault).note == said


def _refuse_closed(row: RowMapping) -> None:
    if row["closed_at"] is not None:
        raise Refused(Refusal(RefusalCode.TASK_CLOSED))


def _refuse_taken(row: RowMapping, officer: Officer) -> None:
    if row["owner"] not in (None, officer.actor):
        raise Refused(Refusal(RefusalCode.TASK_TAKEN))


def _check_owner(row: RowMapping, officer: Officer) -> None:
    _refuse_taken(row, officer)
    if row["owner"] is None:
        raise Refused(Refusal(RefusalCode.TASK_NOT_TAKEN))
