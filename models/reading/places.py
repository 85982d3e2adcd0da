"""How many may read at once, and the queue before them."""

import asyncio
import time
from collections import deque


class Places:
    """
    So many places. Who waits for one is served in turn, or turned away after so many seconds.

    One timer watches over the whole queue: one for each of those who wait would cost as much as
    what they wait for.
    """

    def __init__(self, count: int, patience_seconds: float) -> None:
        self._free = count
        self._patience_seconds = patience_seconds
        self._queue: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def take_at_once(self) -> bool:
        """Take a place if one is free."""
        if self._free:
            self._free -= 1
            return True
        return False

    async def wait(self) -> None:
        """
        Take a place when it is one's turn.

        :raises TimeoutError: when that takes too long
        """
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._queue.append((time.monotonic(), turn))
        if self._timer is None:
            self._timer = loop.call_later(self._patience_seconds, self._turn_away)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:
                # It was our turn already: it is somebody else's now.
                self.give_back()
            raise

    def give_back(self) -> None:
        """Leave a place to whoever has waited longest."""
        while self._queue:
            _, turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def close(self) -> None:
        """Watch no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn_away(self) -> None:
        self._timer = None
        latest = time.monotonic() - self._patience_seconds
        while self._queue and self._queue[0][0] <= latest:
            _, turn = self._queue.popleft()
            if not turn.done():
                turn.set_exception(TimeoutError())
        if self._queue:
            left = self._queue[0][0] - latest
            self._timer = asyncio.get_running_loop().call_later(left, self._turn_away)
