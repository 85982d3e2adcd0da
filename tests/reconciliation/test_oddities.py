"""Days that people ask for by mistake, and bills that come when nobody expects them any more."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from domain.bills import BillLine, BillNotReady
from domain.discrepancies import ReconciliationState
from domain.platforms import Channel
from gateways.bills import RawBill
from services.payment_channels import BillSource
from services.reconciliation.service import NotOver, TooLongAgo
from tests.reconciliation.days_past import instants
from tests.reconciliation.world import CHANNELS, DAY, NEXT, World

ALIPAY, WECHAT = CHANNELS


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_bill_after_the_channel_had_none(world: World, channel: Channel) -> None:
    """The channel said that nothing moved; asked again it has a bill, which counts."""
    world.morning_after(DAY)
    assert (await world.run(channel)).state is ReconciliationState.DONE
    past = world.past(channel)
    past.pay(next(instants(DAY)))
    await past.happen()
    world.morning_after(NEXT)

    report = await world.run(channel)

    assert (report.state, report.sums["payments"]) == (ReconciliationState.DONE, 1)
    assert await world.found() == set()
    before = await world.checksum()
    await world.run(channel)
    assert await world.checksum() == before
    await world.check_books()


@pytest.mark.parametrize("day", [date.min, date(1970, 1, 1), DAY - timedelta(days=366)])
async def test_a_day_more_than_a_year_ago_begins_nothing(world: World, day: date) -> None:
    world.morning_after(DAY)

    for run in (world.reconciliation.try_day, world.reconciliation.run_day):
        with pytest.raises(TooLongAgo):
            await run(WECHAT, day)

    assert await world.everything() == [(0, 0, 0, 0, 0, 0)]


@pytest.mark.parametrize("day", [date.max, NEXT + timedelta(days=1)])
async def test_a_day_that_has_not_begun_has_no_bill(world: World, day: date) -> None:
    world.morning_after(DAY)

    with pytest.raises(BillNotReady):
        await world.reconciliation.try_day(ALIPAY, day)
    with pytest.raises(NotOver):
        await world.reconciliation.run_day(ALIPAY, day)

    assert await world.everything() == [(0, 0, 0, 0, 0, 0)]


@dataclass(frozen=True, slots=True)
class Yesterdays:
    """A channel that sends the file of the day before."""

    source: BillSource

    async def fetch(self, day: date) -> RawBill:
        """The wrong file."""
        return replace(await self.source.fetch(day - timedelta(days=1)), day=day)

    def read(self, bill: RawBill) -> Iterator[BillLine]:
        """As it is."""
        return self.source.read(bill)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_bill_of_another_day_is_refused_whole(world: World, channel: Channel) -> None:
    past, times, after = world.past(channel), instants(DAY), instants(NEXT)
    for _ in range(3):
        past.pay(next(times))
        past.pay(next(after))
    await past.happen()
    world.morning_after(NEXT)
    await world.run(channel)
    known, confused = world.reconciliation, Yesterdays(world.reconciliation.sources[channel])

    report = await replace(known, sources={channel: confused}).run_day(channel, NEXT)

    assert report.state is ReconciliationState.REFUSED
    assert await world.found() == set()
    assert await world.open_tasks() == [("bill_refused", f"{channel}-{NEXT}")]
    assert (await world.run(channel, NEXT)).state is ReconciliationState.DONE
    assert (await world.found(), await world.open_tasks()) == (set(), [])
    await world.check_books()


@pytest.mark.parametrize("known", [True, False])
async def test_a_refund_that_failed_and_is_in_the_bill(world: World, known: bool) -> None:
    """WeChat Pay took it on and listed it, and for us it never was one."""
    past, times = world.past(WECHAT), instants(DAY)
    sold = past.pay(next(times))
    status = "failed" if known else "processing"
    refund = past.give_back(
        sold, next(times) + timedelta(minutes=5), status=status, refunded_at=None
    )
    await past.happen()
    world.morning_after(DAY)
    await world.run(WECHAT)
    if not known:
        assert await world.found() == set()
        at = world.clock().isoformat()
        await world.api.run(f"UPDATE refunds SET status = 'failed', ended_at = '{at}'")
        world.morning_after(NEXT)
        await world.run(WECHAT, NEXT)

    assert await world.found() == {("unknown_refund", refund.number, "open", -20_000)}
    await world.check_books()
    before = await world.checksum()
    await world.run(WECHAT)
    assert await world.checksum() == before


async def test_a_refund_that_wechat_pay_has_closed_stays_in_its_bill(world: World) -> None:
    """It said so itself: a bill is never changed afterwards, and nothing is unknown."""
    past, times = world.past(WECHAT), instants(DAY)
    sold = past.pay(next(times))
    past.give_back(sold, next(times) + timedelta(minutes=5), status="failed", refunded_at=None)
    await past.happen()
    await world.api.run("UPDATE refunds SET problem = 'closed'")
    world.morning_after(DAY)

    report = await world.run(WECHAT)

    assert (report.matched.refunds, await world.found()) == (1, set())
