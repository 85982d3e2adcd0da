"""What can be awaited, in graphql-core's sense."""

import inspect
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from types import CoroutineType
from typing import Any, TypeGuard

from strawberry.execution import optimized_is_awaitable


def is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Strawberry's quicker test of the same thing; its author left out that it narrows types."""
    # What async functions and others return is what we are asked about most.
    kind = type(value)
    return kind is CoroutineType or (kind is not list and optimized_is_awaitable(value))


# Of one execution: values that compiled code did not take and graphql-core asked for again. What
# is an attribute is the same the second time; what is made anew each time has to be closed.
LEFT_BEHIND: ContextVar[list[Any] | None] = ContextVar("graphql_left_behind", default=None)


def leave(value: Any) -> None:
    """Remember a value that was not taken."""
    left = LEFT_BEHIND.get()
    if left is not None:
        left.append(value)


def discard(value: Any) -> None:
    """Close the coroutines in it that nobody has awaited."""
    if inspect.iscoroutine(value):
        if not is_used(value):
            value.close()
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        with suppress(Exception):
            for one in value:
                discard(one)


def is_used(value: Any) -> bool:
    """Whether somebody has begun to await this coroutine."""
    return inspect.iscoroutine(value) and inspect.getcoroutinestate(value) != inspect.CORO_CREATED
