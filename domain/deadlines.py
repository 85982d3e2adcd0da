"""The time left for the request at hand: one budget, set at the door, read wherever we call out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give everything called inside at most so many seconds; an outer, earlier deadline stays."""
    outer = _ends_at.get()
    end = time.monotonic() + seconds
    token = _ends_at.set(end if outer is None else min(outer, end))
    try:
        yield
    finally:
        _ends_at.reset(token)


def remaining(limit: float) -> float:
    """Seconds left, at most `limit`; zero or less when the time is up."""
    end = _ends_at.get()
    return limit if end is None else min(limit, end - time.monotonic())
