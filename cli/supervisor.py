"""Keeps children running: starts them in order, starts them again, stops them in reverse."""

import asyncio
import time
from collections.abc import Callable

from cli.children import Child
from cli.problems import Problem

READY_SECONDS = 90.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
# A child that lived so long did not die of its start: the next pause is the first one again.
STEADY_SECONDS = 60.0


class Supervisor:
    """
    The parent of a few processes.

    :param say: told in one line when a child dies and when it is back
    :param changed: told when the processes are others than before
    """

    def __init__(self, say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self.hurry = asyncio.Event()
        self._say = say
        self._changed = changed
        self._children: list[Child] = []
        self._keepers: list[asyncio.Task[None]] = []

    async def start(self, child: Child) -> None:
        """
        Start a child, wait until it is ready, and keep it running from then on.

        :raises Problem: if it is not ready in time, with what it wrote last
        """
        self._children.append(child)
        await child.spawn()
        if not await child.becomes_ready(READY_SECONDS):
            raise Problem(
                f"The {child.role.name} does not start. Its last words ({child.role.log}):",
                child.log_tail(),
            )
        self._keepers.append(asyncio.create_task(self._keep(child)))

    def pids(self) -> dict[str, int]:
        """The processes that live now, by role."""
        return {one.role.name: one.pid for one in self._children if one.pid is not None}

    async def stop(self) -> None:
        """End all children, the last one first; at once when `hurry` is set."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for child in reversed(self._children):
            await child.stop(self.hurry)

    async def _keep(self, child: Child) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            how = await child.ended()
            if time.monotonic() - child.started_at > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self._say(f"The {child.role.name} {how}: starting it again in {pause:g} s.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            try:
                await child.spawn()
                self._changed()
            except OSError as error:
                self._say(f"The {child.role.name} cannot be started now ({error.strerror}).")
                continue
            if await child.becomes_ready(READY_SECONDS):
                self._say(f"The {child.role.name} is back.")
