"""A small pool of connections for single SELECTs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from psycopg import AsyncConnection, OperationalError

from models.reading.connection import STALE, ReadingConnection
from models.reading.places import Places
from models.reading.prebuilt import Prebuilt, Row
from models.trouble import try_later

PLACE_SECONDS = 2.0

Connect = Callable[[], Awaitable[AsyncConnection[Any]]]


class Reader:
    """
    Runs prebuilt statements, each a transaction of its own, on at most `size` connections.

    The connection used last is used next, so that a quiet hour needs few. `watchers` are told the
    text of every statement that is sent. `grace_seconds`: how long an answer that nobody waits for
    may take before the server is told to stop; a new connection costs more than most answers.
    """

    grace_seconds = 0.1

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._places = Places(size, PLACE_SECONDS)
        self._rested: list[ReadingConnection] = []
        self._abandoned: set[ReadingConnection] = set()
        self._stopping: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self.watchers: list[Callable[[str], None]] = []

    async def rows(self, statement: Prebuilt[Row], values: Mapping[str, Any]) -> list[Row]:
        """
        The rows of one statement.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        for tell in self.watchers:
            tell(statement.sql)
        try:
            try:
                return await self._rows(statement, values)
            except STALE:
                # The tables have changed under the plan: a new connection makes a new one.
                return await self._rows(statement, values, anew=True)
        except (OperationalError, TimeoutError) as error:
            raise try_later(type(error)) from None

    async def close(self) -> None:
        """Close every connection; those in use when their answers are there."""
        self._is_closed = True
        self._places.close()
        for connection in [*self._rested, *self._abandoned]:
            connection.close()
        self._rested.clear()
        await asyncio.gather(*self._stopping, return_exceptions=True)

    async def _rows(
        self, statement: Prebuilt[Row], values: Mapping[str, Any], *, anew: bool = False
    ) -> list[Row]:
        if not self._places.take_at_once():
            await self._places.wait()
        connection = None
        try:
            connection = None if anew else self._take_rested()
            if connection is None:
                connection = ReadingConnection(await self._connect())
            return await connection.rows(statement, values)
        finally:
            self._leave(connection)

    def _take_rested(self) -> ReadingConnection | None:
        while self._rested:
            connection = self._rested.pop()
            if connection.is_usable():
                return connection
            connection.close()
        return None

    def _leave(self, connection: ReadingConnection | None) -> None:
        if connection is None:
            self._places.give_back()
        elif connection.is_asking:
            # The caller was cancelled. Its answer must not become the next one's.
            self._abandoned.add(connection)
            connection.abandon(self._put_back)
            asyncio.get_running_loop().call_later(self.grace_seconds, self._stop_asking, connection)
        else:
            self._put_back(connection)

    def _put_back(self, connection: ReadingConnection) -> None:
        self._abandoned.discard(connection)
        if connection.is_over or self._is_closed:
            connection.close()
        else:
            self._rested.append(connection)
        self._places.give_back()

    def _stop_asking(self, connection: ReadingConnection) -> None:
        # Its answer may have come, and it may be serving somebody else by now.
        if connection in self._abandoned:
            task = asyncio.ensure_future(connection.stop())
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)
