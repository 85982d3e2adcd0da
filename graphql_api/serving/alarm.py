"""A timer that is set and put off again, once per request."""

import asyncio
from collections.abc import Callable
from time import monotonic


class Alarm:
    """
    Calls back once when it was set and nobody put it off. Setting it twice changes nothing.

    Putting it off leaves the loop's timer alone, and setting it again finds that one still there:
    when it comes, it looks what time was really meant. So both cost next to nothing, and there is
    one timer in so many seconds instead of one per request.
    """

    __slots__ = ("_at", "_ring", "_timer")

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._at: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        if self._at is None:
            self._at = monotonic() + seconds
            if self._timer is None or self._timer.when() > self._at:
                self._start(self._at)

    def off(self) -> None:
        self._at = None

    def close(self) -> None:
        """Put it off for good."""
        self._at = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        # The loop's clock is the monotonic one.
        self._timer = asyncio.get_running_loop().call_at(at, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._at is None:
            return
        if self._at > monotonic():
            self._start(self._at)
        else:
            self._at = None
            self._ring()
