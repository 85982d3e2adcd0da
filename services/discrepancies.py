"""Discrepancies in the books: found once, with their money in suspense until they are explained."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from domain.ids import new_id
from domain.ledger import discrepancy, discrepancy_cleared
from domain.platforms import Channel
from domain.tasks import TaskKind, TaskOutcome
from domain.times import Clock
from models.base import table_of
from models.reconciliation import Discrepancy
from services.ledger import Ledger
from services.numbers import new_number
from services.tasks import ask_people, end_task

ROW = Discrepancy.__table__.c
STANDING = (DiscrepancyState.OPEN, DiscrepancyState.WAITING)
FIND = insert(table_of(Discrepancy)).on_conflict_do_nothing().returning(*ROW)
LOCKED = (
    select(*ROW)
    .where(ROW.number == bindparam("of_number"), ROW.state.in_(STANDING))
    .with_for_update()
)
MOVED = (
    update(table_of(Discrepancy))
    .where(ROW.id == bindparam("of_id"))
    .values(state=bindparam("to"), suspense_fen=bindparam("suspense"), ended_at=bindparam("ended"))
)


@dataclass(frozen=True, slots=True)
class Found:
    """
    Something that does not agree, as it was found.

    :ivar subject: number of a payment, of a refund, or of a line of a payment (`number-position`)
    :ivar place: line of the bill; 0 where there is none
    :ivar fen: what the clearing account lacks (above zero) or has too much (below zero) by the
        bill: it is put into suspense as long as nobody can explain it
    :ivar state: OPEN asks people; WAITING and HEALED do not, and have nothing in suspense
    """

    channel: Channel
    day: date
    kind: DiscrepancyKind
    subject: str
    place: int = 0
    ours_fen: int | None = None
    theirs_fen: int | None = None
    fen: int = 0
    state: DiscrepancyState = DiscrepancyState.OPEN


@dataclass(frozen=True, slots=True)
class Discrepancies:
    """Notes discrepancies and ends them, on the caller's transaction."""

    ledger: Ledger
    clock: Clock

    async def note(self, connection: AsyncConnection, found: Found) -> bool:
        """
        Write a discrepancy down, its money into suspense, and ask people; False if it is known.

        Whatever became of it since, it is not touched: finding it again changes nothing.
        """
        now = self.clock()
        is_open = found.state is DiscrepancyState.OPEN
        values = {
            "id": new_id(),
            "number": new_number(now, "D"),
            "channel": found.channel,
            "day": found.day,
            "kind": found.kind,
            "subject": found.subject,
            "place": found.place,
            "ours_fen": found.ours_fen,
            "theirs_fen": found.theirs_fen,
            "suspense_fen": found.fen if is_open else 0,
            "state": found.state,
            "found_at": now,
            "ended_at": now if found.state is DiscrepancyState.HEALED else None,
        }
        row = (await connection.execute(FIND, values)).mappings().first()
        if row is not None and is_open:
            await self._ask(connection, row, found.fen)
        return row is not None

    async def open(self, connection: AsyncConnection, number: str, fen: int) -> bool:
        """Stop waiting: people have to see to it. False if it does not wait any more."""
        row = await self._standing(connection, number)
        if row is None or row["state"] is not DiscrepancyState.WAITING:
            return False
        moved = {"of_id": row["id"], "to": DiscrepancyState.OPEN, "suspense": fen, "ended": None}
        await connection.execute(MOVED, moved)
        await self._ask(connection, row, fen)
        return True

    async def end(self, connection: AsyncConnection, number: str, state: DiscrepancyState) -> bool:
        """
        End a discrepancy, and take its money out of suspense; False if it has ended before.

        HEALED: the service knows by itself, and closes the task, too. RESOLVED: people closed it.
        Surplus that people gave back in another way leaves suspense here; what the service gives
        back does so by its refund.
        """
        row = await self._standing(connection, number)
        if row is None:
            return False
        now = self.clock()
        by_people = state is DiscrepancyState.RESOLVED
        if row["suspense_fen"] and (by_people or is_booked_here(row["kind"])):
            posting = discrepancy_cleared(
                row["channel"], number, fen=row["suspense_fen"], occurred_at=now
            )
            await self.ledger.post(connection, posting)
        moved = {"of_id": row["id"], "to": state, "suspense": 0, "ended": now}
        await connection.execute(MOVED, moved)
        if state is DiscrepancyState.HEALED:
            outcome = TaskOutcome.CORRECTED_BY_OTHERS
            await end_task(connection, TaskKind.DISCREPANCY, number, outcome, now)
        return True

    async def lock(self, connection: AsyncConnection, number: str) -> None:
        """Hold a standing discrepancy: it comes before its task in the order of locking."""
        await self._standing(connection, number)

    async def _standing(self, connection: AsyncConnection, number: str) -> RowMapping | None:
        return (await connection.execute(LOCKED, {"of_number": number})).mappings().first()

    async def _ask(self, connection: AsyncConnection, row: RowMapping, fen: int) -> None:
        now = self.clock()
        if fen and is_booked_here(row["kind"]):
            posting = discrepancy(row["channel"], row["number"], fen=fen, occurred_at=now)
            await self.ledger.post(connection, posting)
        await ask_people(connection, TaskKind.DISCREPANCY, row["number"], now)


def is_booked_here(kind: DiscrepancyKind) -> bool:
    """Whether its money comes into suspense by the discrepancy itself, not by a settlement."""
    return kind is not DiscrepancyKind.SURPLUS_HELD
