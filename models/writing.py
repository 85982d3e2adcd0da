"""Writing in prebuilt statements, past SQLAlchemy: what every first request of a citizen needs."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, AsyncRawCursor, OperationalError

from models.farewell import has_left
from models.reading import Prebuilt
from models.reading.prebuilt import Row
from models.trouble import try_later

PLACE_SECONDS = 2.0
LONGEST_LIFE_SECONDS = 1800.0

Connect = Callable[[], Awaitable[AsyncConnection[Any]]]


class Writing:
    """A connection in use. A statement is a transaction of its own, unless one has been begun."""

    __slots__ = ("_connection", "_cursor", "_opened_at")

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection
        self._opened_at = time.monotonic()
        # It reads numbered parameters, as prebuilt statements have them.
        self._cursor = AsyncRawCursor(connection)

    def is_usable(self) -> bool:
        """Whether it may be used again: neither left by the server nor worn out."""
        is_worn = time.monotonic() - self._opened_at > LONGEST_LIFE_SECONDS
        return not is_worn and not has_left(self._connection.fileno())

    async def rows(self, statement: Prebuilt[Row], values: Mapping[str, Any]) -> list[Row]:
        """The rows of one statement, which is prepared when it comes for the first time."""
        wanted = [values[name] for name in statement.parameters]
        cursor = self._cursor
        await cursor.execute(statement.sql.encode(), wanted, prepare=True, binary=True)
        return [statement.make(row) for row in await cursor.fetchall()]

    async def run(self, command: bytes) -> None:
        """Run what has neither parameters nor rows."""
        await self._cursor.execute(command, prepare=False)

    async def close(self) -> None:
        """Close it; what was not committed never was."""
        await self._connection.close()


class Writer:
    """
    Runs prebuilt statements that may write, on at most `size` connections of its own.

    The connection used last is used next. After an error it is closed: a new one has no plans that
    a migration has made stale, and no transaction that is still open.
    """

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(size)
        self._rested: list[Writing] = []
        self._is_closed = False

    async def rows(self, statement: Prebuilt[Row], values: Mapping[str, Any]) -> list[Row]:
        """
        The rows of one statement, which is a transaction of its own.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        async with self._connection() as connection:
            return await connection.rows(statement, values)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Writing]:
        """
        One short transaction; it commits on leaving and rolls back on an exception.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        async with self._connection() as connection:
            await connection.run(b"BEGIN")
            yield connection
            await connection.run(b"COMMIT")

    async def close(self) -> None:
        """Close every connection; those in use when they are given back."""
        self._is_closed = True
        while self._rested:
            await self._rested.pop().close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Writing]:
        try:
            async with asyncio.timeout(PLACE_SECONDS):
                await self._places.acquire()
            try:
                connection = await self._take_rested() or Writing(await self._connect())
                try:
                    yield connection
                except BaseException:
                    await connection.close()
                    raise
                await self._put_back(connection)
            finally:
                self._places.release()
        except (OperationalError, TimeoutError) as error:
            raise try_later(type(error)) from None

    async def _take_rested(self) -> Writing | None:
        while self._rested:
            connection = self._rested.pop()
            if connection.is_usable():
                return connection
            await connection.close()
        return None

    async def _put_back(self, connection: Writing) -> None:
        if self._is_closed:
            await connection.close()
        else:
            self._rested.append(connection)
