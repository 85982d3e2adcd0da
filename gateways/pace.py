"""Pace: never more calls in a second than the register takes from one serial."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from domain import deadlines
from domain.failures import UpstreamReason, UpstreamUnavailable


@dataclass(slots=True)
class Pace:
    """
    A token bucket that makes callers wait their turn, in the order they came.

    A quarter of a second's calls may go at once; with the steady rate that stays well below a
    limit which the register counts by its own clock's seconds.
    """

    per_second: float
    monotonic: Callable[[], float] = time.monotonic
    _next_turn: float = 0.0

    async def turn(self, patience: float) -> None:
        """
        Wait for a turn, at most `patience` seconds and never past the deadline.

        :raises UpstreamUnavailable: TOO_MANY_CALLS when the queue is longer than that
        """
        now = self.monotonic()
        start = max(self._next_turn, now - 0.25)
        wait = max(0.0, start - now)
        if wait > deadlines.remaining(patience):
            raise UpstreamUnavailable(
                UpstreamReason.TOO_MANY_CALLS, retry_after=1.0, detail="no turn"
            )
        self._next_turn = start + 1 / self.per_second
        if wait > 0:
            await asyncio.sleep(wait)
