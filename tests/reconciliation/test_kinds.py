"""Every kind of discrepancy among clean rows: found as what it is, and nothing else is."""

import pytest

from domain.discrepancies import ReconciliationState
from domain.platforms import Channel
from tests.reconciliation.injecting import Injecting, open_among
from tests.reconciliation.world import CHANNELS, DAY, NEXT, World

EACH = 3
CLEAN = 100


@pytest.mark.parametrize("channel", CHANNELS)
async def test_every_kind_is_found_and_nothing_else(world: World, channel: Channel) -> None:
    past = world.past(channel)
    injected = Injecting.of(past, DAY, world.register.city)
    injected.clean(CLEAN)
    injected.each_kind(EACH)
    await past.happen()
    world.morning_after(DAY)

    report = await world.run(channel)

    assert (report.state, report.reason) == (ReconciliationState.DONE, None)
    assert await world.found() == injected.expected
    await world.check_books()
    tasks = await world.open_tasks()
    assert len([kind for kind, _ in tasks if kind == "discrepancy"]) == open_among(
        injected.expected
    )
    assert len(tasks) == open_among(injected.expected)
    before = await world.checksum()

    again = await world.run(channel)

    assert await world.checksum() == before
    assert again == report

    world.morning_after(NEXT)
    await world.run(channel, NEXT)

    waited = {one for one in injected.expected if one[2] == "waiting"}
    healed = {(kind, subject, "healed", fen) for kind, subject, _, fen in waited}
    assert await world.found() == injected.expected - waited | healed
    await world.check_books()
