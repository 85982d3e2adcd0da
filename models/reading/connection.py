"""One connection for reading, driven through libpq itself."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from psycopg import AsyncConnection, Error, OperationalError, abc
from psycopg.adapt import Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGresult

from models.farewell import has_news
from models.pipeline import PipelinedConnection
from models.reading.asked import Asked

# What was idle for longer may have been left by the server while nothing of ours could run.
DOUBTFUL_SECONDS = 0.02
LONGEST_LIFE_SECONDS = 1800.0
# Every shape of a page that somebody asks for is a statement: one connection keeps so many.
MOST_STATEMENTS = 128
CANCEL_SECONDS = 2.0

# What the server says of a statement that it has forgotten, or whose tables have changed.
STALE = (FeatureNotSupported, InvalidSqlStatementName)

BINARY = Format.BINARY
ROWS = ExecStatus.TUPLES_OK
PREPARED = ExecStatus.COMMAND_OK
ABORTED = ExecStatus.PIPELINE_ABORTED


class ReadingConnection(PipelinedConnection):
    """
    Sends one batch of statements at a time and takes the answers as the event loop brings them.

    A batch is one message to the server, and its answers are hardly more: most of what a short
    statement costs is sending it and waking up. After an error the server skips the rest of a
    batch: those are left for `on_rest`, which is told when the batch is over.

    When it is closed it tells `on_end`.
    """

    __slots__ = (
        "_due",
        "_is_asking",
        "_on_end",
        "_on_rest",
        "_opened_at",
        "_prepared",
        "_preparing",
        "_types",
        "asked_at",
        "heard_at",
        "is_over",
        "is_stale",
    )

    def __init__(
        self,
        opened: AsyncConnection[Any],
        on_rest: Callable[["ReadingConnection", Iterable[Asked]], None],
        on_end: Callable[["ReadingConnection"], None],
    ) -> None:
        super().__init__(opened)
        self._on_rest = on_rest
        self._on_end = on_end
        self._prepared: set[bytes] = set()
        self._preparing: deque[bytes] = deque()
        self._types: dict[bytes, abc.Transformer] = {}
        self._due: deque[Asked] = deque()
        self._is_asking = self.is_over = self.is_stale = False
        self._opened_at = self.asked_at = self.heard_at = time.monotonic()

    def is_usable(self) -> bool:
        """
        Whether it may be used again: neither left by the server nor worn out.

        An idle connection has nothing to read; if there is, it is the server's farewell.
        """
        now = time.monotonic()
        if self.is_over or self._pg.status != ConnStatus.OK:
            return False
        if now - self.heard_at > DOUBTFUL_SECONDS and self.has_news():
            return False
        is_worn = len(self._prepared) >= MOST_STATEMENTS
        return not is_worn and now - self._opened_at < LONGEST_LIFE_SECONDS

    def ask(self, batch: Sequence[Asked]) -> None:
        """Send statements; each is prepared when it comes for the first time."""
        pg, prepared = self._pg, self._prepared
        self._is_asking = True
        self._due.extend(batch)
        self.asked_at = self.heard_at = time.monotonic()
        try:
            for asked in batch:
                statement = asked.statement
                if statement.name not in prepared:
                    prepared.add(statement.name)
                    self._preparing.append(statement.name)
                    pg.send_prepare(statement.name, statement.sql.encode())
                pg.send_query_prepared(statement.name, asked.values, asked.formats, BINARY)
            pg.pipeline_sync()
        except Exception as error:
            self.close()
            if not isinstance(error, OperationalError):
                raise
        else:
            self._flush()

    def has_news(self) -> bool:
        """Whether there is something to read that the loop has not come to yet."""
        return has_news(self._descriptor)

    def unanswered(self) -> list[Asked]:
        """What the server works on or has skipped, whether or not anybody waits for it."""
        return list(self._due)

    async def stop(self) -> None:
        """Have the server stop working on what is left of the batch, and never use this again."""
        self.is_over = True
        self._due.clear()
        self._unwatch()
        with suppress(Error, OSError):
            await self._opened.cancel_safe(timeout=CANCEL_SECONDS)
        self.close()

    def close(self) -> None:
        """Close it, whatever it is doing; who waits is told that the server is away."""
        self.is_over = True
        if not self._is_closed:
            self._is_closed = True
            self._unwatch()
            self._pg.finish()
            while self._due:
                self._due.popleft().fail(OperationalError("the connection is closed"))
            self._on_end(self)

    def _expects(self) -> bool:
        return self._is_asking

    def _readable(self) -> None:
        super()._readable()
        self.heard_at = time.monotonic()

    def _take(self, result: PGresult) -> None:
        status = result.status
        if status == ROWS:
            self._answer(self._due.popleft(), result)
        elif status == PREPARED:
            self._preparing.popleft()
        elif status != ABORTED:
            self._refuse(self._due.popleft(), result)

    def _answer(self, asked: Asked, result: PGresult) -> None:
        name = asked.statement.name
        types = self._types.get(name)
        if types is None:
            # The same statement of the same connection: the same types.
            types = self._types[name] = Transformer(self._opened)
            types.set_pgresult(result)
        if not asked.answer.done():
            # Otherwise the caller has left.
            asked.answer.set_result((result, types))

    def _refuse(self, asked: Asked, result: PGresult) -> None:
        error = error_from_result(result)
        if isinstance(error, STALE):
            # One change of the tables makes every plan of the connection doubtful.
            self.is_over = self.is_stale = True
            if not asked.is_anew:
                asked.is_anew = True
                self._due.appendleft(asked)
                return
        asked.fail(error)

    def _end_batch(self) -> None:
        """The batch is over; what is left of it has not been run, nor prepared."""
        self._is_asking = False
        self.heard_at = time.monotonic()
        self._prepared.difference_update(self._preparing)
        self._preparing.clear()
        left = self._due
        self._due = deque()
        self._on_rest(self, reversed(left))
