"""Comparing a day to see what would be found: everything that is written is taken back."""

from collections import Counter
from collections.abc import Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bills import NoBill
from domain.discrepancies import DiscrepancyKind, DiscrepancyState, ReconciliationState
from gateways.bills import RawBill
from models.database import Database
from models.register_queries import DECISIONS
from services.payment_channels import BillSource
from services.reconciliation.comparing import found_in
from services.reconciliation.days import add_day
from services.reconciliation.loading import Loading, Progress, sums_of
from services.reconciliation.register import RegisterPart
from services.reconciliation.reports import DayReport, matched_of
from services.reconciliation.terms import BillDay


@dataclass(frozen=True, slots=True)
class Trial:
    """Compares and writes nothing. `db` lets statements take their time."""

    db: Database
    loading: Loading

    async def run(
        self, day: BillDay, source: BillSource, progress: Progress, *, is_loaded: bool
    ) -> DayReport:
        """
        What would be found; of a day that was loaded, by the lines that are there.

        :raises BillNotReady, BadBill, UpstreamUnavailable: if there is no bill to compare
        """
        if is_loaded:
            return await self._compared(day, source, None, progress)
        try:
            raw = await source.fetch(day.day)
        except NoBill:
            return await self._compared(day, source, None, progress)
        with closing(raw.file):
            return await self._compared(day, source, raw, progress)

    async def _compared(
        self, day: BillDay, source: BillSource, raw: RawBill | None, progress: Progress
    ) -> DayReport:
        async with self.db.begin() as connection:
            await add_day(connection, day.channel, day.day)
            if raw is None:
                sums = await sums_of(connection, day)
            else:
                sums = await self.loading.write(connection, day, source, raw, progress)
            report = await self._report(connection, day, sums)
            await connection.rollback()
        return report

    async def _report(
        self, connection: AsyncConnection, day: BillDay, sums: Mapping[str, int]
    ) -> DayReport:
        counts: dict[DiscrepancyKind, Counter[DiscrepancyState]] = {}
        async with aclosing(found_in(connection, day)) as batches:
            async for batch in batches:
                for one in batch:
                    counts.setdefault(one.kind, Counter())[one.state] += 1
        settled = (await connection.execute(DECISIONS, day.parameters)).one()
        return DayReport(
            channel=day.channel,
            day=day.day,
            state=ReconciliationState.DONE,
            is_trial=True,
            sums=sums,
            matched=await matched_of(connection, day),
            counts=counts,
            register=RegisterPart(
                settled.decisions, settled.confirmed, settled.decisions - settled.confirmed
            ),
        )
