"""A small pool of connections for prebuilt statements that write."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, OperationalError

from models.pipeline import take_usable
from models.reading import Prebuilt
from models.reading.prebuilt import Row
from models.trouble import try_later
from models.writing.connection import WritingConnection

PLACE_SECONDS = 2.0

Connect = Callable[[], Awaitable[AsyncConnection[Any]]]


class Writer:
    """
    Runs prebuilt statements that write, on at most `size` connections.

    The connection used last is used next, so that a quiet hour needs few. After an error another
    one is: it has no plans that a migration has made stale. Nothing is ever sent twice.
    `watchers` are told the text of every statement that is sent.
    """

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(size)
        self._rested: list[WritingConnection] = []
        self._is_closed = False
        self.watchers: list[Callable[[str], None]] = []

    async def rows(self, statement: Prebuilt[Row], values: Mapping[str, Any]) -> list[Row]:
        """
        The rows of one statement, which is a transaction of its own.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        async with self.connection() as connection:
            return await connection.rows(statement, values)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[WritingConnection]:
        """
        A connection for one transaction; what is not committed when the block is left never was.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        try:
            async with asyncio.timeout(PLACE_SECONDS):
                await self._places.acquire()
            try:
                connection = take_usable(self._rested) or await self._opened()
                try:
                    yield connection
                except BaseException:
                    connection.close()
                    raise
                self._put_back(connection)
            finally:
                self._places.release()
        except (OperationalError, TimeoutError) as error:
            raise try_later(type(error)) from None

    def close(self) -> None:
        """Close every connection; those in use when they are given back."""
        self._is_closed = True
        while self._rested:
            self._rested.pop().close()

    async def _opened(self) -> WritingConnection:
        return WritingConnection(await self._connect(), self.watchers)

    def _put_back(self, connection: WritingConnection) -> None:
        if self._is_closed or not connection.is_at_rest():
            connection.close()
        else:
            self._rested.append(connection)
