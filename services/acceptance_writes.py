"""Telling the register what was accepted: once, until it is known what became of it."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import uniform
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decision_texts import as_decided
from domain.failures import Failure, UpstreamUnavailable
from domain.money import Money
from domain.police_writes import AcceptanceOrder, WriteProblem, WriteRefused
from domain.records import DecisionRecord, RecordChange
from domain.schedules import wait_before_check
from domain.tasks import TaskKind
from domain.times import Clock, legal_day
from gateways.bulkhead import CallClass
from models.acceptance import Acceptance, AcceptanceState, AcceptedViolation
from models.database import Database
from models.due import release
from models.vault import Vault
from services.acceptance_claim import acceptance_of, key_of, text_of
from services.acceptance_register import AcceptanceRegister
from services.crash_points import CrashPoint, Reached
from services.due_work import take_due
from services.mirror import Mirror
from services.questions import Question, about_decisions, about_licence, about_violations
from services.tasks import ask_people

log = logging.getLogger("clearway.acceptance")

ROW = AcceptedViolation.__table__.c
# Side by side: as many as are surely done before a lease ends.
SWEEP = 4
# People look into it; the register is asked once a day all the same.
AFTERWARDS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """An accepted violation under lease, and what the register is told of it."""

    row: RowMapping
    order: AcceptanceOrder
    age: timedelta


@dataclass(frozen=True, slots=True)
class AcceptanceWrites:
    """Sees to accepted violations until each is decided or refused, or people have to help."""

    db: Database
    vault: Vault
    register: AcceptanceRegister
    mirror: Mirror
    clock: Clock
    reached: Reached

    async def tell(self, rows: Sequence[RowMapping]) -> None:
        """Tell the register of what has just been claimed. What fails is seen to later."""
        await self._each(rows, CallClass.CITIZEN, ask_first=False)

    async def see_to(self, key: str, call_class: CallClass = CallClass.BACKGROUND) -> None:
        """See to one accepted violation, if it is due and nobody else does."""
        acceptance_id, _, position = key.partition(":")
        wanted = (ROW.acceptance_id == UUID(acceptance_id), ROW.position == int(position))
        await self._each(await self._claimed(*wanted), call_class, ask_first=True)

    async def sweep(self) -> int:
        """See to some of what is due; how many there were."""
        rows = await self._claimed()
        await self._each(rows, CallClass.BACKGROUND, ask_first=True)
        return len(rows)

    async def _each(
        self, rows: Sequence[RowMapping], call_class: CallClass, *, ask_first: bool
    ) -> None:
        works = [self._work(row, call_class, ask_first=ask_first) for row in rows]
        for outcome in await asyncio.gather(*works, return_exceptions=True):
            # The database is away: the lease runs out, and the sweeper finds the row.
            if isinstance(outcome, BaseException) and not isinstance(outcome, Failure):
                raise outcome

    async def _work(self, row: RowMapping, call_class: CallClass, *, ask_first: bool) -> None:
        told = await self._read(row)
        try:
            number = await self.register.ask(told.order, call_class) if ask_first else None
            if number is None:
                if ask_first and not await self._counted(row):
                    return
                number = await self.register.tell(told.order, call_class)
        except WriteRefused as refused:
            await self._refused(told, refused.problem)
        except UpstreamUnavailable as failure:
            log.warning("an acceptance is not known to the register: %s", failure.reason.value)
            await self._later(told)
        else:
            self.reached(CrashPoint.ACCEPTANCE_SENT)
            await self._decided(told, number, call_class)

    async def _counted(self, row: RowMapping) -> bool:
        """Note that it is told again; false if somebody else holds it now."""
        again = (
            update(AcceptedViolation)
            .where(*_same(row), ROW.lease_id == row["lease_id"])
            .values(attempts=ROW.attempts + 1)
            .returning(ROW.position)
        )
        async with self.db.begin() as connection:
            return (await connection.execute(again)).first() is not None

    async def _decided(self, told: Told, number: str, call_class: CallClass) -> None:
        row, record = told.row, await self.register.decision(number, told.order, call_class)
        decided_at = record.decided_at if record is not None else None
        check = record.check_character if record is not None else None
        decided_at = decided_at or self.clock()
        values = {
            "state": AcceptanceState.DECIDED,
            "decision_number": number,
            "check_character": check,
            "decided_at": decided_at,
            "sealed_text": self._text(row, number + (check or ""), legal_day(decided_at)),
        }
        async with self.db.begin() as connection:
            done = await connection.execute(release(AcceptedViolation, row, None, **values))
            if done.first() is None:
                return
            await self.mirror.forget_age(connection, self._questions(told))
            if record is not None and not _as_accepted(record, row):
                log.error("decided otherwise than accepted: a task for people")
                await self._ask_people(connection, row)
        self.reached(CrashPoint.ACCEPTANCE_DECIDED)

    async def _refused(self, told: Told, problem: WriteProblem) -> None:
        values = {"state": AcceptanceState.REFUSED, "problem": problem.value, "sealed_text": None}
        async with self.db.begin() as connection:
            await connection.execute(release(AcceptedViolation, told.row, None, **values))
            await self.mirror.forget_age(connection, self._questions(told))

    async def _later(self, told: Told) -> None:
        row, now = told.row, self.clock()
        wait = wait_before_check(row["checks"] - 1, told.age, uniform(-1, 1))  # noqa: S311
        at = now + (wait or AFTERWARDS)
        async with self.db.begin() as connection:
            put_back = await connection.execute(release(AcceptedViolation, row, at))
            if put_back.first() is not None and wait is None:
                await self._ask_people(connection, row)

    async def _ask_people(self, connection: AsyncConnection, row: RowMapping) -> None:
        subject = key_of(row["acceptance_id"], row["position"])
        await ask_people(connection, TaskKind.ACCEPTANCE_UNKNOWN, subject, self.clock())

    def _text(self, row: RowMapping, number: str, decided_on: date) -> bytes:
        belongs_to = text_of(row["acceptance_id"], row["position"])
        kept = self.vault.open(row["sealed_text"], belongs_to=belongs_to)["text"] or ""
        text = as_decided(kept, number, decided_on)
        return self.vault.seal({"text": text}, belongs_to=belongs_to)

    def _questions(self, told: Told) -> list[Question]:
        """What the register will answer otherwise than before."""
        number = told.order.identity_number
        return [
            about_violations(told.row["plate_key"]),
            about_decisions(self.vault, number),
            about_licence(self.vault, number),
        ]

    async def _read(self, row: RowMapping) -> Told:
        whole = Acceptance.__table__.c
        wanted = select(whole.sealed, whole.confirmed_at).where(whole.id == row["acceptance_id"])
        async with self.db.read() as connection:
            found = (await connection.execute(wanted)).mappings().one()
        driver = self.vault.open(found["sealed"], belongs_to=acceptance_of(row["acceptance_id"]))
        order = AcceptanceOrder(
            record_number=row["record_number"],
            identity_number=driver["identity_number"] or "",
            file_number=driver["file_number"],
            name=driver["name"] or "",
        )
        return Told(row, order, self.clock() - found["confirmed_at"])

    async def _claimed(self, *conditions: ColumnElement[bool]) -> list[RowMapping]:
        return await take_due(self.db, AcceptedViolation, self.clock(), *conditions, most=SWEEP)


def _as_accepted(record: DecisionRecord, row: RowMapping) -> bool:
    """Whether it was decided as the citizen confirmed; what the register leaves out is no other."""
    fine = Money(0) if record.is_warning else record.fine
    return (
        fine in (None, Money(row["fine_fen"]))
        and record.points in (None, row["points"])
        and record.change is not RecordChange.DELETED
    )


def _same(row: RowMapping) -> tuple[Any, Any]:
    return ROW.acceptance_id == row["acceptance_id"], ROW.position == row["position"]
