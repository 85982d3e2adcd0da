"""What the machine and the races have found: each once more, as small as it can be."""

import asyncio
from datetime import timedelta

import pytest

from sandbox.city import Person
from tests.exactly_once.leases import until_leased
from tests.graphql.paying import Payer, payer_of, settled
from tests.stack import Api, Json, Platforms, Register, TestClock

BEGIN = {"ALIPAY": "alipay.trade.create", "WECHAT": "jsapi"}
QUERY = {"ALIPAY": "alipay.trade.query", "WECHAT": "query"}
TASKS = "SELECT kind, subject FROM human_tasks"
STANDING = "SELECT status, next_check_at FROM payments"
REFUSAL = {"ALIPAY": "create-refused", "WECHAT": "account-abnormal"}


@pytest.fixture(params=["ALIPAY", "WECHAT"])
async def either(
    request: pytest.FixtureRequest,
    api: Api,
    platforms: Platforms,
    register: Register,
    citizen: Person,
) -> Payer:
    """The same person, in one mini-program and in the other."""
    return await payer_of(api, platforms, register, citizen, request.param, handled=2)


async def test_what_will_not_be_closed_does_not_expire(
    api: Api, platforms: Platforms, register: Register, citizen: Person, clock: TestClock
) -> None:
    """The channel refuses to close because it was paid, and its query does not know it yet."""
    payer = await payer_of(api, platforms, register, citizen, "WECHAT")
    owed = await payer.decisions()
    payment = await payer.begun(owed[0]["id"])
    await platforms.switch_paying("WECHAT", "notice-lost", method="notice")
    await payer.tap_pay(payment)
    await platforms.switch_paying("WECHAT", "query-absent", method="query")

    clock.advance(minutes=16)
    await api.running.chores.sweep()

    await payer.phone.renew()
    assert (await payer.show(payment["id"]))["status"] == "UNKNOWN"
    await platforms.calm_paying("WECHAT")
    clock.advance(minutes=1)
    await api.running.chores.sweep()
    assert (await payer.show(payment["id"]))["status"] == "PAID"


async def test_a_refusal_of_what_was_begun_before_is_not_the_end(
    api: Api, either: Payer, clock: TestClock
) -> None:
    """The answer to the first order was lost, and the trade is open; the second is refused."""
    owed = await either.decisions()
    channel = either.phone.channel
    await either.platforms.switch_paying(channel, "drop-after", method=BEGIN[channel], times=1)
    payment = await either.begun(owed[0]["id"], key="the-same-key")
    await either.platforms.switch_paying(channel, REFUSAL[channel], method=BEGIN[channel])

    await either.create(owed[0]["id"], key="the-same-key")

    # Somebody can pay it, so nobody may be asked to pay this fine another time.
    another = await either.create(owed[0]["id"])
    assert [one["code"] for one in another["refusals"]] == ["PAYING_ELSEWHERE"]
    await either.platforms.switch_paying(channel, "notice-lost", method="notice")
    await either.tap_pay(payment)
    clock.advance(minutes=1)
    await api.running.chores.sweep()
    assert (await either.show(payment["id"]))["status"] == "PAID"


async def test_one_that_cannot_be_seen_to_stops_no_other(
    api: Api, either: Payer, clock: TestClock
) -> None:
    """The payer of one payment cannot be read; the others that are due with it are seen to."""
    owed = await either.decisions()
    channel = either.phone.channel
    begin = BEGIN[channel]
    await either.platforms.switch_paying(channel, "drop-before", method=begin, times=1)
    broken = await either.begun(owed[0]["id"])
    payment = await either.begun(owed[1]["id"])
    await api.run(f"UPDATE payments SET sealed = '' WHERE number = '{broken['number']}'")
    await either.platforms.switch_paying(channel, "notice-lost", method="notice")
    await either.tap_pay(payment)

    clock.advance(minutes=1)
    await api.running.chores.sweep()

    assert (await settled(either, payment))["status"] == "PAID"
    assert len(await either.register.writes()) == 1


async def test_a_refusal_that_is_not_about_the_payer_has_words(
    api: Api, platforms: Platforms, register: Register, citizen: Person
) -> None:
    """We have come to a limit of ours at the channel; it is no internal error."""
    payer = await payer_of(api, platforms, register, citizen, "WECHAT")
    owed = await payer.decisions()
    await platforms.switch_paying("WECHAT", "rule-limit", method="jsapi")

    result = await payer.create(owed[0]["id"])

    assert [one["code"] for one in result["refusals"]] == ["PAYMENT_REFUSED"]
    assert await api.rows("SELECT status FROM payments") == [("failed",)]
    await platforms.calm_paying("WECHAT")
    assert (await payer.begun(owed[0]["id"]))["status"] == "AWAITING"


async def test_what_nobody_answers_about_is_asked_about_daily(
    api: Api, either: Payer, clock: TestClock
) -> None:
    """After 25 hours it is a task for people; days later the channel answers, and it ends."""
    owed = await either.decisions()
    channel = either.phone.channel
    payment = await either.begun(owed[0]["id"])
    await either.platforms.switch_paying(channel, "notice-lost", method="notice")
    await either.tap_pay(payment)
    await either.platforms.switch_paying(channel, "drop-before", method=QUERY[channel])

    for hours in (0.1, 0.1, 0.1, 0.1, 0.1, 26):
        assert await api.rows(TASKS) == []
        clock.advance(hours=hours)
        await api.running.chores.sweep()

    assert await api.rows(TASKS) == [("payment_unknown", payment["number"])]
    for _ in range(3):
        assert await api.rows(STANDING) == [("unknown", clock.now + timedelta(days=1))]
        clock.advance(days=1)
        await api.running.chores.sweep()
    await either.platforms.calm_paying(channel)
    clock.advance(days=1)
    await api.running.chores.sweep()
    assert await api.rows(STANDING) == [("paid", None)]
    assert await api.rows(TASKS) == [("payment_unknown", payment["number"])]


@pytest.mark.parametrize(("wish", "end"), [("cancel", "cancelled"), ("doubted notice", "paid")])
async def test_a_wish_during_a_lease_holds(
    api: Api, either: Payer, clock: TestClock, wish: str, end: str
) -> None:
    """Whoever asks the channel just then knows nothing of it, and gives the payment back."""
    owed = await either.decisions()
    channel, platforms = either.phone.channel, either.platforms
    payment = await either.begun(owed[0]["id"])
    clock.advance(minutes=1)
    slow: Json = {"method": QUERY[channel], "times": 1, "parameters": {"seconds": 0.4}}
    await platforms.switch_paying(channel, "slow", **slow)
    await platforms.switch_paying(channel, "query-lags", method=QUERY[channel], times=1)

    asking = asyncio.create_task(api.running.paying.checks.sweep())
    await until_leased(api)
    clock.advance(seconds=1)
    if wish == "cancel":
        await either.cancel(payment["id"])
    else:
        await platforms.switch_paying(channel, "notice-early", method="notice")
        await platforms.switch_paying(channel, "notice-amount", method="notice")
        await either.tap_pay(payment)
    assert not asking.done()
    await asking

    assert await api.rows(STANDING) == [("awaiting", clock.now)]
    await api.running.chores.sweep()
    assert await api.rows(STANDING) == [(end, None)]


async def test_a_channel_that_has_forgotten_is_not_believed_at_once(
    api: Api, platforms: Platforms, register: Register, citizen: Person, clock: TestClock
) -> None:
    """It gave us its handle; that it knows nothing when it has closed is believed 10 min later."""
    payer = await payer_of(api, platforms, register, citizen, "WECHAT")
    owed = await payer.decisions()
    await payer.begun(owed[0]["id"])
    await platforms.switch_paying("WECHAT", "query-absent", method="query")

    statuses = []
    for wait in (timedelta(minutes=15), timedelta(minutes=9, seconds=59), timedelta(minutes=2)):
        clock.now += wait
        await api.running.chores.sweep()
        statuses += await api.rows("SELECT status FROM payments")

    assert statuses == [("unknown",), ("unknown",), ("expired",)]
