"""A day from its bill to what people are asked."""

from datetime import timedelta

import pytest

from domain.discrepancies import ReconciliationState
from domain.platforms import Channel
from tests.reconciliation.days_past import instants
from tests.reconciliation.world import CHANNELS, DAY, World


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_clean_day_has_nothing_to_tell(world: World, channel: Channel) -> None:
    past, times = world.past(channel), instants(DAY)
    for _ in range(3):
        past.pay(next(times))
    past.give_back(past.pay(next(times), 15_000), next(times) + timedelta(minutes=5))
    await past.happen()
    world.morning_after(DAY)

    report = await world.run(channel)

    assert report.state is ReconciliationState.DONE, report
    assert (report.reason, report.counts) == (None, {})
    assert report.sums == {
        "payments": 4,
        "refunds": 1,
        "paid_fen": 75_000,
        "refunded_fen": 15_000,
        "fees_fen": 3 * 120 + 90 - 90,
    }
    assert (report.matched.payments, report.matched.refunds) == (4, 1)
    assert (report.register.decisions, report.register.confirmed) == (4, 4)
    await world.check_books()
    assert await world.open_tasks() == []
