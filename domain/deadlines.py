"""The time left for the request at hand: one budget, set at the door, read wherever we call out."""

import time
from contextvars import ContextVar, Token

_ends_at: ContextVar[float | None] = ContextVar("deadline", default=None)


class within:  # noqa: N801 - read like a function: `with within(10.0):`
    """Give everything called inside at most so many seconds; an outer, earlier deadline stays."""

    __slots__ = ("_seconds", "_token")
    _token: Token[float | None]

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        outer = _ends_at.get()
        end = time.monotonic() + self._seconds
        self._token = _ends_at.set(end if outer is None else min(outer, end))

    def __exit__(self, *_: object) -> None:
        _ends_at.reset(self._token)


def remaining(limit: float) -> float:
    """Seconds left, at most `limit`; zero or less when the time is up."""
    end = _ends_at.get()
    return limit if end is None else min(limit, end - time.monotonic())
