"""The day's quota, counted by several processes at the same moment."""

import asyncio

from models.database import Database
from services.quotas import ASK_AGAIN_AFTER, QuotaService
from tests.stack import TestClock

LIMIT = 25


async def test_never_more_than_the_limit_however_many_ask_at_once(
    database_url: str, clock: TestClock
) -> None:
    databases = [Database(database_url) for _ in range(2)]
    services = [QuotaService(db, clock, LIMIT) for db in databases]

    taken = await asyncio.gather(*(services[n % 2].take("04C03") for n in range(3 * LIMIT)))
    others = [await services[0].take("02C06")]
    clock.advance(days=1)
    others.append(await services[1].take("04C03"))

    assert sum(taken) == LIMIT
    assert others == [True, True]
    for db in databases:
        await db.close()


async def test_what_the_register_says_counts_before_our_own_count(
    database_url: str, clock: TestClock
) -> None:
    db = Database(database_url)
    quota = QuotaService(db, clock, LIMIT)
    assert await quota.take("04C03")
    # The server compares with its own time, and that is ahead of the test's clock.
    clock.advance(days=365)
    await quota.exhausted("04C03")

    assert not await quota.take("04C03")
    assert await quota.take("02C06")

    clock.advance(seconds=-ASK_AGAIN_AFTER.total_seconds(), days=-365)
    assert await quota.take("04C03")
    await db.close()
