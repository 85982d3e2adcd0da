"""Bulkheads: every class of caller has its own places, so that none can drown the others."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum

from domain import deadlines
from domain.failures import UpstreamReason, UpstreamUnavailable


class CallClass(StrEnum):
    """On whose behalf an upstream is called."""

    CITIZEN = "citizen"
    OFFICER = "officer"
    BACKGROUND = "background"


class Bulkhead:
    """
    A fixed number of places for each class and a short wait for one.

    The places are not shared: background work can never hold the last ones.
    """

    def __init__(self, places: Mapping[CallClass, int], wait_seconds: float) -> None:
        self._places = {name: asyncio.Semaphore(number) for name, number in places.items()}
        self._wait_seconds = wait_seconds

    @asynccontextmanager
    async def place(self, call_class: CallClass) -> AsyncIterator[None]:
        """
        Hold a place while calling out.

        :raises UpstreamUnavailable: TOO_MANY_CALLS if none becomes free in time
        """
        places = self._places[call_class]
        try:
            async with asyncio.timeout(deadlines.remaining(self._wait_seconds)):
                await places.acquire()
        except TimeoutError:
            raise UpstreamUnavailable(
                UpstreamReason.TOO_MANY_CALLS, retry_after=1.0, detail="no place"
            ) from None
        try:
            yield
        finally:
            places.release()
