"""Looking at a day without writing, runs that die, and runs at the same time."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from domain.bills import BadBill
from domain.discrepancies import DiscrepancyKind, DiscrepancyState, ReconciliationState
from domain.platforms import Channel
from services.reconciliation.days import LEASE
from services.reconciliation.service import Busy, NotConnected, NotOver
from tests.reconciliation.days_past import instants
from tests.reconciliation.injecting import Injecting
from tests.reconciliation.world import CHANNELS, DAY, World

ALIPAY = Channel.ALIPAY


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_dry_run_writes_nothing(world: World, channel: Channel) -> None:
    past = world.past(channel)
    injected = Injecting.of(past, DAY, world.register.city)
    injected.clean(10)
    injected.each_kind(1)
    await past.happen()
    world.morning_after(DAY)
    before = await world.everything()

    dry = await world.reconciliation.try_day(channel, DAY)

    assert await world.everything() == before
    real = await world.run(channel)
    assert dry.sums == real.sums
    kinds = set(DiscrepancyKind) - {
        *(DiscrepancyKind.REGISTER_UNPAID, DiscrepancyKind.REGISTER_PAID_ELSEWHERE),
        DiscrepancyKind.NOT_SETTLED,
    }
    for kind in kinds:
        assert dry.counts.get(kind) == real.counts.get(kind), kind
    # Nobody was asked about it.
    assert dry.counts[DiscrepancyKind.NOT_SETTLED] == Counter({DiscrepancyState.OPEN: 1})
    after = await world.everything()
    await world.reconciliation.try_day(channel, DAY)
    assert await world.everything() == after


async def test_the_running_day_can_only_be_looked_at(world: World) -> None:
    past = world.past(ALIPAY)
    past.pay(next(instants(DAY)))
    await past.happen()
    world.at(DAY, 20)

    with pytest.raises(NotOver):
        await world.run(ALIPAY)


async def test_a_bad_file_is_told_of_and_nothing_is_written(world: World) -> None:
    past = world.past(ALIPAY)
    past.pay(next(instants(DAY)))
    past.spoil_bill("totals", DAY)
    await past.happen()
    world.morning_after(DAY)
    before = await world.everything()

    with pytest.raises(BadBill):
        await world.reconciliation.try_day(ALIPAY, DAY)

    assert await world.everything() == before


async def test_a_run_that_dies_is_done_again_from_where_it_was(world: World) -> None:
    past = world.past(ALIPAY)
    injected = Injecting.of(past, DAY, world.register.city)
    injected.clean(20)
    injected.each_kind(1)
    await past.happen()
    world.morning_after(DAY)
    told = asyncio.Event()
    dying = asyncio.create_task(world.reconciliation.run_day(ALIPAY, DAY, lambda _: told.set()))
    await told.wait()
    # In the middle of the lines.
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying

    assert await world.api.rows("SELECT count(*) FROM bill_lines") == [(0,)]
    # Another that was killed, and could not give the day back.
    killed = f"lease_id = gen_random_uuid(), lease_until = '{world.clock() + LEASE}'"
    await world.api.run(f"UPDATE reconciliation_days SET {killed} WHERE day = '{DAY}'")
    with pytest.raises(Busy):
        await world.run(ALIPAY)
    world.clock.advance(minutes=16)

    assert await world.reconciliation.run_due() >= 1

    # The day before had no bill: that of its last payment is in this one.
    assert await world.found() == injected.expected
    await world.check_books()


async def test_what_was_loaded_is_not_fetched_again(world: World) -> None:
    past = world.past(ALIPAY)
    injected = Injecting.of(past, DAY, world.register.city)
    injected.each_kind(1)
    await past.happen()
    world.morning_after(DAY)
    await world.run(ALIPAY)
    before = await world.checksum()
    # As if it had died between loading and comparing.
    await world.api.run("UPDATE reconciliation_days SET state = 'waiting', done_at = NULL")
    await world.platforms.switch_paying("ALIPAY", "unavailable")

    report = await world.run(ALIPAY)

    assert report.state is ReconciliationState.DONE
    assert await world.checksum() == before


async def test_a_run_that_is_stopped_leaves_the_day_to_the_next(world: World) -> None:
    past = world.past(ALIPAY)
    past.pay(next(instants(DAY)))
    await past.happen()
    world.morning_after(DAY)
    told = asyncio.Event()
    stopped = asyncio.create_task(world.reconciliation.run_day(ALIPAY, DAY, lambda _: told.set()))
    await told.wait()
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped

    assert await world.reconciliation.run_due() == 1
    assert await world.found() == set()
    await world.check_books()


async def test_two_at_once_do_a_day_once(world: World) -> None:
    past, times = world.past(ALIPAY), instants(DAY)
    for _ in range(3):
        past.pay(next(times))
    await past.happen()
    world.morning_after(DAY)

    done = await asyncio.gather(world.reconciliation.run_due(), world.reconciliation.run_due())

    assert sum(done) == 1
    assert await world.api.rows("SELECT state, checks FROM reconciliation_days") == [("done", 1)]
    assert (await world.run(ALIPAY)).state is ReconciliationState.DONE


async def test_a_channel_that_is_not_connected_is_said_so(world: World) -> None:
    alone = replace(world.reconciliation, sources={})

    with pytest.raises(NotConnected):
        await alone.run_day(ALIPAY, DAY)
