"""Many callers of the same question at the same moment: one call, one answer for all."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from contextvars import Context
from functools import partial
from typing import Any, TypeVar

from domain.failures import UpstreamReason, UpstreamUnavailable

Result = TypeVar("Result")


class SingleFlight:
    """
    Flights by key; equal keys must mean equal questions.

    A flight belongs to nobody: it outlives its first caller's cancellation.

    It runs in an empty context, so that the deadline of whoever came first does not end it for the
    others. Nothing is kept: who comes after the landing starts anew, after an error too.
    """

    def __init__(self) -> None:
        self._flights: dict[Hashable, asyncio.Task[Any]] = {}

    async def join(
        self, key: Hashable, start: Callable[[], Coroutine[Any, Any, Result]], seconds: float
    ) -> Result:
        """
        Wait for the flight of that key, starting it if there is none.

        :raises UpstreamUnavailable: TIMED_OUT if this caller's own seconds are over first
        """
        flight: asyncio.Task[Result] | None = self._flights.get(key)
        if flight is None or flight.done():
            flight = asyncio.get_running_loop().create_task(start(), context=Context())
            self._flights[key] = flight
            flight.add_done_callback(partial(self._landed, key))
        # Unlike awaiting the task, `wait` leaves it alone when this caller is cancelled.
        await asyncio.wait({flight}, timeout=seconds)
        if not flight.done():
            raise UpstreamUnavailable(UpstreamReason.TIMED_OUT, detail="caller's deadline")
        if flight.cancelled():
            raise UpstreamUnavailable(UpstreamReason.UNREACHABLE, detail="closing")
        return flight.result()

    async def close(self) -> None:
        """Cancel what is still in the air and wait for it."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def _landed(self, key: Hashable, flight: asyncio.Task[Any]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # Marks it as seen: perhaps nobody waits any more.
