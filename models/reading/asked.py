"""A statement that somebody asks, on its way to the server and back."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from psycopg import OperationalError, abc
from psycopg.pq.abc import PGresult

from models.reading.parameters import as_sent
from models.reading.prebuilt import Prebuilt
from models.trouble import try_later

# What the server sent, and what makes values of it.
Answer = tuple[PGresult, abc.Transformer]


class Asked:
    """
    One statement with its values, and the answer that its caller waits for.

    An answer is made into rows when its caller goes on: those of a whole batch at once would only
    grow cold in memory.

    `is_alone`: it shares no batch, for it may be the one that is slow. `is_anew`: the tables had
    changed under its plan once already.
    """

    __slots__ = ("answer", "asked_at", "formats", "is_alone", "is_anew", "statement", "values")

    def __init__(
        self,
        answer: "asyncio.Future[Answer]",
        statement: Prebuilt[Any],
        values: Mapping[str, Any],
    ) -> None:
        self.answer = answer
        self.statement = statement
        self.values, self.formats = as_sent(statement, values)
        self.asked_at = time.monotonic()
        self.is_alone = self.is_anew = False

    def fail(self, error: BaseException) -> None:
        """Tell the caller, if there still is one; trouble that passes is told as such."""
        if not self.answer.done():
            is_passing = isinstance(error, (OperationalError, TimeoutError))
            self.answer.set_exception(try_later(type(error)) if is_passing else error)
