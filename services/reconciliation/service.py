"""The daily reconciliation: each day of a channel, from its bill to what people are asked."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import RowMapping

from domain.bills import BadBill, BillNotReady, NoBill
from domain.discrepancies import ReconciliationState
from domain.failures import UpstreamUnavailable, where
from domain.platforms import Channel
from domain.tasks import TaskKind, TaskOutcome
from domain.times import Clock, legal_day
from models.database import Database
from models.due import release
from models.reconciliation import LONGEST_DOUBT, ReconciliationDay
from models.reconciliation_queries import HAS_OURS
from services.payment_channels import BillSource
from services.reconciliation.comparing import Comparing
from services.reconciliation.days import Days
from services.reconciliation.healing import Healing
from services.reconciliation.loading import LeaseLost, Loading, Progress, quietly
from services.reconciliation.register import RegisterComparing
from services.reconciliation.reports import DayReport, counts_of, matched_of, report_of
from services.reconciliation.terms import BillDay, ChannelTerms
from services.reconciliation.trial import Trial
from services.reconciliation.waiting import (
    after_refusal,
    after_silence,
    again_at_register,
    not_ready,
)
from services.tasks import ask_people, end_task

log = logging.getLogger("clearway.reconciliation")

# Older money neither comes nor goes back; a slip of the finger must not begin decades of days.
OLDEST = timedelta(days=366)
# Trouble of our own: it passes, or somebody reads the log.
AFTER_TROUBLE = timedelta(minutes=5)


class NotOver(Exception):
    """The day is not over: whatever its bill says so far is not all of it."""


class TooLongAgo(Exception):
    """The day is more than a year ago."""


class Busy(Exception):
    """Somebody else is at a day of this channel just now."""


class NotConnected(Exception):
    """There is nobody to ask for this channel's bills."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """
    Reconciles days that are over. The same day again changes nothing.

    `db` lets statements take their time.
    """

    db: Database
    sources: Mapping[Channel, BillSource]
    terms: Mapping[Channel, ChannelTerms]
    days: Days
    loading: Loading
    healing: Healing
    comparing: Comparing
    register: RegisterComparing
    trial: Trial
    clock: Clock

    async def run_due(self) -> int:
        """Do every day that is due; how many there were."""
        return len([report async for report in self.due()])

    async def due(self, progress: Progress = quietly) -> AsyncIterator[DayReport]:
        """Do every day that is due, the earliest first."""
        await self.days.plan(self.sources)
        while (row := await self.days.claim_due(self.sources)) is not None:
            yield await self._run(row, progress)

    async def run_day(self, channel: Channel, day: date, progress: Progress = quietly) -> DayReport:
        """
        Do one day, due or not.

        :raises NotOver: if it is not over
        :raises TooLongAgo: if it was over a year ago
        :raises NotConnected: if nobody has its bill
        :raises Busy: if somebody else is at it
        """
        self._check(channel, day)
        if day >= legal_day(self.clock()):
            raise NotOver
        await self.days.plan([channel])
        await self.days.add(channel, day)
        row = await self.days.claim(channel, day)
        if row is None:
            raise Busy
        return await self._run(row, progress)

    async def try_day(self, channel: Channel, day: date, progress: Progress = quietly) -> DayReport:
        """
        Compare one day, over or not, and write nothing; nobody is asked about what is found.

        :raises TooLongAgo: if it was over a year ago
        :raises NotConnected: if nobody has its bill
        :raises BillNotReady, BadBill, UpstreamUnavailable: if there is no bill to compare
        """
        self._check(channel, day)
        if day > legal_day(self.clock()):
            raise BillNotReady
        row = await self.days.find(channel, day)
        is_loaded = row is not None and row["sha256"] is not None
        bill_day, source = self.day_of(channel, day), self.sources[channel]
        return await self.trial.run(bill_day, source, progress, is_loaded=is_loaded)

    def _check(self, channel: Channel, day: date) -> None:
        if channel not in self.sources:
            raise NotConnected
        if day < legal_day(self.clock()) - OLDEST:
            raise TooLongAgo

    async def _run(self, row: RowMapping, progress: Progress) -> DayReport:
        day = self.day_of(row["channel"], row["day"])
        reason: str | None = None
        try:
            reason = await self._loaded(day, row, progress)
            if reason is None:
                await self._compare(day)
                await self._done(day, row)
        except LeaseLost:
            reason = "somebody else is at it"
        except BadBill as bad:
            reason = str(bad)
            await self._refused(day, row, reason)
        except UpstreamUnavailable as failure:
            reason = f"the channel does not answer: {failure.reason.value}"
            log.warning("the bill %s did not come: %s", day.name, failure.reason.value)
            await self._wait(day, row, after_silence(day, row["checks"], self.clock()))
        except asyncio.CancelledError:
            # Whoever was told to stop leaves the day to the next.
            await self.days.put_back(row, self.clock())
            raise
        except Exception as error:
            # One day must not stop the others; it is done again from where it was.
            log.error("the bill %s could not be reconciled: %s", day.name, where(error))
            await self.days.put_back(row, self.clock() + AFTER_TROUBLE)
            raise
        return await self._report(day, reason)

    def day_of(self, channel: Channel, day: date) -> BillDay:
        """A day as the statements know it."""
        return BillDay(channel, day, self.terms.get(channel, ChannelTerms()))

    async def _loaded(self, day: BillDay, row: RowMapping, progress: Progress) -> str | None:
        """Have the lines in the database; why not, if not."""
        if row["sha256"] is not None:
            return None
        was_done = row["state"] is ReconciliationState.DONE
        source = self.sources[day.channel]
        try:
            raw = await source.fetch(day.day)
        except NoBill:
            is_given_up = self.clock() >= not_ready(day).given_up_at
            if was_done or is_given_up or not await self._has_ours(day):
                return None
            # It may only be early: it would say that all that is ours is missing.
            await self._wait(day, row, self._later(day))
            return "the channel has no bill, and we have payments or refunds of that day"
        except BillNotReady:
            await self._wait(day, row, self._later(day))
            return "the bill is not ready yet"
        with closing(raw.file):
            await self.loading.keep(day, raw)
            await self.loading.load(day, row, source, raw, progress)
        return None

    async def _compare(self, day: BillDay) -> None:
        await self.comparing.note_these(await self.healing.heal(day))
        days = {day} | await self.comparing.end_what_is_over(day)
        while days:
            for one in sorted(days, key=lambda one: one.day):
                await self.comparing.note(one)
            days = await self.comparing.end_what_is_over(day)

    async def _done(self, day: BillDay, row: RowMapping) -> None:
        """The bill counts; then the register is asked, which changes nothing about that."""
        now = self.clock()
        async with self.db.begin() as connection:
            outcome = TaskOutcome.CORRECTED_BY_OTHERS
            for kind in (TaskKind.BILL_REFUSED, TaskKind.BILL_MISSING):
                await end_task(connection, kind, day.name, outcome, now)
        await self.days.finish(row)
        part = await self.register.compare(day)
        again = again_at_register(day, now) if part.is_silent else None
        await self.days.put_back(
            row,
            again,
            decisions=part.decisions,
            confirmed=part.confirmed,
            not_asked=part.not_asked,
        )

    async def _refused(self, day: BillDay, row: RowMapping, doubt: str) -> None:
        """Nothing of it counts; the channel may make another."""
        log.error("the bill %s was refused: %s", day.name, doubt)
        now = self.clock()
        values = {"state": ReconciliationState.REFUSED, "doubt": doubt[:LONGEST_DOUBT]}
        async with self.db.begin() as connection:
            at = after_refusal(day, now)
            await connection.execute(release(ReconciliationDay, row, at, **values))
            await ask_people(connection, TaskKind.BILL_REFUSED, day.name, now)

    def _later(self, day: BillDay) -> datetime:
        return not_ready(day).next_at(self.clock())

    async def _wait(self, day: BillDay, row: RowMapping, at: datetime) -> None:
        now = self.clock()
        async with self.db.begin() as connection:
            await connection.execute(release(ReconciliationDay, row, at))
            if now >= not_ready(day).given_up_at:
                await ask_people(connection, TaskKind.BILL_MISSING, day.name, now)

    async def _has_ours(self, day: BillDay) -> bool:
        async with self.db.read() as connection:
            return bool(await connection.scalar(HAS_OURS, day.parameters))

    async def _report(self, day: BillDay, reason: str | None) -> DayReport:
        row = await self.days.find(day.channel, day.day)
        if row is None:
            raise RuntimeError("a day has gone")
        async with self.db.read() as connection:
            matched = await matched_of(connection, day)
            counts = await counts_of(connection, day)
        return report_of(row, matched, counts, reason)
