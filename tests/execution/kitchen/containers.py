"""What stands where a list is expected."""

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from random import Random
from typing import Any

from tests.execution.kitchen.answers import Trouble

Make = Callable[[], Any]


class Iterable:
    """Can be iterated over, and nothing else."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)


def container(random: Random, items: list[Make], *, stored: bool, strange: bool) -> Make:
    """What makes a collection of what the items make; `stored` ones can be iterated over again."""
    if strange:
        return _strange(random, items, stored)
    kind = random.randrange(20)
    if kind < 13:
        return lambda: [make() for make in items]
    if kind < 15:
        return lambda: tuple(make() for make in items)
    if kind == 15:
        return lambda: deque(make() for make in items)
    if kind == 16:
        return lambda: {place: make() for place, make in enumerate(items)}.values()
    if kind == 17 or stored:
        return lambda: Iterable([make() for make in items])
    return (lambda: (make() for make in items)) if kind == 18 else lambda: _later(items)


def _strange(random: Random, items: list[Make], stored: bool) -> Make:
    values: list[Any] = ["text", b"bytes", {"a": 1}, {1, 2, 3}, frozenset(), range(2), 7, object]
    kind = random.randrange(len(values) + 2)
    if kind < len(values):
        return lambda: values[kind]
    return (lambda: 7) if stored else lambda: _broken(items)


def _broken(items: list[Make]) -> Iterator[Any]:
    for make in items:
        yield make()
    raise Trouble("No more.")


async def _later(items: list[Make]) -> AsyncIterator[Any]:
    for make in items:
        yield make()
