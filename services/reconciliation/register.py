"""The third side: what the register says of decisions that were settled here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import RowMapping, TextClause

from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from domain.failures import UpstreamUnavailable
from domain.records import Answer, DecisionRecord, PaidMark, RecordChange
from domain.times import Clock
from gateways.bulkhead import CallClass
from gateways.police_records import PoliceRecords
from models.database import Database
from models.payment import WriteBackState
from models.register_queries import (
    DECISIONS,
    LIVE,
    SETTLED_LATE,
    STANDING_UNPAID,
    TELL_AGAIN,
    UNCONFIRMED,
    WRITE_BACK,
)
from services.discrepancies import Discrepancies, Found
from services.due_work import DueWork
from services.payments.settlement import write_back_key
from services.reconciliation.terms import BillDay

log = logging.getLogger("clearway.reconciliation")

# As many as the register lets the background have places.
AT_ONCE = 4
# So long the register may need to show a payment that it was told of.
PATIENCE = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class RegisterPart:
    """
    How the decisions of a day stand.

    :ivar decisions: settled here
    :ivar confirmed: as paid, by the register
    :ivar not_asked: neither by its answers nor by what it was told
    :ivar is_silent: it did not answer; it can be asked again
    """

    decisions: int = 0
    confirmed: int = 0
    not_asked: int = 0
    is_silent: bool = False


class _Said(StrEnum):
    PAID = "paid"
    UNPAID = "unpaid"
    # Not asked, not answered, or not to be understood.
    NOTHING = "nothing"


@dataclass(slots=True)
class _Questions:
    """Asks about decisions, as often as it may; after a silence it asks nothing more."""

    police: PoliceRecords
    left: int
    is_silent: bool = False
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def ask(self, decision_number: str) -> _Said:
        async with self.places:
            if self.is_silent or self.left <= 0:
                return _Said.NOTHING
            self.left -= 1
            try:
                answer = await self.police.decision(
                    decision_number, call_class=CallClass.BACKGROUND
                )
            except UpstreamUnavailable as failure:
                log.warning("the register was not asked to the end: %s", failure.reason.value)
                self.is_silent = True
                return _Said.NOTHING
        return _said(answer)


@dataclass(frozen=True, slots=True)
class RegisterComparing:
    """
    Compares settled decisions with the register. Its silence says nothing.

    :ivar most_calls: questions about one day
    """

    db: Database
    police: PoliceRecords
    write_backs: DueWork
    discrepancies: Discrepancies
    clock: Clock
    most_calls: int

    async def compare(self, day: BillDay) -> RegisterPart:
        """Ask what has to be asked; what the register should be told again it is told again."""
        questions = _Questions(self.police, self.most_calls)
        await self._each(STANDING_UNPAID, day, questions, self._look_again)
        async with self.db.read() as connection:
            counts = (await connection.execute(DECISIONS, day.parameters)).one()
        rows = await self._rows(UNCONFIRMED, day)
        untold = [row for row in rows if row["state"] != WriteBackState.DONE]
        told = [row for row in rows if row["state"] == WriteBackState.DONE]
        confirmed, asked = await self._settled(day, questions, untold)
        await self._settled(day, questions, await self._rows(SETTLED_LATE, day))
        await self._each(LIVE, day, questions, self._look_at_live)
        more_confirmed, more_asked = await self._settled(day, questions, told)
        answered = asked + more_asked
        return RegisterPart(
            decisions=counts.decisions,
            confirmed=counts.confirmed + confirmed + more_confirmed,
            not_asked=max(counts.decisions - counts.confirmed - answered, 0),
            is_silent=questions.is_silent,
        )

    async def _settled(
        self, day: BillDay, questions: _Questions, rows: Sequence[RowMapping]
    ) -> tuple[int, int]:
        """How many were confirmed, and about how many there was an answer."""
        said = await asyncio.gather(*(self._look_at(day, questions, row) for row in rows))
        answered = [one for one in said if one is not _Said.NOTHING]
        return answered.count(_Said.PAID), len(answered)

    async def _look_at(self, day: BillDay, questions: _Questions, row: RowMapping) -> _Said:
        said = await questions.ask(row["decision_number"])
        is_refused = row["state"] == WriteBackState.REFUSED
        if said is _Said.PAID and is_refused:
            # Under a serial that is not ours.
            await self._note(day, row, DiscrepancyKind.REGISTER_PAID_ELSEWHERE)
        elif said is _Said.UNPAID and is_refused:
            await self._note(day, row, DiscrepancyKind.REGISTER_UNPAID)
        elif said is _Said.UNPAID:
            said = await self._tell_again(day, questions, row)
        return said

    async def _tell_again(self, day: BillDay, questions: _Questions, row: RowMapping) -> _Said:
        """The same report is no harm; then the register has to show it."""
        await self._report(row)
        again = await questions.ask(row["decision_number"])
        state = DiscrepancyState.WAITING
        if again is _Said.PAID:
            state = DiscrepancyState.HEALED
        elif await self._is_refused(row):
            state = DiscrepancyState.OPEN
        await self._note(day, row, DiscrepancyKind.REGISTER_UNPAID, state)
        return _Said.PAID if again is _Said.PAID else _Said.UNPAID

    async def _look_again(self, _: BillDay, questions: _Questions, row: RowMapping) -> None:
        """It was unpaid there when it was looked at last."""
        said = await questions.ask(row["decision_number"])
        is_over = self.clock() >= row["found_at"] + PATIENCE or await self._is_refused(row)
        async with self.db.begin() as connection:
            if said is _Said.PAID:
                await self.discrepancies.end(connection, row["number"], DiscrepancyState.HEALED)
            elif said is _Said.UNPAID and is_over:
                await self.discrepancies.open(connection, row["number"], 0)

    async def _look_at_live(self, day: BillDay, questions: _Questions, row: RowMapping) -> None:
        """Somebody is about to pay here what is paid already."""
        if await questions.ask(row["decision_number"]) is _Said.PAID:
            await self._note(day, row, DiscrepancyKind.REGISTER_PAID_ELSEWHERE)

    async def _report(self, row: RowMapping) -> None:
        place = {"payment_id": row["payment_id"], "position": row["position"]}
        async with self.db.single() as connection:
            await connection.execute(TELL_AGAIN, {**place, "now": self.clock()})
        await self.write_backs.see_to(write_back_key(row["payment_id"], row["position"]))

    async def _is_refused(self, row: RowMapping) -> bool:
        place = {"payment_id": row["payment_id"], "position": row["position"]}
        async with self.db.read() as connection:
            state: str | None = await connection.scalar(WRITE_BACK, place)
        return state == WriteBackState.REFUSED

    async def _note(
        self,
        day: BillDay,
        row: RowMapping,
        kind: DiscrepancyKind,
        state: DiscrepancyState = DiscrepancyState.OPEN,
    ) -> None:
        found = Found(day.channel, day.day, kind, row["subject"], state=state)
        async with self.db.begin() as connection:
            await self.discrepancies.note(connection, found)

    async def _each(
        self,
        statement: TextClause,
        day: BillDay,
        questions: _Questions,
        look: Callable[[BillDay, _Questions, RowMapping], Awaitable[None]],
    ) -> None:
        rows = await self._rows(statement, day)
        await asyncio.gather(*(look(day, questions, row) for row in rows))

    async def _rows(self, statement: TextClause, day: BillDay) -> list[RowMapping]:
        values = {**day.parameters, "most": self.most_calls, "now": self.clock()}
        async with self.db.read() as connection:
            return list((await connection.execute(statement, values)).mappings())


def _said(answer: Answer[DecisionRecord]) -> _Said:
    """
    What the items of a decision come to; one that cannot be read may be any.

    Of a decision that was annulled nobody can say that it is unpaid.
    """
    marks = {one.paid for one in answer.rows if one.change is not RecordChange.DELETED}
    if PaidMark.UNPAID in marks:
        return _Said.UNPAID
    if not answer.complete or (answer.rows and not marks):
        return _Said.NOTHING
    return _Said.PAID if PaidMark.PAID in marks else _Said.UNPAID
