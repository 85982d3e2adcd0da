"""Places for requests at work, and a short queue for one."""

import asyncio

from graphql_api.serving.limits import Limits


class Places:
    """As many requests at work as there are places; the next ones wait in a queue, in order."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._free = asyncio.Semaphore(limits.places)
        self._waiting = 0

    @property
    def are_full(self) -> bool:
        """Whether not even the queue has room."""
        return self._free.locked() and self._waiting >= self._limits.queue

    async def take(self) -> "Place | None":
        """Take a place if there is one, or soon will be."""
        if self.are_full:
            return None
        if not self._free.locked():
            await self._free.acquire()
            return Place(self._free, self._limits.place_seconds)
        self._waiting += 1
        try:
            async with asyncio.timeout(self._limits.queue_seconds):
                await self._free.acquire()
        except TimeoutError:
            return None
        finally:
            self._waiting -= 1
        return Place(self._free, self._limits.place_seconds)


class Place:
    """A place that somebody holds, for so many seconds at most."""

    def __init__(self, free: asyncio.Semaphore, seconds: float) -> None:
        self._free = free
        self._is_held = True
        self._end = asyncio.get_running_loop().call_later(seconds, self.give_back)

    def give_back(self) -> None:
        """Let the next one have it; once is enough."""
        if self._is_held:
            self._is_held = False
            self._end.cancel()
            self._free.release()
