"""Work that goes on side by side, and is ended when nobody needs it any more."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Of = TypeVar("Of")


@dataclass(slots=True, eq=False)
class _Work(Generic[Of]):
    """`of`: what the task works on. A task that is not only ours may be asked to end early, too."""

    task: asyncio.Task[Any]
    of: Of
    is_ended: bool = False


@dataclass(slots=True)
class Waiting(Generic[Of]):
    """The tasks of one execution, the one that executes among them."""

    _running: list[_Work[Of]] = field(default_factory=list)

    async def for_all(
        self,
        here: tuple[Awaitable[None], Of] | None,
        aside: Sequence[tuple[Coroutine[Any, Any, None], Of]],
    ) -> list[Of]:
        """
        Do all of it side by side: one part in this task, if any, the others in tasks of their own.

        Whoever is cancelled while waiting here takes everything with it. Returns what `end` has
        ended, which is no failure.
        """
        works = [_Work(asyncio.create_task(one), of) for one, of in aside]
        tasks = [one.task for one in works]
        self._running += works
        try:
            if here is not None:
                await self._do_here(*here)
            await asyncio.gather(*tasks, return_exceptions=True)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        finally:
            self._running = [one for one in self._running if one not in works]
        for work in works:
            if not work.task.cancelled():
                work.task.result()
        return [work.of for work in works if work.task.cancelled()]

    def end(self, is_over: Callable[[Of], bool]) -> None:
        """End what is over, after what it has just begun has had its first step."""
        if not self._running:
            return
        current, loop = _current(), asyncio.get_running_loop()
        for work in self._running:
            if work.task is not current and is_over(work.of):
                loop.call_soon(self._cancel, work)

    def _cancel(self, work: _Work[Of]) -> None:
        if work in self._running and not work.is_ended:
            work.is_ended = True
            work.task.cancel()

    async def _do_here(self, work: Awaitable[None], of: Of) -> None:
        mine = _Work(_current(), of)
        self._running.append(mine)
        try:
            await work
        except asyncio.CancelledError:
            # Ours alone, and not somebody's who wants to be rid of the whole task.
            if not mine.is_ended or mine.task.uncancel() > 0:
                raise
        finally:
            self._running.remove(mine)


def _current() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - there is no await without one
    return task
