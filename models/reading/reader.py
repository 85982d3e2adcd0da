"""A small pool of connections for single SELECTs."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextvars import Context
from typing import Any

from psycopg import AsyncConnection

from models.pipeline import take_usable
from models.reading.asked import Answer, Asked
from models.reading.connection import ReadingConnection
from models.reading.prebuilt import Prebuilt, Row

PLACE_SECONDS = 2.0
LOOK_SECONDS = 0.05
# So many statements share a batch at most: the last waits for all before it.
DEEPEST = 8
QUICK_SECONDS = 0.01

Connect = Callable[[], Coroutine[Any, Any, AsyncConnection[Any]]]


class Reader:
    """
    Runs prebuilt statements, each a transaction of its own, on at most `size` connections.

    Statements that are asked in the same turn of the event loop, or while every connection is
    working, go to the server in one batch. A connection has one batch at a time, and the one used
    last is used next, so that a quiet hour needs few. `watchers` are told the text of every
    statement that is sent.

    `grace_seconds`: how long a batch may be silent. One that nobody waits for any longer is stopped
    then: a new connection costs more than most answers. One of several statements is stopped too,
    for only one of them is slow: they are asked again, each alone.
    """

    grace_seconds = 0.1

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._size = size
        self._depth = DEEPEST
        self._queue: deque[Asked] = deque()
        self._rested: list[ReadingConnection] = []
        self._busy: set[ReadingConnection] = set()
        self._opening: set[asyncio.Task[AsyncConnection[Any]]] = set()
        self._stopping: set[asyncio.Task[None]] = set()
        self._is_due = self._is_watching = self._is_closed = False
        self.watchers: list[Callable[[str], None]] = []

    async def rows(self, statement: Prebuilt[Row], values: Mapping[str, Any]) -> list[Row]:
        """
        The rows of one statement.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        for tell in self.watchers:
            tell(statement.sql)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._queue.append(Asked(answer, statement, values))
        if not self._is_due:
            if self._busy:
                self._is_due = True
                loop.call_soon(self._dispatch)
            else:
                # Nobody to share with is in sight.
                self._dispatch()
        result, types = await answer
        types.set_pgresult(result, set_loaders=False)
        rows = types.load_rows(0, result.ntuples, statement.make)
        types.set_pgresult(None, set_loaders=False)
        return rows

    async def close(self) -> None:
        """Close every connection; those in use when their answers are there."""
        self._is_closed = True
        for connection in [*self._rested, *self._busy]:
            if all(asked.answer.done() for asked in connection.unanswered()):
                connection.close()
        if not self._queue:
            for task in self._opening:
                task.cancel()
        await asyncio.gather(*self._opening, *self._stopping, return_exceptions=True)

    def _dispatch(self) -> None:
        self._is_due = False
        while self._queue:
            connection = take_usable(self._rested)
            if connection is None:
                self._open()
                break
            batch = self._next_batch()
            if not batch:
                self._rested.append(connection)
                break
            self._busy.add(connection)
            connection.ask(batch)
        if not self._is_watching and (self._queue or self._busy):
            self._watch()

    def _next_batch(self) -> list[Asked]:
        batch: list[Asked] = []
        queue = self._queue
        while queue and len(batch) < self._depth:
            asked = queue.popleft()
            if asked.answer.done():
                # The caller has left.
                continue
            if asked.is_alone:
                if not batch:
                    return [asked]
                queue.appendleft(asked)
                break
            batch.append(asked)
        return batch

    def _rest(self, connection: ReadingConnection, left: Iterable[Asked] = ()) -> None:
        """A connection has answered all but what is left, which comes backwards."""
        self._busy.discard(connection)
        if connection.heard_at - connection.asked_at < QUICK_SECONDS and self._depth < DEEPEST:
            self._depth += 1
        self._queue.extendleft(left)
        if connection.is_stale:
            for one in [*self._rested, *self._busy]:
                one.is_over = True
        if connection.is_over or (self._is_closed and not self._queue):
            connection.close()
        else:
            self._rested.append(connection)
        if self._queue:
            self._dispatch()

    def _end(self, connection: ReadingConnection) -> None:
        """A connection is closed."""
        self._busy.discard(connection)
        if connection in self._rested:
            self._rested.remove(connection)
        if self._queue and not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._dispatch)

    def _open(self) -> None:
        """Open a connection for every batch that waits for one, as far as there is room."""
        loop = asyncio.get_running_loop()
        batches = -(-len(self._queue) // self._depth)
        room = self._size - len(self._busy) - len(self._opening) - len(self._stopping)
        for _ in range(min(room, batches - len(self._opening))):
            # It outlives the request that it is opened for, and so must not know its variables.
            context = Context()
            task = loop.create_task(self._connect(), context=context)
            self._opening.add(task)
            task.add_done_callback(self._arrive, context=context)

    def _arrive(self, task: "asyncio.Task[AsyncConnection[Any]]") -> None:
        self._opening.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._rest(ReadingConnection(task.result(), self._rest, self._end))
        elif not self._busy and not self._opening:
            # Nobody is left who could serve those who wait.
            while self._queue:
                self._queue.popleft().fail(error)

    def _watch(self) -> None:
        self._is_watching = True
        loop = asyncio.get_running_loop()
        loop.call_later(LOOK_SECONDS, self._look, context=Context())

    def _look(self) -> None:
        """Whether anybody has waited for too long."""
        self._is_watching = False
        now = time.monotonic()
        while self._queue and now - self._queue[0].asked_at > PLACE_SECONDS:
            self._queue.popleft().fail(TimeoutError())
        for connection in list(self._busy):
            if now - connection.heard_at > self.grace_seconds and not connection.has_news():
                self._part(connection)
        if self._queue:
            self._dispatch()
        elif self._busy:
            self._watch()

    def _part(self, connection: ReadingConnection) -> None:
        """Stop a batch that is silent, unless it is one statement that somebody waits for."""
        unanswered = connection.unanswered()
        waiting = [asked for asked in unanswered if not asked.answer.done()]
        if waiting and len(unanswered) == 1:
            return
        for asked in waiting:
            asked.is_alone = True
        if waiting:
            self._depth = 1
        self._queue.extendleft(reversed(waiting))
        self._busy.discard(connection)
        task = asyncio.get_running_loop().create_task(connection.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopped)

    def _stopped(self, task: "asyncio.Task[None]") -> None:
        self._stopping.discard(task)
        self._dispatch()
