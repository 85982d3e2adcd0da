"""The engines: short write transactions, and autocommitted reads without a reset query."""

import logging
import select
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.failures import TryLater

log = logging.getLogger("clearway.database")

RETRY_SECONDS = 2.0

STATEMENT_SECONDS = 5
SESSION_LIMITS = "-c lock_timeout=2000 -c idle_in_transaction_session_timeout=15000 -c timezone=UTC"


class Database:
    """
    The doors to one PostgreSQL.

    `begin()` opens a transaction that commits on leaving and rolls back on an exception. `read()`
    and `single()` give a connection in autocommit mode: one statement alone is a transaction, at a
    third of the way. None may be held across a call to an upstream.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        application_name: str = "clearway",
        statement_seconds: int = STATEMENT_SECONDS,
    ) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=2,
            pool_recycle=1800,
            hide_parameters=True,
            connect_args={
                "options": f"{SESSION_LIMITS} -c statement_timeout={statement_seconds * 1000}",
                "application_name": application_name,
                "connect_timeout": 5,
            },
        )
        event.listen(self._engine.sync_engine, "checkout", _refuse_dead)
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")

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
            async with self._reader.connect() as connection:
                yield connection

    def single(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """
        A connection for one statement that writes.

        :raises TryLater: if the server is away, or has no time or connection for us
        """
        return self.read()

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


@contextmanager
def _trouble_is_passing() -> Iterator[None]:
    try:
        yield
    except (OperationalError, TimeoutError) as error:
        # The text names hosts and may quote values: the kind is enough.
        log.warning("database trouble: %s", type(error.orig if hasattr(error, "orig") else error))
        raise TryLater("retry_later", retry_after=RETRY_SECONDS) from None


def _refuse_dead(connection: Any, *_: Any) -> None:
    """
    Notice a server that has gone while the connection lay in the pool, without asking it anything.

    An idle connection has nothing to read; if there is, it is the server's farewell.

    :raises DisconnectionError: to the pool, which opens another connection instead
    """
    descriptor = connection.driver_connection.fileno()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
    if poll.poll(0):
        raise DisconnectionError("the server closed the connection")
