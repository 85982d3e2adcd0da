"""What a step of a tour expects, and how it fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

POLL_SECONDS = 0.2

T = TypeVar("T")


class StepFailed(Exception):
    """A step did not hold: what was expected, and what came."""

    def __init__(self, expected: object, came: object) -> None:
        super().__init__(f"expected {expected}, but {came} came")
        self.expected = expected
        self.came = came


def expect(holds: bool, expected: object, came: object) -> None:
    """:raises StepFailed: if it does not hold"""
    if not holds:
        raise StepFailed(expected, came)


def given(value: T | None, what: str) -> T:
    """What an earlier step leaves. :raises StepFailed: if it did not hold"""
    if value is None:
        raise StepFailed(f"{what} of a step before", "nothing")
    return value


async def wait_for(what: str, look: Callable[[], Awaitable[T | None]], seconds: float) -> T:
    """Look until there is something. :raises StepFailed: if there is nothing for so long"""
    began = time.monotonic()
    while (found := await look()) is None:
        expect(time.monotonic() - began < seconds, f"{what} within {seconds:g} s", "nothing")
        await asyncio.sleep(POLL_SECONDS)
    return found
