"""Places for requests at work, and a short queue for one."""

import asyncio
from collections import deque
from time import monotonic

from graphql_api.serving.alarm import Alarm
from graphql_api.serving.limits import Limits


class Place:
    """A place that somebody holds, and since when."""

    __slots__ = ("is_held", "since")

    def __init__(self, since: float) -> None:
        self.since = since
        self.is_held = True


class Places:
    """
    As many requests at work as there are places; the next ones wait in a queue, in order.

    One timer watches over the whole queue, and one over all places: one for each of them would
    cost more than what it bounds.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._free = limits.places
        # Both in the order of time.
        self._taken: deque[Place] = deque()
        self._queue: deque[tuple[float, asyncio.Future[Place | None]]] = deque()
        self._overdue = Alarm(self._take_back)
        self._impatience = Alarm(self._turn_away)

    @property
    def are_full(self) -> bool:
        """Whether not even the queue has room."""
        return not self._free and len(self._queue) >= self._limits.queue

    def take_at_once(self) -> Place | None:
        """Take a place if there is one."""
        if not self._free:
            return None
        self._free -= 1
        return self._new_place()

    async def wait(self) -> Place | None:
        """Take a place when it is one's turn, if that is soon."""
        if self.are_full:
            return None
        turn: asyncio.Future[Place | None] = asyncio.get_running_loop().create_future()
        self._queue.append((monotonic(), turn))
        self._impatience.set(self._limits.queue_seconds)
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and (place := turn.result()):
                # It was our turn already: it is somebody else's now.
                self.give_back(place)
            raise

    def give_back(self, place: Place) -> None:
        """Let the next one have it; once is enough."""
        if not place.is_held:
            return
        place.is_held = False
        while self._queue:
            _, turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(self._new_place())
                return
        self._free += 1

    def _new_place(self) -> Place:
        place = Place(monotonic())
        self._taken.append(place)
        self._overdue.set(self._limits.place_seconds)
        return place

    def _take_back(self) -> None:
        latest = monotonic() - self._limits.place_seconds
        while self._taken and (self._taken[0].since <= latest or not self._taken[0].is_held):
            self.give_back(self._taken.popleft())
        # Whoever has got a place just now has set it, but for later.
        self._overdue.off()
        if self._taken:
            self._overdue.set(self._taken[0].since - latest)

    def _turn_away(self) -> None:
        latest = monotonic() - self._limits.queue_seconds
        while self._queue and self._queue[0][0] <= latest:
            _, turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
        if self._queue:
            self._impatience.set(self._queue[0][0] - latest)
