"""The way out to a platform: a place, the breaker, and the time there is."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from domain import deadlines
from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from gateways.breaker import Breaker, BreakerSettings, Trial
from gateways.bulkhead import Bulkhead, CallClass
from gateways.outcomes import NotDone
from gateways.retries import PASSING

MARGIN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Passage:
    """One call let out: the seconds it may take, and the trial to mark once there is an answer."""

    seconds: float
    trial: Trial


@dataclass(frozen=True, slots=True)
class Door:
    """Lets calls out to one upstream. Whoever is not let out has not called."""

    upstream: Upstream
    breaker: Breaker
    bulkhead: Bulkhead

    @classmethod
    def to(
        cls, upstream: Upstream, *, places: int, wait_seconds: float, breaker: BreakerSettings
    ) -> "Door":
        """Build the door of an upstream that is only called on behalf of people."""
        return cls(upstream, Breaker(breaker), Bulkhead({CallClass.CITIZEN: places}, wait_seconds))

    @asynccontextmanager
    async def passage(self, limit: float) -> AsyncIterator[Passage]:
        """
        Let one call out for at most `limit` seconds, and tell the breaker how it ended.

        :raises NotDone: no place, no time, or an upstream that is left in peace
        """
        async with AsyncExitStack() as stack:
            try:
                passage = await self._enter(stack, limit)
            except UpstreamUnavailable as kept:
                raise NotDone(
                    kept.reason,
                    upstream=self.upstream,
                    retry_after=kept.retry_after,
                    detail=kept.detail,
                ) from None
            try:
                yield passage
            except UpstreamUnavailable as failure:
                passage.trial.healthy = failure.reason not in PASSING
                raise

    async def _enter(self, stack: AsyncExitStack, limit: float) -> Passage:
        self.breaker.check()  # Not worth queueing for.
        await stack.enter_async_context(self.bulkhead.place(CallClass.CITIZEN))
        trial = stack.enter_context(self.breaker.guard())
        seconds = min(limit, deadlines.remaining(limit + MARGIN_SECONDS) - MARGIN_SECONDS)
        if seconds <= 0:
            raise UpstreamUnavailable(UpstreamReason.NO_TIME_LEFT)
        return Passage(seconds, trial)
