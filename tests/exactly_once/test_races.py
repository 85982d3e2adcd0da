"""Many at once, for the same payment: whoever is faster, it settles once."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from domain.failures import TryLater
from runtime.migrations import migrate
from runtime.postgres import EmbeddedPostgres
from sandbox.city import Person
from tests.exactly_once.evidence import CHANNELS, Evidence
from tests.exactly_once.leases import until_leased
from tests.graphql.paying import Payer, payer_of, settled
from tests.graphql.phones import Phone
from tests.runtime.postgres_trials import kill, postgres_in, processes_in, trial_folder
from tests.stack import (
    PAYING,
    Api,
    Json,
    Platforms,
    Register,
    TestClock,
    running_api,
    settings_for,
)

EITHER = pytest.mark.parametrize("channel", CHANNELS)
ROUNDS = 15
WAITING = "SELECT 1 FROM pg_locks WHERE relation = 'payments'::regclass AND NOT granted"
# From the first notice to the death of the database.
MILLISECONDS = (8, 15, 22, 30, 60)


@pytest.fixture
async def second(
    api: Api, database_url: str, platforms: Platforms, clock: TestClock
) -> AsyncIterator[Api]:
    """Another process on the same database; notices go to one and the other in turn."""
    async with running_api(api.settings, database_url, clock) as one:
        platforms.receivers.append(one.http)
        yield one


@pytest.fixture
async def payer(api: Api, platforms: Platforms, register: Register, citizen: Person) -> Payer:
    return await payer_of(api, platforms, register, citizen, handled=2)


async def the_truth(payer: Payer, database_url: str) -> Evidence:
    """What really happened, and what we have of it."""
    money = {one: await payer.platforms.money(one) for one in CHANNELS}
    evidence = Evidence.of(database_url, money, await payer.register.writes())
    evidence.check()
    return evidence


async def swept(clock: TestClock, *apis: Api) -> None:
    """Workers sweep at the same time, whenever something may be due, for half an hour."""
    for _ in range(15):
        clock.advance(minutes=2)
        await asyncio.gather(*(one.running.chores.sweep() for one in apis))


@EITHER
async def test_notices_at_two_processes_at_once(
    api: Api,
    second: Api,
    platforms: Platforms,
    register: Register,
    citizen: Person,
    clock: TestClock,
    database_url: str,
    channel: str,
) -> None:
    payer = await payer_of(api, platforms, register, citizen, channel)
    payment = await payer.begun(*(one["id"] for one in await payer.decisions()))
    await platforms.switch_paying(channel, "notice-duplicate", method="notice")

    await payer.tap_pay(payment)
    wrong: list[Json] = [{"signature": "wrong"}, {"merchant": "other"}, {"amountFen": 1}]
    await asyncio.gather(
        *(platforms.notify(channel, payment["number"], times=5, parallel=True) for _ in range(3)),
        *(platforms.notify(channel, payment["number"], **one) for one in wrong),
    )

    await swept(clock, api, second)
    (await the_truth(payer, database_url)).check_end()
    assert await api.rows("SELECT status FROM payments") == [("paid",)]


@pytest.mark.parametrize("scenario", ["pays-at-once", "notice-early"])
async def test_a_notice_before_the_answer(
    api: Api,
    payer: Payer,
    clock: TestClock,
    database_url: str,
    scenario: str,
) -> None:
    """It is paid, and told five times, before we know that it was begun."""
    owed = await payer.decisions()
    method = "alipay.trade.create" if scenario == "pays-at-once" else "notice"
    await payer.platforms.switch_paying("ALIPAY", "notice-duplicate", method="notice")
    await payer.platforms.switch_paying("ALIPAY", scenario, method=method)

    payment = await payer.begun(owed[0]["id"])
    if scenario == "notice-early":
        await payer.tap_pay(payment)

    shown = await payer.show(payment["id"])
    assert (shown["status"], shown["clientAction"]) == ("PAID", None)
    await swept(clock, api)
    (await the_truth(payer, database_url)).check_end()


@EITHER
async def test_paying_giving_up_telling_and_sweeping_at_once(
    api: Api,
    second: Api,
    platforms: Platforms,
    register: Register,
    citizen: Person,
    clock: TestClock,
    database_url: str,
    channel: str,
) -> None:
    """Everything about one payment at the same time, in one round after the other."""
    payer = await payer_of(api, platforms, register, citizen, channel, handled=2)
    owed = [one["id"] for one in await payer.decisions()]
    chance = Random(7)
    statuses: list[str] = []
    for number in range(ROUNDS):
        payment = await payer.begun(owed[0])
        # The last seconds, the instant of expiry, and any time between.
        clock.advance(seconds=[30, 899, 900][number % 3])
        payer.phone.access = api.token(citizen)
        doings = [
            _tap_pay(payer, payment),
            payer.cancel(payment["id"]) if number % 3 == 0 else asyncio.sleep(0),
            api.running.chores.sweep(),
            second.running.chores.sweep(),
            api.running.chores.sweep(),
        ]
        await asyncio.gather(*(_soon(chance, doing) for doing in doings))
        await the_truth(payer, database_url)
        await swept(clock, api, second)
        payer.phone.access = api.token(citizen)
        statuses.append((await payer.show(payment["id"]))["status"])
        if statuses[-1] == "PAID":
            owed.pop(0)
        if not owed:
            break
    (await the_truth(payer, database_url)).check_end()
    assert set(statuses) <= {"PAID", "CANCELLED", "EXPIRED"}


async def _soon(chance: Random, doing: Coroutine[Any, Any, Any]) -> None:
    """Some milliseconds later."""
    await asyncio.sleep(chance.uniform(0, 0.02))
    await doing


async def _tap_pay(payer: Payer, payment: Json) -> None:
    """Pay, unless it has just been closed."""
    url = f"{payer.platforms.url}/{PAYING[payer.phone.channel]}/control/pay"
    body = {"outTradeNo": payment["number"]}
    async with payer.platforms.http.post(url, json=body) as response:
        assert response.status in (200, 409)


async def test_two_workers_share_the_work(
    api: Api, second: Api, payer: Payer, clock: TestClock, database_url: str
) -> None:
    """Five payments due at once: each is asked about once, and each report is made once."""
    owed = await payer.decisions()
    await payer.platforms.switch_paying("ALIPAY", "notice-lost", method="notice")
    for one in owed:
        await payer.tap_pay(await payer.begun(one["id"]))
    asked = await payer.platforms.calls("ALIPAY", "alipay.trade.query")
    await payer.register.forget_calls()
    clock.advance(minutes=1)

    await asyncio.gather(*(one.running.paying.checks.sweep() for one in [api, second] * 4))
    await asyncio.gather(*(one.running.paying.write_backs.sweep() for one in [api, second] * 4))

    assert await payer.platforms.calls("ALIPAY", "alipay.trade.query") - asked == len(owed) == 5
    assert (await payer.register.calls())["04C57"] == 5
    (await the_truth(payer, database_url)).check_end()


@EITHER
@pytest.mark.parametrize("finish", ["paid", "cancelled", "still open"])
async def test_a_worker_whose_lease_has_ended(
    api: Api,
    second: Api,
    platforms: Platforms,
    register: Register,
    citizen: Person,
    clock: TestClock,
    database_url: str,
    channel: str,
    finish: str,
) -> None:
    """It waits for the channel so long that another has taken over; what it says late is late."""
    payer = await payer_of(api, platforms, register, citizen, channel)
    owed = await payer.decisions()
    payment = await payer.begun(owed[0]["id"])
    await platforms.switch_paying(channel, "notice-lost", method="notice")
    query = "alipay.trade.query" if channel == "ALIPAY" else "query"
    clock.advance(seconds=10)
    parameters = {"seconds": 0.6}
    await platforms.switch_paying(channel, "slow", method=query, times=1, parameters=parameters)

    slow = asyncio.create_task(api.running.paying.checks.sweep())
    await until_leased(api)
    clock.advance(seconds=46)
    if finish == "paid":
        await payer.tap_pay(payment)
    if finish == "cancelled":
        await payer.cancel(payment["id"])
    await second.running.paying.checks.sweep()
    before = await api.rows("SELECT status, next_check_at, checks, lease_id FROM payments")
    assert not slow.done()
    await slow

    assert await api.rows("SELECT status, next_check_at, checks, lease_id FROM payments") == before
    await swept(clock, api)
    (await the_truth(payer, database_url)).check_end()


async def test_the_first_is_paid_while_the_second_still_asks_the_register(
    api: Api, payer: Payer, clock: TestClock, database_url: str
) -> None:
    """The same request twice: the second finds it paid, by itself, and is no refusal."""
    owed = (await payer.decisions())[0]["id"]
    async with api.running.db.begin() as connection:
        await connection.execute(text("LOCK TABLE payments IN SHARE ROW EXCLUSIVE MODE"))
        first = asyncio.create_task(payer.begun(owed, key="the-same-key"))
        while not await api.rows(WAITING):
            assert not first.done()
            await asyncio.sleep(0.01)
        # What the first has just read is too old for the second.
        clock.advance(seconds=1)
        await payer.register.switch("slow", times=1, parameters={"seconds": 0.9})
        second = asyncio.create_task(payer.create(owed, key="the-same-key"))
        await asyncio.sleep(0.3)
    payment = await first
    await payer.tap_pay(payment)
    await settled(payer, payment)
    result = await second

    assert result["__typename"] == "CreatePaymentSuccess", result
    assert result["payment"]["id"] == payment["id"]
    (await the_truth(payer, database_url)).check()


async def test_fifty_overlapping_baskets_at_once(
    api: Api, second: Api, payer: Payer, clock: TestClock, database_url: str
) -> None:
    """[A, B], [B, A], [B, C] …: nobody waits for each other for ever, one of a kind wins."""
    owed = [one["id"] for one in await payer.decisions()]
    baskets = [[owed[0], owed[1]], [owed[1], owed[0]], [owed[1], owed[2]], owed, owed[::-1]]
    phone = Phone(second, payer.platforms, payer.phone.person, access=payer.phone.access)
    phones = [payer, Payer(phone, payer.register)]

    results = await asyncio.gather(
        *(phones[place % 2].create(*baskets[place % 5]) for place in range(50))
    )

    kinds = [one["__typename"] for one in results]
    assert set(kinds) == {"CreatePaymentSuccess", "Refused"}
    codes = {r["code"] for one in results if "refusals" in one for r in one["refusals"]}
    assert codes == {"PAYING_ELSEWHERE"}
    assert await api.rows(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ) == [(0,)]
    await the_truth(payer, database_url)
    await swept(clock, api)
    (await the_truth(payer, database_url)).check_end()


async def test_without_any_job_everything_ends(
    api: Api, payer: Payer, clock: TestClock, database_url: str
) -> None:
    """The queue's tables are emptied whenever somebody has written to them."""
    owed = await payer.decisions()
    await payer.platforms.switch_paying("ALIPAY", "notice-lost", method="notice")
    payments = [await payer.begun(one["id"]) for one in owed]
    await payer.tap_pay(payments[0])
    await payer.tap_pay(payments[1])
    await payer.cancel(payments[2]["id"])

    for _ in range(15):
        await api.run("TRUNCATE procrastinate_jobs, procrastinate_events CASCADE")
        clock.advance(minutes=2)
        await api.running.chores.sweep()

    (await the_truth(payer, database_url)).check_end()
    statuses = await api.rows("SELECT status FROM payments ORDER BY status")
    assert [one for (one,) in statuses] == ["cancelled", "expired", "expired", "paid", "paid"]


@pytest.fixture
def mortal(trial: Path) -> Iterator[EmbeddedPostgres]:
    """A database server that a test may kill."""
    with trial_folder() as folder:
        server = postgres_in(folder).start()
        migrate(server.url)
        yield server
        server.stop()


async def test_the_database_dies_while_notices_come_in(
    trial: Path,
    mortal: EmbeddedPostgres,
    register: Register,
    platforms: Platforms,
    citizen: Person,
    clock: TestClock,
) -> None:
    """What was acknowledged is there when it runs again; what was not is told again, and counts."""
    settings = settings_for(trial, register.url, platforms)
    async with running_api(settings, mortal.url, clock) as api:
        platforms.receivers.append(api.http)
        payer = await payer_of(api, platforms, register, citizen, handled=2)
        await platforms.switch_paying("ALIPAY", "notice-lost", method="notice")
        for milliseconds, owed in zip(MILLISECONDS, await payer.decisions(), strict=False):
            payment = await payer.begun(owed["id"])
            await payer.tap_pay(payment)

            answers, _ = await asyncio.gather(
                _told_often(platforms, payment["number"]), _killed(mortal, milliseconds)
            )
            await asyncio.to_thread(mortal.start)

            status = await _status(api, payment["number"])
            assert status == "paid" or not any(answers)
            await platforms.notify("ALIPAY", payment["number"], times=5, parallel=True)
            assert await _status(api, payment["number"]) == "paid"
            await the_truth(payer, mortal.url)
        await swept(clock, api)
        (await the_truth(payer, mortal.url)).check_end()


async def _told_often(platforms: Platforms, number: str) -> list[bool]:
    """Twenty notices, four at a time; whether they were acknowledged."""
    answers: list[bool] = []
    for _ in range(5):
        some = await platforms.notify("ALIPAY", number, times=4, parallel=True)
        answers += [one["acknowledged"] for one in some]
    return answers


async def _killed(server: EmbeddedPostgres, milliseconds: int) -> None:
    await asyncio.sleep(milliseconds / 1000)
    kill(*processes_in(server.root))


async def _status(api: Api, number: str) -> str:
    """A connection from before the crash is given up; the next one is good."""
    for _ in range(10):
        with suppress(TryLater):
            [(status,)] = await api.rows(f"SELECT status FROM payments WHERE number = '{number}'")
            return str(status)
    raise AssertionError("the database does not come back")
