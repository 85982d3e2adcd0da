"""Try a safe query again: seldom, at random moments, within the deadline and a budget."""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from domain import deadlines
from domain.failures import UpstreamReason, UpstreamUnavailable

Result = TypeVar("Result")

# Trouble on the way. Refusals, quotas and missing rights would be the same the next time.
PASSING = frozenset(
    {UpstreamReason.UNREACHABLE, UpstreamReason.TIMED_OUT, UpstreamReason.BROKEN_ANSWER}
)
ONE_TRY = 100
LEAST_SECONDS = 0.1


@dataclass(slots=True)
class RetryBudget:
    """
    A bucket that each first try fills by some percent and each further try empties by one.

    It begins empty and holds few, so that a sick upstream meets hardly more than the plain demand.
    """

    percent: int = 10
    most: int = 10
    credit: int = 0

    def deposit(self) -> None:
        """Count a first try that really went out."""
        self.credit = min(self.credit + self.percent, self.most * ONE_TRY)

    def withdraw(self) -> bool:
        """Take one further try, if there is one."""
        if self.credit < ONE_TRY:
            return False
        self.credit -= ONE_TRY
        return True


@dataclass(frozen=True, slots=True)
class Retries:
    """At most `extra_tries` more, each after a random part of an exponentially growing wait."""

    budget: RetryBudget
    extra_tries: int = 2
    wait_seconds: float = 0.4
    cap_seconds: float = 2.0
    part: Callable[[], float] = field(default=random.SystemRandom().random)
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)

    async def run(self, attempt: Callable[[int], Awaitable[Result]]) -> Result:
        """
        Await `attempt(1)`, then perhaps `attempt(2)` and `attempt(3)`.

        :raises UpstreamUnavailable: what the last try said
        """
        for number in count(1):
            wait = self.part() * min(self.cap_seconds, self.wait_seconds * 2 ** (number - 1))
            try:
                return await attempt(number)
            except UpstreamUnavailable as failure:
                if not self._again(failure, number, wait):
                    raise
            await self.sleep(wait)
        raise AssertionError("unreachable")

    def _again(self, failure: UpstreamUnavailable, number: int, wait: float) -> bool:
        return (
            failure.reason in PASSING
            and number <= self.extra_tries
            and deadlines.remaining(math.inf) > wait + LEAST_SECONDS
            and self.budget.withdraw()
        )
