"""The pace of calls."""

import asyncio

import pytest

from domain.failures import UpstreamReason, UpstreamUnavailable
from gateways.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def waits(pace: Pace, callers: int, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each of so many callers at once is made to wait."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    for _ in range(callers):
        before = len(slept)
        await pace.turn(10.0)
        if len(slept) == before:
            slept.append(0.0)
    return slept


async def test_a_few_go_at_once_and_the_rest_in_step(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(8, monotonic=Clock())

    found = await waits(pace, 6, monkeypatch)

    assert found == pytest.approx([0.0, 0.0, 0.0, 0.125, 0.25, 0.375])


async def test_no_second_has_more_than_ten_calls_at_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    pace = Pace(8, monotonic=clock)

    turns = [clock.now + wait for wait in await waits(pace, 80, monkeypatch)]

    for start in range(0, 900, 10):
        window = [t for t in turns if 100 + start / 100 <= t < 101 + start / 100]
        assert len(window) <= 10


async def test_a_queue_too_long_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(1, monotonic=Clock())
    await waits(pace, 3, monkeypatch)

    with pytest.raises(UpstreamUnavailable) as refused:
        await pace.turn(0.5)

    assert refused.value.reason is UpstreamReason.TOO_MANY_CALLS
