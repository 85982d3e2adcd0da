"""Coroutines whose first steps are taken at once, where most of ours end."""

from collections.abc import Callable, Coroutine, Generator
from contextvars import copy_context
from typing import Any


class Pause:
    """Awaited by a coroutine where it may be left for a while, in whatever task it goes on."""

    def __await__(self) -> Generator[Any, Any, None]:
        yield self


PAUSE = Pause()


class Begun:
    """
    A coroutine that has been run up to its first wait, its next pause or its end.

    Awaiting it goes on from there. When it waits that has to happen in the same task: what it
    holds, such as a time limit, belongs to the task it was begun in. Its context variables are its
    own, as in a task of its own.
    """

    __slots__ = ("_context", "_coroutine", "_waits_for", "is_over")

    def __init__(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._coroutine = coroutine
        self._context = copy_context()
        self._waits_for: Any = None
        self.is_over = False
        self.go_on()

    @property
    def is_paused(self) -> bool:
        """Whether it is at a pause."""
        return self._waits_for is PAUSE

    def go_on(self) -> None:
        """After a pause: up to the next wait, pause or end."""
        self._step(self._coroutine.send, None)

    def __await__(self) -> Generator[Any, Any, None]:
        while not self.is_over:
            if self.is_paused:
                self.go_on()
                continue
            try:
                # What the coroutine waits for goes to the event loop, and the answer back.
                sent = yield self._waits_for
            except BaseException as error:
                self._step(self._coroutine.throw, error)
            else:
                self._step(self._coroutine.send, sent)

    def _step(self, how: Callable[[Any], Any], what: Any) -> None:
        self._waits_for = None
        try:
            self._waits_for = self._context.run(how, what)
        except StopIteration:
            self.is_over = True
