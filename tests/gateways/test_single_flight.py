"""One flight for all who ask at the same moment."""

import asyncio

import pytest

from domain import deadlines
from domain.failures import UpstreamReason, UpstreamUnavailable
from gateways.single_flight import SingleFlight


class Work:
    """A slow answer that counts how often it was begun."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.begun, self.failure = 0, failure

    async def __call__(self) -> float:
        self.begun += 1
        await asyncio.sleep(0.05)
        if self.failure is not None:
            raise self.failure
        return deadlines.remaining(99.0)


async def test_fifty_callers_are_one_call() -> None:
    flights, work = SingleFlight(), Work()
    answers = await asyncio.gather(*(flights.join("key", work, 1.0) for _ in range(50)))
    assert (work.begun, answers) == (1, [99.0] * 50)


async def test_other_keys_are_other_flights() -> None:
    flights, work = SingleFlight(), Work()
    await asyncio.gather(*(flights.join(key, work, 1.0) for key in "abc"))
    assert work.begun == 3


async def test_the_first_caller_may_go() -> None:
    flights, work = SingleFlight(), Work()
    callers = [asyncio.create_task(flights.join("key", work, 1.0)) for _ in range(3)]
    await asyncio.sleep(0.01)
    callers[0].cancel()
    assert await asyncio.gather(*callers[1:]) == [99.0, 99.0]
    assert work.begun == 1


async def test_a_callers_deadline_is_his_own() -> None:
    flights, work = SingleFlight(), Work()
    with deadlines.within(0.01):
        first = asyncio.create_task(flights.join("key", work, 0.01))
    second = asyncio.create_task(flights.join("key", work, 1.0))
    with pytest.raises(UpstreamUnavailable) as raised:
        await first
    assert raised.value.reason is UpstreamReason.TIMED_OUT
    assert await second == 99.0


async def test_an_error_is_only_for_those_who_wait() -> None:
    flights = SingleFlight()
    failing = Work(UpstreamUnavailable(UpstreamReason.TIMED_OUT))
    ends = await asyncio.gather(
        *(flights.join("key", failing, 1.0) for _ in range(3)), return_exceptions=True
    )
    assert all(isinstance(end, UpstreamUnavailable) for end in ends)
    assert await flights.join("key", Work(), 1.0) == 99.0


async def test_an_error_nobody_waits_for_is_not_left_lying() -> None:
    flights, failing = SingleFlight(), Work(ValueError())
    with pytest.raises(UpstreamUnavailable):
        await flights.join("key", failing, 0.01)
    await asyncio.sleep(0.06)
    assert await flights.join("key", Work(), 1.0) == 99.0


async def test_closing_lands_everything() -> None:
    flights, work = SingleFlight(), Work()
    caller = asyncio.create_task(flights.join("key", work, 1.0))
    await asyncio.sleep(0.01)
    await flights.close()
    with pytest.raises(UpstreamUnavailable):
        await caller
