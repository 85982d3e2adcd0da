"""What every connection driven through libpq itself does alike, whatever it sends."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any, TypeVar

from psycopg import AsyncConnection, OperationalError
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

END = ExecStatus.PIPELINE_SYNC


class PipelinedConnection(ABC):
    """
    Sends one batch of statements at a time and takes the answers as the event loop brings them.

    Psycopg opens the connection and converts values; its cursors, locks and waiting are left out.
    The socket is watched from the first moment to the last, so an idle connection notices its end.
    """

    __slots__ = ("_descriptor", "_is_closed", "_loop", "_opened", "_pg")

    def __init__(self, opened: AsyncConnection[Any]) -> None:
        self._opened = opened
        self._pg = opened.pgconn
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._is_closed = False
        self._descriptor = self._pg.socket
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._descriptor, self._readable)

    @abstractmethod
    def is_usable(self) -> bool:
        """Whether it may be used again: neither left by the server nor worn out."""

    @abstractmethod
    def close(self) -> None:
        """Close it, whatever it is doing; who waits is told that the server is away."""

    @abstractmethod
    def _expects(self) -> bool:
        """Whether a batch is under way."""

    @abstractmethod
    def _take(self, result: PGresult) -> None:
        """Of the answer to a batch, the next result."""

    @abstractmethod
    def _end_batch(self) -> None:
        """All results of a batch have been taken."""

    def _unwatch(self) -> None:
        self._loop.remove_reader(self._descriptor)
        self._loop.remove_writer(self._descriptor)

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
        if not self._expects():
            # Nothing was asked: the server says goodbye.
            self.close()
            return
        while not pg.is_busy():
            result = pg.get_result()
            if result is None:
                # It owes us an answer, and will not give it.
                self.close()
                return
            if result.status == END:
                self._end_batch()
                return
            self._take(result)
            # What follows every result but the batch's end is its end.
            pg.get_result()


Connection = TypeVar("Connection", bound=PipelinedConnection)


def take_usable(rested: list[Connection]) -> Connection | None:
    """The connection that was used last, of those that may still be used; others are closed."""
    while rested:
        connection = rested.pop()
        if connection.is_usable():
            return connection
        connection.close()
    return None
