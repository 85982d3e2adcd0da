"""What came of a piece of work that is over, for whoever awaits it later."""

from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Settled(Generic[Value]):
    """
    A value or a failure that can be awaited as often as wanted: a future without an event loop.

    `value` is None after a failure.
    """

    __slots__ = ("failure", "value")

    def __init__(self, value: Value | None, failure: Exception | None = None) -> None:
        self.value = value
        self.failure = failure

    def __await__(self) -> Generator[Any, Any, Value]:
        """:raises Exception: the failure"""
        if self.failure is not None:
            raise self.failure
        yield from ()
        return self.value  # type: ignore[return-value]


def made(make: Callable[[], Value]) -> Settled[Value]:
    """What comes of it, whatever that is."""
    try:
        return Settled(make())
    except Exception as failure:
        return Settled(None, failure)


async def settled(work: Awaitable[Value]) -> Settled[Value]:
    """Wait for what comes of it, whatever that is."""
    try:
        return Settled(await work)
    except Exception as failure:
        return Settled(None, failure)
