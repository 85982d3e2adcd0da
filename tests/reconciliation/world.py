"""A world to be reconciled: real sandboxes, a real database, and days that went by."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from domain.platforms import Channel
from domain.times import start_of
from sandbox.city import City
from services.reconciliation.reports import DayReport
from services.reconciliation.service import Reconciliation
from tests.reconciliation.days_past import DaysPast
from tests.stack import (
    Api,
    Credentials,
    Json,
    Platforms,
    Register,
    TestClock,
    running_api,
    running_platforms,
    running_register,
    settings_for,
)

DAY = date(2026, 11, 3)
NEXT = DAY + timedelta(days=1)
CHANNELS = (Channel.ALIPAY, Channel.WECHAT)
FEE = 60
# Every row that a second run must not change.
CHECKSUM = """SELECT name, count(*), md5(string_agg(row, '|' ORDER BY row)) FROM (
  SELECT 'discrepancies' AS name, discrepancies::text AS row FROM discrepancies
  UNION ALL SELECT 'tasks', human_tasks::text FROM human_tasks
  UNION ALL SELECT 'events', task_events::text FROM task_events
  UNION ALL SELECT 'books', ledger_transactions::text FROM ledger_transactions
  UNION ALL SELECT 'entries', ledger_entries::text FROM ledger_entries
  UNION ALL SELECT 'lines', bill_lines::text FROM bill_lines
  UNION ALL SELECT 'files', raw_bill_parts::text FROM raw_bill_parts
) AS rows GROUP BY name ORDER BY name"""
# What has been written, however little of it.
EVERYTHING = """SELECT (SELECT count(*) FROM reconciliation_days),
  (SELECT count(*) FROM discrepancies), (SELECT count(*) FROM bill_lines),
  (SELECT count(*) FROM raw_bill_parts), (SELECT count(*) FROM human_tasks),
  (SELECT count(*) FROM ledger_transactions)"""
SUSPENSE = """SELECT (SELECT coalesce(-sum(amount_fen), 0) FROM ledger_entries
    WHERE account = 'suspense'),
  (SELECT coalesce(sum(suspense_fen), 0) FROM discrepancies)"""
# Both by what a channel has told: its bills, and what is ours and not in a bill yet.
CLEARING = """SELECT
  (SELECT coalesce(sum(amount_fen), 0) FROM ledger_entries WHERE account = '{0}_clearing'),
  (SELECT coalesce(sum(paid_fen - refunded_fen - fees_fen), 0) FROM reconciliation_days
    WHERE channel = '{0}')
  + (SELECT coalesce(sum(ours_fen), 0) FROM discrepancies
    WHERE channel = '{0}' AND state = 'waiting' AND kind = 'day_boundary')"""


@dataclass(slots=True)
class World:
    """Everything there is."""

    database_url: str
    clock: TestClock
    register: Register
    platforms: Platforms
    api: Api

    @property
    def reconciliation(self) -> Reconciliation:
        """What is tested."""
        return self.api.running.reconciliation

    def past(self, channel: Channel) -> DaysPast:
        """Days that nothing happened on yet."""
        return DaysPast(channel, self.platforms.url, self.platforms.http, self.database_url)

    def at(self, day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
        """Go to a time in China."""
        passed = timedelta(hours=hour, minutes=minute, seconds=second)
        self.clock.now = start_of(day) + passed
        return self.clock.now

    def morning_after(self, day: date) -> None:
        """Go to when bills are looked at."""
        self.at(day + timedelta(days=1), 10, 30)

    async def run(self, channel: Channel, day: date = DAY) -> DayReport:
        """Reconcile one day."""
        return await self.reconciliation.run_day(channel, day)

    async def found(self, where: str = "true") -> set[tuple[Json, ...]]:
        """Every discrepancy: kind, subject, state, what it has in suspense."""
        query = f"SELECT kind, subject, state, suspense_fen FROM discrepancies WHERE {where}"
        return set(await self.api.rows(query))

    async def open_tasks(self) -> list[tuple[Json, ...]]:
        """What people have to see to."""
        return await self.api.rows(
            "SELECT kind, subject FROM human_tasks WHERE closed_at IS NULL ORDER BY kind, subject"
        )

    async def check_books(self) -> None:
        """Suspense is what is open, and the clearing accounts are what the bills say."""
        [(booked, held)] = await self.api.rows(SUSPENSE)
        assert booked == held
        for channel in CHANNELS:
            [(clearing, bills)] = await self.api.rows(CLEARING.format(channel.value))
            assert clearing == bills, channel
        [(difference,)] = await self.api.rows("SELECT sum(amount_fen) FROM ledger_entries")
        assert not difference

    async def checksum(self) -> list[tuple[Json, ...]]:
        """What a second run must not change."""
        return await self.api.rows(CHECKSUM)

    async def everything(self) -> list[tuple[Json, ...]]:
        """How much there is of everything."""
        return await self.api.rows(EVERYTHING)


@asynccontextmanager
async def open_world(
    city: City, folder: Path, credentials: Credentials, database_url: str, **changed: Json
) -> AsyncIterator[World]:
    """Nothing has happened yet."""
    clock = TestClock(start_of(DAY) + timedelta(hours=9))
    async with AsyncExitStack() as stack:
        register = await stack.enter_async_context(running_register(city))
        platforms = await stack.enter_async_context(running_platforms(city, credentials, clock))
        fees = {"alipay_fee_per_ten_thousand": FEE, "wechat_pay_fee_per_ten_thousand": FEE}
        settings = settings_for(folder, register.url, platforms, **(fees | changed))
        api = await stack.enter_async_context(running_api(settings, database_url, clock))
        yield World(database_url, clock, register, platforms, api)
