"""Retries: which, how many, when, and how many of all."""

import pytest

from domain import deadlines
from domain.failures import UpstreamReason, UpstreamUnavailable
from gateways.retries import PASSING, Retries, RetryBudget


class Sick:
    """An upstream that fails so often before it answers."""

    def __init__(self, reason: UpstreamReason, failures: int = 1_000_000) -> None:
        self.reason, self.failures = reason, failures
        self.tries = 0

    async def __call__(self, number: int) -> int:
        self.tries += 1
        if self.tries <= self.failures:
            raise UpstreamUnavailable(self.reason)
        return number


class Naps:
    """Sleeps that only take note."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def rich() -> RetryBudget:
    return RetryBudget(credit=1_000)


@pytest.mark.parametrize("reason", UpstreamReason)
async def test_only_passing_trouble_is_tried_again(reason: UpstreamReason) -> None:
    sick = Sick(reason)
    with pytest.raises(UpstreamUnavailable):
        await Retries(rich(), sleep=Naps()).run(sick)
    assert sick.tries == (3 if reason in PASSING else 1)


async def test_waits_are_random_parts_of_growing_times() -> None:
    naps = Naps()
    retries = Retries(rich(), wait_seconds=0.4, cap_seconds=0.7, part=lambda: 0.5, sleep=naps)
    assert await retries.run(Sick(UpstreamReason.UNREACHABLE, failures=2)) == 3
    assert naps.seconds == [0.2, 0.35]


async def test_no_try_that_cannot_end_before_the_deadline() -> None:
    sick = Sick(UpstreamReason.UNREACHABLE)
    with deadlines.within(0.3), pytest.raises(UpstreamUnavailable):
        await Retries(rich(), wait_seconds=10.0, part=lambda: 1.0, sleep=Naps()).run(sick)
    assert sick.tries == 1


async def test_the_budget_is_a_tenth_of_the_demand() -> None:
    budget, sick = RetryBudget(), Sick(UpstreamReason.TIMED_OUT)
    for _ in range(1000):
        budget.deposit()
        with pytest.raises(UpstreamUnavailable):
            await Retries(budget, sleep=Naps()).run(sick)
    assert sick.tries == 1100


def test_the_budget_cannot_be_saved_up() -> None:
    budget = RetryBudget()
    for _ in range(10_000):
        budget.deposit()
    assert sum(budget.withdraw() for _ in range(100)) == 10
