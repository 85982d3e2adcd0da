"""The breaker with a clock of its own."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.failures import UpstreamReason, UpstreamUnavailable
from gateways.breaker import Breaker, BreakerSettings, Trial

SETTINGS = BreakerSettings(
    window_seconds=30.0, minimum_calls=4, failure_rate=0.5, open_seconds=15.0
)


class Ticks:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_call(breaker: Breaker, *, healthy: bool | None) -> None:
    with breaker.guard() as trial:
        trial.healthy = healthy


def refusal(breaker: Breaker) -> UpstreamUnavailable:
    with pytest.raises(UpstreamUnavailable) as raised:
        a_call(breaker, healthy=True)
    return raised.value


def opened(ticks: Ticks) -> Breaker:
    breaker = Breaker(SETTINGS, ticks)
    for _ in range(4):
        a_call(breaker, healthy=False)
    assert breaker.is_open
    return breaker


def test_few_failures_prove_nothing() -> None:
    breaker = Breaker(SETTINGS, Ticks())
    for _ in range(3):
        a_call(breaker, healthy=False)
    assert not breaker.is_open


def test_it_opens_at_the_rate_and_says_until_when() -> None:
    ticks = Ticks()
    breaker = Breaker(SETTINGS, ticks)
    for healthy in (True, True, False, False):
        assert not breaker.is_open
        a_call(breaker, healthy=healthy)

    ticks.now += 5
    told = refusal(breaker)

    assert (told.reason, told.retry_after) == (UpstreamReason.BREAKER_OPEN, 10.0)


def test_old_failures_are_forgotten() -> None:
    ticks = Ticks()
    breaker = Breaker(SETTINGS, ticks)
    for _ in range(3):
        a_call(breaker, healthy=False)
    ticks.now += 30
    for healthy in (True, True, True, False):
        a_call(breaker, healthy=healthy)
    assert not breaker.is_open


def test_calls_without_a_verdict_count_for_nothing() -> None:
    breaker = Breaker(SETTINGS, Ticks())
    for _ in range(20):
        a_call(breaker, healthy=None)
        with pytest.raises(KeyError), breaker.guard():
            raise KeyError
    assert not breaker.is_open


async def one_probe(breaker: Breaker, probe: Callable[[Trial], Awaitable[None]]) -> list[object]:
    """Fifty callers at the same moment; how each of them ended."""
    started = 0

    async def caller() -> str:
        nonlocal started
        with breaker.guard() as trial:
            started += 1
            await probe(trial)
        return "through"

    ends = await asyncio.gather(*(caller() for _ in range(50)), return_exceptions=True)
    assert started == 1
    return list(ends)


@pytest.mark.parametrize("healthy", [True, False])
async def test_exactly_one_probe_of_fifty_callers(*, healthy: bool) -> None:
    ticks = Ticks()
    breaker = opened(ticks)
    ticks.now += 15

    async def probe(trial: Trial) -> None:
        await asyncio.sleep(0.01)
        trial.healthy = healthy

    ends = await one_probe(breaker, probe)

    refused = [end for end in ends if isinstance(end, UpstreamUnavailable)]
    assert (ends.count("through"), len(refused)) == (1, 49)
    assert breaker.is_open is not healthy
    if not healthy:
        assert refusal(breaker).retry_after == 15.0


async def test_a_cancelled_probe_frees_its_place() -> None:
    ticks = Ticks()
    breaker = opened(ticks)
    ticks.now += 15

    async def endless() -> None:
        with breaker.guard():
            await asyncio.sleep(60)

    probe = asyncio.create_task(endless())
    await asyncio.sleep(0)
    assert refusal(breaker).reason is UpstreamReason.BREAKER_OPEN
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe

    a_call(breaker, healthy=True)
    assert not breaker.is_open


def test_late_results_do_not_change_a_later_state() -> None:
    ticks = Ticks()
    breaker = Breaker(SETTINGS, ticks)
    late = [breaker.guard() for _ in range(8)]
    trials = [guard.__enter__() for guard in late]
    for _ in range(4):
        a_call(breaker, healthy=False)
    for guard, trial in zip(late[:4], trials, strict=False):
        trial.healthy = True
        guard.__exit__(None, None, None)
    assert breaker.is_open

    ticks.now += 15
    a_call(breaker, healthy=True)
    for guard, trial in zip(late[4:], trials[4:], strict=False):
        trial.healthy = False
        guard.__exit__(None, None, None)
    assert not breaker.is_open


class BreakerModel(RuleBasedStateMachine):
    """Any order of calls, ends and waits: never two probes, never shut out for longer than said."""

    def __init__(self) -> None:
        super().__init__()
        self.ticks = Ticks()
        self.breaker = Breaker(SETTINGS, self.ticks)
        self.running: list[tuple[object, Trial, bool]] = []

    @rule()
    def begin(self) -> None:
        guard, was_open = self.breaker.guard(), self.breaker.is_open
        try:
            trial = guard.__enter__()
        except UpstreamUnavailable as failure:
            told = failure
        else:
            self.running.append((guard, trial, was_open))
            return
        assert was_open
        assert told.retry_after is not None
        assert 0 < told.retry_after <= SETTINGS.open_seconds

    @rule(healthy=st.sampled_from([True, False, None]), which=st.integers(0, 9))
    def end(self, healthy: bool | None, which: int) -> None:
        if self.running:
            guard, trial, was_probe = self.running.pop(which % len(self.running))
            before = self.breaker.is_open
            trial.healthy = healthy
            guard.__exit__(None, None, None)  # type: ignore[attr-defined]
            if before and not was_probe:
                assert self.breaker.is_open

    @rule(seconds=st.floats(0, 40))
    def wait(self, seconds: float) -> None:
        self.ticks.now += seconds

    @invariant()
    def at_most_one_probe(self) -> None:
        assert sum(was_probe for _, _, was_probe in self.running) <= 1


TestBreakerModel = BreakerModel.TestCase
TestBreakerModel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
