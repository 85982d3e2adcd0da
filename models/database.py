"""The engines: short write transactions, and autocommitted reads without a reset query."""

from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from models.farewell import has_news
from models.reading import Prebuilt, Reader
from models.reading.prebuilt import Row
from models.reading.reader import Connect
from models.trouble import try_later
from models.writing import Writer, WritingConnection

STATEMENT_SECONDS = 5
# A prebuilt statement is planned once for a connection. Every one reads ranges of indexes, whatever
# the values: planning for them would cost the server thrice what the statement does.
PLAN_ONCE = "-c plan_cache_mode=force_generic_plan"
READ_ONLY = "-c default_transaction_read_only=on"
SESSION_LIMITS = "-c lock_timeout=2000 -c idle_in_transaction_session_timeout=15000 -c timezone=UTC"


class Database:
    """
    The doors to one PostgreSQL.

    `begin()` opens a transaction that commits on leaving and rolls back on an exception. `read()`
    and `single()` give a connection in autocommit mode: one statement alone is a transaction, at a
    third of the way. `rows()` runs a prebuilt statement on connections of its own, past SQLAlchemy:
    what citizens read. `write()` and `writing()` do so with statements that write, the one alone,
    the other in a transaction. None may be held across a call to an upstream.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        application_name: str = "clearway",
        statement_seconds: int = STATEMENT_SECONDS,
    ) -> None:
        limits: dict[str, Any] = {
            "options": f"{SESSION_LIMITS} -c statement_timeout={statement_seconds * 1000}",
            "application_name": application_name,
            "connect_timeout": 5,
        }
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=2,
            pool_recycle=1800,
            hide_parameters=True,
            connect_args=limits,
        )
        event.listen(self._engine.sync_engine, "checkout", _refuse_dead)
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        # A statement of theirs takes a millisecond: half as many are plenty.
        few = max(1, pool_size // 2)
        self.reader = Reader(self._connector(limits, READ_ONLY), few)
        self.writer = Writer(self._connector(limits), few)

    @property
    def engine(self) -> AsyncEngine:
        """The engine itself, for migrations and for counting statements in tests."""
        return self._engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """
        One short write transaction.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        with _trouble_is_passing():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """
        A connection for single reading statements.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        with _trouble_is_passing():
            async with self._autocommit.connect() as connection:
                yield connection

    def rows(self, statement: Prebuilt[Row], values: Mapping[str, Any]) -> Awaitable[list[Row]]:
        """
        The rows of a prebuilt statement.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        return self.reader.rows(statement, values)

    def write(
        self, statement: Prebuilt[Row], values: Mapping[str, Any]
    ) -> Coroutine[Any, Any, list[Row]]:
        """
        The rows of a prebuilt statement that writes.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        return self.writer.rows(statement, values)

    def writing(self) -> AbstractAsyncContextManager[WritingConnection]:
        """
        A connection for one short transaction of prebuilt statements.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        return self.writer.connection()

    def single(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """
        A connection for one statement that writes.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        return self.read()

    async def close(self) -> None:
        """Close every connection."""
        await self.reader.close()
        self.writer.close()
        await self._engine.dispose()

    def _connector(self, limits: Mapping[str, Any], *more: str) -> Connect:
        """Open connections as the engine does, with its limits."""
        _, server = self._engine.dialect.create_connect_args(self._engine.url)
        options = " ".join([limits["options"], PLAN_ONCE, *more])
        return partial(
            psycopg.AsyncConnection.connect,
            **server,
            **{**limits, "options": options},
            autocommit=True,
        )


@contextmanager
def _trouble_is_passing() -> Iterator[None]:
    try:
        yield
    except (OperationalError, TimeoutError) as error:
        raise try_later(type(error.orig if hasattr(error, "orig") else error)) from None


def _refuse_dead(connection: Any, *_: Any) -> None:
    """
    Notice a server that has gone while the connection lay in the pool.

    :raises DisconnectionError: to the pool, which opens another connection instead
    """
    if has_news(connection.driver_connection.fileno()):
        raise DisconnectionError("the server closed the connection")
