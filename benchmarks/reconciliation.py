"""
Whether the reconciliation finds everything and nothing else, how fast, and in how much memory.

    .venv/bin/python -m benchmarks.reconciliation [--clean 100000] [--each 100] [--rows 300000]

Each channel gets a day of clean rows with so many discrepancies of every kind, put there through
the sandbox and our tables; then files that are cut or re-encoded; then a long clean day, which must
be done in 5 minutes and 300 MB. Ends with 1 if something was missed, was found that was not there,
changed in a second run, or took too much.
"""

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import psycopg

from benchmarks.reconciliation_stack import CITIZENS, SEED, Measured, Stack, running
from cli.cities import make_city
from domain.platforms import Channel
from domain.times import legal_day, utc_now
from runtime.databases import embedded
from runtime.migrations import migrate
from runtime.settings import Profile, Settings
from tests.reconciliation.days_past import DaysPast
from tests.reconciliation.injecting import Injecting
from tests.reconciliation.world import CHECKSUM, CLEARING, EVERYTHING, SUSPENSE
from tests.runtime.postgres_trials import trial_folder

PORT = 8990
MOST_SECONDS, MOST_MB = 300.0, 300.0
# No two rows at one instant, and all of them within the day.
STEP = 54_000.0
FOUND = "SELECT kind, subject, state, suspense_fen FROM discrepancies WHERE channel = %s"
NOT_LISTED = "SELECT count(*) FROM bill_lines WHERE channel = %s AND day = %s"
DAY_STATE = "SELECT state, doubt FROM reconciliation_days WHERE channel = %s AND day = %s"


@dataclass(slots=True)
class Judge:
    """Looks at what came of it. `is_right` is false once something was wrong."""

    stack: Stack
    http: aiohttp.ClientSession
    is_right: bool = True

    def check(self, holds: bool, what: str) -> None:
        """Say what was looked at, and whether it was right."""
        self.is_right = self.is_right and holds
        say(f"  {'ok' if holds else 'WRONG'}: {what}")

    def past(self, channel: Channel) -> DaysPast:
        """Days that nothing happened on yet."""
        url = self.stack.sandbox_url
        return DaysPast(channel, url, self.http, self.stack.database_url)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What is in the database."""
        url = self.stack.database_url.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(url) as connection:
            return connection.execute(query, values or None).fetchall()

    async def run(self, channel: Channel, day: date) -> Measured:
        """Reconcile one day in a process of its own."""
        return await asyncio.to_thread(self.stack.reconcile, channel, day)

    def check_books(self) -> None:
        """Suspense is what is open, clearing is what the bills say."""
        [(booked, held)] = self.rows(SUSPENSE)
        self.check(booked == held, f"suspense {booked} fen, open discrepancies {held} fen")
        for channel in Channel:
            [(clearing, bills)] = self.rows(CLEARING.format(channel.value))
            self.check(clearing == bills, f"{channel}: clearing {clearing} fen, bills {bills} fen")


async def every_kind(judge: Judge, channel: Channel, day: date, clean: int, each: int) -> None:
    """All that was put there is found as what it is, nothing else is, and again nothing changes."""
    past = judge.past(channel)
    step = STEP / (clean * 1.1 + each * 40)
    injected = Injecting.of(past, day, make_city(SEED, CITIZENS), step)
    injected.clean(clean)
    injected.each_kind(each)
    await past.happen()
    measured = await judge.run(channel, day)
    found = set(judge.rows(FOUND, channel.value))
    say(f"{channel}: {clean} clean rows, {len(injected.expected)} discrepancies: {measured}")
    missed, false = injected.expected - found, found - injected.expected
    judge.check(not missed, f"{len(injected.expected)} found, {len(missed)} missed")
    judge.check(not false, f"{len(false)} false alarms")
    for one in [*sorted(missed)[:3], *sorted(false)[:3]]:
        say(f"    {one}")
    judge.check_books()
    before = judge.rows(CHECKSUM)
    again = await judge.run(channel, day)
    judge.check(judge.rows(CHECKSUM) == before, f"a second run changes nothing: {again}")


async def bad_files(judge: Judge, channel: Channel, day: date) -> None:
    """A file that is cut or re-encoded is refused whole; the right one is taken afterwards."""
    past = judge.past(channel)
    injected = Injecting.of(past, day, make_city(SEED, CITIZENS))
    injected.clean(1000)
    past.spoil_bill("truncated", day)
    await past.happen()
    for what in ("truncated", "encoding", "totals"):
        past.wrong[day] = [("", {"what": what})]
        await past.spoil_now(day)
        await judge.run(channel, day)
        [(lines,)] = judge.rows(NOT_LISTED, channel.value, day)
        [(state, doubt)] = judge.rows(DAY_STATE, channel.value, day)
        judge.check((lines, state) == (0, "refused"), f"{channel}, {what}: {doubt}")
    past.wrong[day] = []
    await past.spoil_now(day)
    await judge.run(channel, day)
    [(state, _)] = judge.rows(DAY_STATE, channel.value, day)
    judge.check(state == "done", f"{channel}, the right file: {state}")


async def long_day(judge: Judge, day: date, rows: int) -> None:
    """A long day is done in time."""
    past = judge.past(Channel.ALIPAY)
    injected = Injecting.of(past, day, make_city(SEED, 60), STEP / rows)
    injected.clean(rows * 10 // 11)
    await past.happen()
    [before] = judge.rows(EVERYTHING)
    measured = await judge.run(Channel.ALIPAY, day)
    [after] = judge.rows(EVERYTHING)
    lines = after[2] - before[2]
    say(f"{lines} rows: {measured}; {lines / measured.wall_seconds:.0f} rows/s")
    judge.check(after[1] == before[1], "no discrepancy")
    judge.check(measured.wall_seconds <= MOST_SECONDS, f"at most {MOST_SECONDS:.0f} s")
    judge.check(measured.peak_mb <= MOST_MB, f"at most {MOST_MB:.0f} MB")


async def judged(folder: Path, database_url: str, options: argparse.Namespace) -> bool:
    """Do all of it."""
    today = legal_day(utc_now())
    days = [today - timedelta(days=back) for back in (12, 9, 6)]
    async with running(folder, database_url, PORT) as stack, aiohttp.ClientSession() as http:
        judge = Judge(stack, http)
        if options.clean:
            for channel in Channel:
                await every_kind(judge, channel, days[0], options.clean, options.each)
            for channel in Channel:
                await bad_files(judge, channel, days[1])
        if options.rows:
            await long_day(judge, days[2], options.rows)
        return judge.is_right


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser(description="Everything found, nothing else, and how fast.")
    parser.add_argument("--clean", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--rows", type=int, default=300_000)
    options = parser.parse_args()
    began = time.perf_counter()
    with trial_folder() as folder:
        postgres = embedded(Settings(profile=Profile.DEV, data_dir=folder)).start()
        try:
            migrate(postgres.url)
            is_right = asyncio.run(judged(folder, postgres.url, options))
        finally:
            postgres.stop()
    verdict = "All is right" if is_right else "SOMETHING IS WRONG"
    say(f"{verdict} ({time.perf_counter() - began:.0f} s)")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
