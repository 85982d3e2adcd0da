"""What a bill says and we did not know: the channel is asked, and its word is applied."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, TextClause

from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from domain.failures import UpstreamUnavailable, where
from domain.times import Clock
from models.database import Database
from models.reconciliation_queries import (
    AMOUNTS,
    REFUND_DUE,
    REFUNDS_SETTLED_AMONG,
    SETTLED_AMONG,
    UNSETTLED,
    UNSETTLED_REFUNDS,
)
from services.discrepancies import Found
from services.due_work import DueWork
from services.payments.checks import PaymentChecks
from services.reconciliation.terms import BillDay

log = logging.getLogger("clearway.reconciliation")

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Healing:
    """Settles payments and refunds that a bill lists and we have not ended yet."""

    db: Database
    payments: PaymentChecks
    refunds: DueWork
    clock: Clock

    async def heal(self, day: BillDay) -> list[Found]:
        """Ask about all of these; what could be put right."""
        return [*await self._heal_payments(day), *await self._heal_refunds(day)]

    async def _heal_payments(self, day: BillDay) -> list[Found]:
        numbers = [row["number"] for row in await self._rows(UNSETTLED, day)]
        await self._together(self._confirm(number) for number in numbers)
        return await self._healed(day, DiscrepancyKind.NOT_SETTLED, SETTLED_AMONG, numbers)

    async def _heal_refunds(self, day: BillDay) -> list[Found]:
        rows = await self._rows(UNSETTLED_REFUNDS, day)
        await self._together(self._see_to(row) for row in rows)
        kind, numbers = DiscrepancyKind.UNKNOWN_REFUND, [row["number"] for row in rows]
        return await self._healed(day, kind, REFUNDS_SETTLED_AMONG, numbers)

    async def _confirm(self, number: str) -> None:
        await self.payments.confirm(number)

    async def _see_to(self, row: RowMapping) -> None:
        async with self.db.single() as connection:
            await connection.execute(REFUND_DUE, {"id": row["id"], "now": self.clock()})
        await self.refunds.see_to(str(row["id"]))

    async def _together(self, questions: Iterable[Coroutine[Any, Any, None]]) -> None:
        """Some at a time: there may be as many as lines in a bill."""
        waiting = iter(questions)

        async def ask() -> None:
            for question in waiting:
                await _tried(question)

        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))

    async def _healed(
        self, day: BillDay, kind: DiscrepancyKind, among: TextClause, numbers: list[str]
    ) -> list[Found]:
        async with self.db.begin() as connection:
            settled = list((await connection.execute(among, {"numbers": numbers})).scalars())
            lines = await connection.execute(AMOUNTS, {**day.parameters, "numbers": settled})
            return [
                Found(
                    day.channel,
                    day.day,
                    kind,
                    line.subject,
                    line.place,
                    line.ours_fen,
                    line.amount_fen,
                    state=DiscrepancyState.HEALED,
                )
                for line in lines
            ]

    async def _rows(self, statement: TextClause, day: BillDay) -> list[RowMapping]:
        async with self.db.read() as connection:
            return list((await connection.execute(statement, day.parameters)).mappings())


async def _tried(question: Coroutine[Any, Any, None]) -> None:
    """One that cannot be asked must not stop the others."""
    try:
        await question
    except UpstreamUnavailable as failure:
        log.warning("a line of a bill could not be asked about: %s", failure.reason.value)
    except Exception as error:
        log.error("a line of a bill could not be asked about: %s", where(error))
