"""Comparing a loaded bill with our tables, and writing down what does not agree."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from models.database import Database
from models.reconciliation_queries import OF_A_DAY, OVER
from services.discrepancies import Discrepancies, Found
from services.reconciliation.terms import BillDay

# Written in one transaction: the books of each agree at its commit.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Comparing:
    """Finds what does not agree. `db` lets statements take their time."""

    db: Database
    discrepancies: Discrepancies

    async def note(self, day: BillDay) -> None:
        """Write down what does not agree on a day; what was written down before stays."""
        async with self.db.begin() as reading, aclosing(found_in(reading, day)) as batches:
            async for batch in batches:
                await self._write(batch)

    async def note_these(self, found: Sequence[Found]) -> None:
        """Write these down."""
        for start in range(0, len(found), BATCH):
            await self._write(found[start : start + BATCH])

    async def end_what_is_over(self, day: BillDay) -> set[BillDay]:
        """
        End what stands and holds no longer, of any day of the channel.

        The days come back that have to be compared again: now there is something to compare.
        """
        async with self.db.begin() as connection:
            over = (await connection.execute(OVER, day.parameters)).all()
        for start in range(0, len(over), BATCH):
            async with self.db.begin() as connection:
                for one in over[start : start + BATCH]:
                    await self.discrepancies.end(connection, one.number, DiscrepancyState.HEALED)
        return {BillDay(day.channel, one.day, day.terms) for one in over if one.again}

    async def _write(self, found: Sequence[Found]) -> None:
        async with self.db.begin() as connection:
            for one in found:
                await self.discrepancies.note(connection, one)


async def found_in(connection: AsyncConnection, day: BillDay) -> AsyncGenerator[list[Found]]:
    """What does not agree on a day, in batches: there may be as many as lines in the bill."""
    for statement in OF_A_DAY:
        async with connection.stream(statement, day.parameters) as rows:
            async for batch in rows.mappings().partitions(BATCH):
                yield [_found(day, one) for one in batch]


def _found(day: BillDay, row: Any) -> Found:
    return Found(
        channel=day.channel,
        day=row["day"],
        kind=DiscrepancyKind(row["kind"]),
        subject=row["subject"],
        place=row["place"],
        ours_fen=row["ours_fen"],
        theirs_fen=row["theirs_fen"],
        fen=row["fen"],
        state=DiscrepancyState(row["state"]),
    )
