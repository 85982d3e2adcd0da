"""Who is let out to a platform, and what the breaker learns from it."""

import asyncio
from contextlib import suppress

import pytest

from domain import deadlines
from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from gateways.breaker import Breaker, BreakerSettings
from gateways.bulkhead import Bulkhead, CallClass
from gateways.outcomes import NotDone
from gateways.upstream_door import Door

QUICK = BreakerSettings(minimum_calls=2, open_seconds=5.0)


class Now:
    value = 0.0

    def __call__(self) -> float:
        return self.value


def door(now: Now | None = None, places: int = 1) -> Door:
    bulkhead = Bulkhead({CallClass.CITIZEN: places}, wait_seconds=0.01)
    return Door(Upstream.ALIPAY, Breaker(QUICK, now or Now()), bulkhead)


def trouble(reason: UpstreamReason) -> UpstreamUnavailable:
    return UpstreamUnavailable(reason, upstream=Upstream.ALIPAY)


async def fail(one: Door, reason: UpstreamReason, times: int = 2) -> None:
    for _ in range(times):
        with pytest.raises(UpstreamUnavailable) as raised:
            async with one.passage(1.0):
                raise trouble(reason)
        assert raised.value.reason is reason


async def not_let_out(one: Door) -> NotDone:
    with pytest.raises(NotDone) as raised:
        async with one.passage(1.0):
            raise AssertionError("let out")
    assert raised.value.upstream is Upstream.ALIPAY
    assert raised.value.text_key == "alipay_unavailable"
    return raised.value


@pytest.mark.parametrize(
    "reason",
    [UpstreamReason.UNREACHABLE, UpstreamReason.TIMED_OUT, UpstreamReason.BROKEN_ANSWER],
)
async def test_a_sick_upstream_is_left_in_peace(reason: UpstreamReason) -> None:
    one = door()
    await fail(one, reason)

    told = await not_let_out(one)

    assert (told.reason, told.retry_after) == (UpstreamReason.BREAKER_OPEN, 5.0)


@pytest.mark.parametrize(
    "reason",
    [UpstreamReason.REFUSED, UpstreamReason.NOT_AUTHORISED, UpstreamReason.TOO_MANY_CALLS],
)
async def test_an_upstream_that_answers_is_well(reason: UpstreamReason) -> None:
    one = door()
    await fail(one, reason, times=5)

    assert not one.breaker.is_open


async def test_refusals_and_bugs_say_nothing_by_themselves() -> None:
    one = door()
    for _ in range(5):
        with suppress(KeyError):
            async with one.passage(1.0):
                raise KeyError

    await fail(one, UpstreamReason.TIMED_OUT)
    assert one.breaker.is_open


async def test_no_place() -> None:
    one = door()
    async with one.passage(1.0):
        told = await not_let_out(one)
    assert (told.reason, told.retry_after) == (UpstreamReason.TOO_MANY_CALLS, 1.0)

    async with one.passage(1.0):
        pass  # The place is free again.


async def test_nobody_queues_for_a_sick_upstream() -> None:
    one = door()
    await fail(one, UpstreamReason.TIMED_OUT)

    async with one.bulkhead.place(CallClass.CITIZEN):
        told = await not_let_out(one)

    assert told.reason is UpstreamReason.BREAKER_OPEN


async def test_the_time_there_is() -> None:
    one = door()
    async with one.passage(1.0) as passage:
        assert passage.seconds == 1.0
    with deadlines.within(0.5):
        async with one.passage(1.0) as passage:
            assert 0 < passage.seconds <= 0.45
    with deadlines.within(0.04):
        assert (await not_let_out(one)).reason is UpstreamReason.NO_TIME_LEFT


async def test_a_probe_without_time_proves_nothing() -> None:
    now = Now()
    one = door(now)
    await fail(one, UpstreamReason.TIMED_OUT)
    now.value = 6.0

    with deadlines.within(0.04):
        assert (await not_let_out(one)).reason is UpstreamReason.NO_TIME_LEFT
    assert one.breaker.is_open
    async with one.passage(1.0) as passage:
        passage.trial.healthy = True
    assert not one.breaker.is_open


async def test_a_cancelled_call_frees_its_place() -> None:
    one = door()

    async def wait() -> None:
        async with one.passage(1.0):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    async with one.passage(1.0):
        pass
