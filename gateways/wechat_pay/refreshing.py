"""When the platform certificates are downloaded anew: not for everybody who asks."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain import deadlines
from domain.failures import UpstreamUnavailable
from domain.times import Clock
from gateways.single_flight import SingleFlight
from gateways.wechat_pay.verdicts import WechatPayRefused

PAUSE = timedelta(seconds=30)
Download = Callable[[], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Refreshing:
    """One download at a time, and a pause after each has begun."""

    clock: Clock
    seconds: float
    _flights: SingleFlight = field(default_factory=SingleFlight)
    _begun_at: datetime | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, clock: Clock, seconds: float) -> AsyncIterator["Refreshing"]:
        """Let downloads run while the block lasts; nobody waits longer than these seconds."""
        refreshing = cls(clock, seconds)
        try:
            yield refreshing
        finally:
            await refreshing._flights.close()

    async def refresh(self, download: Download) -> None:
        """Wait for the download that is due or under way, whatever becomes of it."""
        # Who could not get them goes on with those that there are.
        with suppress(UpstreamUnavailable, WechatPayRefused):
            await self._flights.join(
                "certificates", lambda: self._due(download), deadlines.remaining(self.seconds)
            )

    async def _due(self, download: Download) -> None:
        now = self.clock()
        # Both ways, for a clock can be set back.
        if self._begun_at is None or abs(now - self._begun_at) >= PAUSE:
            self._begun_at = now
            await download()
