"""Work that goes on side by side, and is ended when nobody needs it any more."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any


class Waiting:
    """The tasks of one execution."""

    __slots__ = ("_running",)

    def __init__(self) -> None:
        self._running: dict[asyncio.Task[None], Any] = {}

    async def for_all(self, work: Sequence[tuple[Coroutine[Any, Any, None], Any]]) -> None:
        """
        Do all of it side by side.

        Whoever is cancelled while waiting here takes everything with it; what `cancel` has ended is
        no failure.
        """
        tasks = {asyncio.create_task(one): of for one, of in work}
        self._running |= tasks
        try:
            await asyncio.wait(tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        finally:
            for task in tasks:
                del self._running[task]
        for task in tasks:
            if not task.cancelled():
                task.result()

    def cancel(self, is_over: Callable[[Any], bool]) -> None:
        """End what is over."""
        if not self._running:
            return
        current = asyncio.current_task()
        for task, of in self._running.items():
            if task is not current and is_over(of):
                task.cancel()
