"""One connection for writing, driven through libpq itself."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import AsyncConnection, OperationalError
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

from models.farewell import has_news
from models.pipeline import PipelinedConnection
from models.reading import Prebuilt
from models.reading.prebuilt import Row

LONGEST_LIFE_SECONDS = 1800.0


class Call(NamedTuple):
    """A prebuilt statement and its parameters."""

    statement: Prebuilt[Any]
    values: Mapping[str, Any]


BEGIN = Call(Prebuilt(b"begin", "BEGIN", (), (), tuple), {})
COMMIT = Call(Prebuilt(b"commit", "COMMIT", (), (), tuple), {})


class WritingConnection(PipelinedConnection):
    """
    Sends one batch of statements at a time: a single message, and a transaction of its own.

    What is begun and committed is one transaction in two messages: what is read under its locks,
    and what is written last. Answers are given out when all of a batch are there: they are never
    those of a batch that came to nothing. After an error or a cancellation it is closed, and the
    server ends what was not committed.
    """

    __slots__ = (
        "_opened_at",
        "_prepared",
        "_results",
        "_types",
        "_waiter",
        "_watchers",
    )

    def __init__(
        self, opened: AsyncConnection[Any], watchers: Sequence[Callable[[str], None]]
    ) -> None:
        super().__init__(opened)
        self._watchers = watchers
        self._opened_at = time.monotonic()
        self._types = Transformer(opened)
        self._prepared: set[bytes] = set()
        self._results: list[PGresult] = []
        self._waiter: asyncio.Future[None] | None = None

    def is_usable(self) -> bool:
        """Whether it may be used again: neither left by the server nor worn out."""
        if self._is_closed or self._pg.status != ConnStatus.OK or has_news(self._descriptor):
            return False
        return time.monotonic() - self._opened_at < LONGEST_LIFE_SECONDS

    def is_at_rest(self) -> bool:
        """Whether what was begun has been committed."""
        return self._pg.transaction_status == TransactionStatus.IDLE

    async def rows(self, statement: Prebuilt[Row], values: Mapping[str, Any]) -> list[Row]:
        """
        The rows of one statement.

        :raises psycopg.Error: when nothing has happened; OperationalError also when nobody knows
        """
        [rows] = await self._batch([Call(statement, values)])
        return rows

    async def begin(self, *calls: Call) -> list[list[Any]]:
        """
        Begin a transaction; the rows of each of its first statements.

        :raises psycopg.Error: when nothing has happened
        """
        _, *answers = await self._batch([BEGIN, *calls])
        return answers

    async def commit(self, statement: Prebuilt[Row], values: Mapping[str, Any]) -> list[Row]:
        """
        Run the last statement of a transaction; its rows when it has been committed.

        :raises psycopg.Error: when nothing has happened; OperationalError also when nobody knows
        """
        rows, _ = await self._batch([Call(statement, values), COMMIT])
        return rows

    def close(self) -> None:
        """Close it, whatever it is doing; who waits is told that the server is away."""
        if self._is_closed:
            return
        self._is_closed = True
        self._unwatch()
        self._pg.finish()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(OperationalError("the connection is closed"))

    async def _batch(self, calls: Sequence[Call]) -> list[list[Any]]:
        try:
            asked = [one for call in calls for one in self._send(call)]
            self._pg.pipeline_sync()
            results = await self._answered()
            for result in results:
                if result.status == ExecStatus.FATAL_ERROR:
                    raise error_from_result(result)
        except BaseException:
            # What it has prepared, and whether it still works on something, nobody knows.
            self.close()
            raise
        return [
            self._read(statement, result)
            for statement, result in zip(asked, results, strict=True)
            if statement is not None
        ]

    def _send(self, call: Call) -> list[Prebuilt[Any] | None]:
        """What its answers are to: the statement, after it was prepared for the first time."""
        statement, values = call
        for tell in self._watchers:
            tell(statement.sql)
        pg, types = self._pg, self._types
        is_new = statement.name not in self._prepared
        if is_new:
            self._prepared.add(statement.name)
            pg.send_prepare(statement.name, statement.sql.encode())
        wanted = [values[name] for name in statement.parameters]
        sent = types.dump_sequence(wanted, statement.formats)
        pg.send_query_prepared(statement.name, sent, types.formats, Format.BINARY)
        return [None, statement] if is_new else [statement]

    async def _answered(self) -> list[PGresult]:
        self._results = []
        self._waiter = self._loop.create_future()
        self._flush()
        try:
            await self._waiter
        finally:
            self._waiter = None
        return self._results

    def _read(self, statement: Prebuilt[Any], result: PGresult) -> list[Any]:
        if result.status != ExecStatus.TUPLES_OK:
            return []
        self._types.set_pgresult(result)
        return self._types.load_rows(0, result.ntuples, statement.make)

    def _expects(self) -> bool:
        return self._waiter is not None

    def _take(self, result: PGresult) -> None:
        self._results.append(result)

    def _end_batch(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
