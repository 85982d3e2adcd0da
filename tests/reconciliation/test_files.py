"""Bills that are not there yet, cannot be trusted, or come after a skipped night."""

from datetime import timedelta

import pytest

from domain.discrepancies import ReconciliationState
from domain.platforms import Channel
from tests.reconciliation.days_past import instants
from tests.reconciliation.world import CHANNELS, DAY, NEXT, World

ALIPAY, WECHAT = Channel.ALIPAY, Channel.WECHAT


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("what", ["truncated", "encoding"])
async def test_a_file_that_cannot_be_trusted_is_refused_whole(
    world: World, channel: Channel, what: str
) -> None:
    past, times = world.past(channel), instants(DAY)
    for _ in range(40):
        past.pay(next(times))
    past.spoil_bill(what, DAY)
    await past.happen()
    world.morning_after(DAY)

    report = await world.run(channel)

    assert report.state is ReconciliationState.REFUSED
    assert await world.open_tasks() == [("bill_refused", f"{channel}-{DAY}")]
    refused = "SELECT (SELECT count(*) FROM bill_lines), (SELECT count(*) FROM discrepancies)"
    assert await world.api.rows(refused) == [(0, 0)]
    fees = "SELECT * FROM ledger_transactions WHERE kind = 'fee'"
    assert await world.api.rows(fees) == []
    kept = await world.api.rows("SELECT sha256 FROM raw_bill_parts")
    assert len(kept) == 1
    past.wrong[DAY] = []
    await past.spoil_now(DAY)
    world.clock.advance(minutes=59)
    assert await world.reconciliation.run_due() == 0
    world.clock.advance(minutes=2)

    assert await world.reconciliation.run_due() == 1

    assert await world.open_tasks() == []
    assert await world.api.rows("SELECT count(*) FROM bill_lines") == [(40,)]
    assert len(await world.api.rows("SELECT sha256 FROM raw_bill_parts")) == 2
    assert await world.api.rows("SELECT state, doubt FROM reconciliation_days") == [("done", None)]
    await world.check_books()


async def test_a_bill_of_another_merchant_is_refused_whole(world: World) -> None:
    past, times = world.past(ALIPAY), instants(DAY)
    for _ in range(3):
        past.pay(next(times))
    past.spoil_bill("merchant", DAY)
    await past.happen()
    world.morning_after(DAY)

    report = await world.run(ALIPAY)

    assert (report.state, report.reason) == (
        ReconciliationState.REFUSED,
        "not one line is of this merchant",
    )


async def test_what_was_kept_is_sealed_and_opens_again(world: World) -> None:
    past = world.past(ALIPAY)
    past.pay(next(instants(DAY)))
    await past.happen()
    world.morning_after(DAY)

    await world.run(ALIPAY)

    [(sha256, sealed)] = await world.api.rows("SELECT sha256, sealed FROM raw_bill_parts")
    vault = world.reconciliation.loading.vault
    named = f"bill alipay-{DAY} {sha256} 1"
    assert vault.open_bytes(sealed, belongs_to=named).startswith(b"PK")


async def test_skipped_nights_are_caught_up_in_their_order(world: World) -> None:
    past = world.past(WECHAT)
    days = [DAY + timedelta(days=place) for place in range(4)]
    # Nothing moved on the third.
    for day in (days[0], days[1], days[3]):
        past.pay(next(instants(day)))
    await past.happen()
    world.morning_after(days[-1])

    done = [report async for report in world.reconciliation.due()]

    assert [(one.day, one.state, one.sums["payments"]) for one in done] == [
        (day, ReconciliationState.DONE, payments)
        for day, payments in zip(days, (1, 1, 0, 1), strict=True)
    ]
    assert await world.found() == set()
    assert await world.reconciliation.run_due() == 0
    await world.check_books()


async def test_a_day_long_ago_brings_no_others(world: World) -> None:
    past = world.past(WECHAT)
    past.pay(next(instants(DAY)))
    await past.happen()
    world.morning_after(DAY)

    await world.run(WECHAT, DAY - timedelta(days=30))

    assert await world.reconciliation.run_due() == 1
    rows = await world.api.rows("SELECT day, state FROM reconciliation_days ORDER BY day")
    assert rows == [(DAY - timedelta(days=30), "done"), (DAY, "done")]


async def test_before_ten_nobody_asks_and_then_until_it_is_there(world: World) -> None:
    past = world.past(ALIPAY)
    past.pay(next(instants(DAY)))
    await past.happen()
    world.at(NEXT, 10, 14)
    assert await world.reconciliation.run_due() == 0
    # Earlier than the channel is ready.
    world.at(NEXT, 9)

    report = await world.run(ALIPAY)

    assert (report.state, report.reason) == (
        ReconciliationState.WAITING,
        "the bill is not ready yet",
    )
    assert await world.open_tasks() == []
    world.at(NEXT, 9, 29)
    assert await world.reconciliation.run_due() == 0
    world.at(NEXT, 10, 30)
    assert await world.reconciliation.run_due() == 1
    assert await world.api.rows("SELECT state FROM reconciliation_days") == [("done",)]


async def test_no_bill_is_not_believed_for_two_days_if_we_were_paid(world: World) -> None:
    past = world.past(ALIPAY)
    sold = past.pay(next(instants(DAY)), there=False)
    await past.happen()
    world.morning_after(DAY)

    report = await world.run(ALIPAY)

    assert report.state is ReconciliationState.WAITING
    assert await world.found() == set()
    world.at(NEXT + timedelta(days=2), 11)

    [report] = [one async for one in world.reconciliation.due() if one.day == DAY]

    assert report.state is ReconciliationState.DONE
    assert await world.found() == {("payment_missing", sold.number, "open", -20_000)}


async def test_a_channel_that_never_tells_becomes_a_task(world: World) -> None:
    past = world.past(WECHAT)
    past.pay(next(instants(DAY)))
    await past.happen()
    await world.platforms.switch_paying("WECHAT", "unavailable")
    world.at(NEXT + timedelta(days=2), 1)

    report = await world.run(WECHAT)

    assert report.state is ReconciliationState.WAITING
    assert await world.open_tasks() == [("bill_missing", f"wechat-{DAY}")]
    await world.platforms.calm_paying("WECHAT")

    await world.run(WECHAT)

    assert await world.open_tasks() == []
