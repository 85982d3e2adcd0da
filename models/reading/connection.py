"""One connection for reading, driven through libpq itself."""

import asyncio
import select
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.adapt import Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGresult

from models.reading.parameters import as_texts
from models.reading.prebuilt import Prebuilt, Row

# What was idle for longer may have been left by the server while nothing of ours could run.
DOUBTFUL_SECONDS = 0.02
LONGEST_LIFE_SECONDS = 1800.0
# Every shape of a page that somebody asks for is a statement: one connection keeps so many.
MOST_STATEMENTS = 128
CANCEL_SECONDS = 2.0

# What the server says of a statement that it has forgotten, or whose tables have changed.
STALE = (FeatureNotSupported, InvalidSqlStatementName)


class ReadingConnection:
    """
    Sends one statement at a time and takes the answer as the event loop brings it.

    Psycopg opens the connection and converts values; its cursors, locks and waiting are left out.
    The socket is watched from the first moment to the last, so an idle connection notices its end.
    """

    __slots__ = (
        "_descriptor",
        "_is_closed",
        "_loop",
        "_on_rest",
        "_opened",
        "_opened_at",
        "_pg",
        "_poll",
        "_prepared",
        "_result",
        "_types",
        "_used_at",
        "_waiter",
        "is_over",
    )

    def __init__(self, opened: AsyncConnection[Any]) -> None:
        self._opened = opened
        self._pg = opened.pgconn
        self._pg.nonblocking = 1
        self._types = Transformer(opened)
        self._prepared: set[bytes] = set()
        self._waiter: asyncio.Future[None] | None = None
        self._result: PGresult | None = None
        self._on_rest: Callable[[ReadingConnection], None] | None = None
        self._is_closed = self.is_over = False
        self._opened_at = self._used_at = time.monotonic()
        self._descriptor = self._pg.socket
        self._poll = select.poll()
        self._poll.register(self._descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._descriptor, self._readable)

    @property
    def is_asking(self) -> bool:
        """Whether an answer is on its way, perhaps one that nobody waits for."""
        return self._waiter is not None

    def is_usable(self) -> bool:
        """
        Whether it may be used again: neither left by the server nor worn out.

        An idle connection has nothing to read; if there is, it is the server's farewell.
        """
        now = time.monotonic()
        if self.is_over or self._pg.status != ConnStatus.OK:
            return False
        if now - self._used_at > DOUBTFUL_SECONDS and self._poll.poll(0):
            return False
        is_worn = len(self._prepared) >= MOST_STATEMENTS
        return not is_worn and now - self._opened_at < LONGEST_LIFE_SECONDS

    async def rows(self, statement: Prebuilt[Row], values: Mapping[str, Any]) -> list[Row]:
        """
        The rows of one statement, which is prepared when it comes for the first time.

        :raises FeatureNotSupported, InvalidSqlStatementName: when the tables have changed since;
            a new connection will do
        :raises OperationalError: for trouble that passes
        """
        pg, types = self._pg, self._types
        if statement.name not in self._prepared:
            # Before it is sent: whether or not we are there for the answer, the server has it then.
            self._prepared.add(statement.name)
            pg.send_prepare(statement.name, statement.sql.encode())
            await self._sent()
            self._check(ExecStatus.COMMAND_OK)
        wanted = [values[name] for name in statement.parameters]
        texts = as_texts(wanted)
        if texts is not None:
            pg.send_query_prepared(statement.name, texts, None, Format.BINARY)
        else:
            sent = types.dump_sequence(wanted, statement.formats)
            pg.send_query_prepared(statement.name, sent, types.formats, Format.BINARY)
        await self._sent()
        result = self._check(ExecStatus.TUPLES_OK)
        types.set_pgresult(result)
        rows = types.load_rows(0, result.ntuples, statement.make)
        types.set_pgresult(None)
        self._used_at = time.monotonic()
        return rows

    def abandon(self, on_rest: Callable[["ReadingConnection"], None]) -> None:
        """Nobody waits for the answer on its way: when it is there, or cannot come, say so."""
        self._on_rest = on_rest

    async def stop(self) -> None:
        """Have the server stop working on what nobody waits for, and never use this again."""
        self.is_over = True
        with suppress(Error, OSError):
            await self._opened.cancel_safe(timeout=CANCEL_SECONDS)
        self.close()

    def close(self) -> None:
        """Close it, whatever it is doing; who waits is told that the server is away."""
        self.is_over = True
        if not self._is_closed:
            self._is_closed = True
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
            self._pg.finish()
            self._settle(OperationalError("the connection is closed"))

    def _sent(self) -> "asyncio.Future[None]":
        """The end of the answer to what has been sent, or is still being sent."""
        self._result = None
        waiter = self._waiter = self._loop.create_future()
        self._flush()
        return waiter

    def _check(self, expected: ExecStatus) -> PGresult:
        """:raises psycopg.Error: when the server has answered anything else"""
        result, self._result = self._result, None
        if result is None:
            raise OperationalError("the server has not answered")
        if result.status != expected:
            error = error_from_result(result)
            # One change of the tables makes every plan of the connection doubtful.
            self.is_over |= isinstance(error, STALE)
            raise error
        return result

    def _flush(self) -> None:
        try:
            if self._pg.flush():
                self._loop.add_writer(self._descriptor, self._written)
        except OperationalError:
            self.close()

    def _written(self) -> None:
        self._loop.remove_writer(self._descriptor)
        self._flush()

    def _readable(self) -> None:
        pg = self._pg
        try:
            pg.consume_input()
        except OperationalError:
            self.close()
            return
        if self._waiter is None:
            # Nothing was asked: the server says goodbye.
            self.close()
            return
        while not pg.is_busy():
            result = pg.get_result()
            if result is None:
                self._settle(None)
                return
            self._result = result

    def _settle(self, error: OperationalError | None) -> None:
        """The answer is complete, or will never be."""
        waiter, self._waiter = self._waiter, None
        if waiter is None:
            return
        if not waiter.done():
            waiter.set_result(None) if error is None else waiter.set_exception(error)
        elif self._on_rest is not None:
            on_rest, self._on_rest = self._on_rest, None
            on_rest(self)
