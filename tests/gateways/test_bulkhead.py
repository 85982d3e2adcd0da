"""Places by class, and what happens when there are none."""

import asyncio
from collections.abc import Callable

import pytest

from domain import deadlines
from domain.failures import UpstreamReason, UpstreamUnavailable
from gateways.bulkhead import Bulkhead, CallClass

PLACES = {CallClass.CITIZEN: 2, CallClass.OFFICER: 1, CallClass.BACKGROUND: 1}


@pytest.fixture
def bulkhead() -> Bulkhead:
    return Bulkhead(PLACES, wait_seconds=0.05)


def holder(bulkhead: Bulkhead, seconds: float) -> Callable[[CallClass], asyncio.Task[None]]:
    async def hold(call_class: CallClass) -> None:
        async with bulkhead.place(call_class):
            await asyncio.sleep(seconds)

    return lambda call_class: asyncio.create_task(hold(call_class))


async def test_background_work_cannot_drown_citizens(bulkhead: Bulkhead) -> None:
    hold = holder(bulkhead, 0.2)
    background = [hold(CallClass.BACKGROUND) for _ in range(10)]
    await asyncio.sleep(0)
    async with bulkhead.place(CallClass.CITIZEN), bulkhead.place(CallClass.OFFICER):
        pass
    ends = await asyncio.gather(*background, return_exceptions=True)
    refused = [end for end in ends if isinstance(end, UpstreamUnavailable)]
    assert {end.reason for end in refused} == {UpstreamReason.TOO_MANY_CALLS}
    assert len(refused) == 9


async def test_a_place_that_becomes_free_in_time_is_taken(bulkhead: Bulkhead) -> None:
    hold = holder(bulkhead, 0.02)
    await asyncio.gather(*(hold(CallClass.CITIZEN) for _ in range(4)))


async def test_places_come_back_whatever_happens(bulkhead: Bulkhead) -> None:
    hold = holder(bulkhead, 10)
    for _ in range(5):
        held = hold(CallClass.OFFICER)
        waiting = hold(CallClass.OFFICER)
        await asyncio.sleep(0.01)
        for task in (waiting, held):
            task.cancel()
        await asyncio.gather(held, waiting, return_exceptions=True)
        with pytest.raises(KeyError):
            async with bulkhead.place(CallClass.OFFICER):
                raise KeyError


async def test_the_wait_ends_with_the_deadline() -> None:
    bulkhead = Bulkhead(PLACES, wait_seconds=5)
    held = holder(bulkhead, 10)(CallClass.OFFICER)
    await asyncio.sleep(0)
    with deadlines.within(0.05), pytest.raises(UpstreamUnavailable):
        async with bulkhead.place(CallClass.OFFICER):
            pass
    held.cancel()
