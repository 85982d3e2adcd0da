"""Every resolver is asked once, whatever it says, and an attribute looked up twice at most."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import strawberry
from strawberry.types import Info

from tests.execution.both import by_core, compiled, same_answer
from tests.execution.listening import listening


async def later(value: Any) -> Any:
    return value


def generated() -> Iterator[Any]:
    yield "a"
    yield 7


VALUES: dict[str, Callable[[], Any]] = {
    "a list": lambda: ["a", "b"],
    "a tuple": lambda: ("a", "b"),
    "a generator": generated,
    "awaitable items": lambda: ["a", later("b")],
    "a wrong item": lambda: ["a", object],
    "an exception": lambda: ["a", ValueError("No.")],
    "nothing": lambda: None,
    "no list": lambda: 7,
    "a text": lambda: "text",
    "an awaitable": lambda: later(["a", "b"]),
}


class Source:
    """Counts how often its attributes are looked up."""

    def __init__(self, make: Callable[[], Any], asked: Counter[str]) -> None:
        self._make = make
        self._asked = asked

    @property
    def row(self) -> Any:
        self._asked["row"] += 1
        return self._make()

    @property
    def grid(self) -> Any:
        self._asked["grid"] += 1
        return [self._make(), ["c"]]


@strawberry.type
class Shelf:
    row: list[str] | None
    grid: list[list[str | None] | None] | None

    @strawberry.field
    def said(self, info: Info) -> list[str | None] | None:
        return info.context("said")  # type: ignore[no-any-return]

    @strawberry.field
    def said_without_info(self: Any) -> list[list[str]] | None:
        self._asked["said_without_info"] += 1
        return [self._make()]

    @strawberry.field
    async def said_later(self, info: Info) -> list[str] | None:
        return info.context("said_later")  # type: ignore[no-any-return]


@strawberry.type
class Query:
    @strawberry.field
    def shelf(parent: strawberry.Parent[Any]) -> Shelf | None:  # noqa: N805
        return parent  # type: ignore[no-any-return]


schema = strawberry.Schema(Query)
DOCUMENT = "{ shelf { row grid said saidWithoutInfo saidLater } }"
ATTRIBUTES = {"row", "grid"}
RESOLVERS = Counter({"said": 1, "said_without_info": 1, "said_later": 1})


def asking(make: Callable[[], Any], asked: Counter[str]) -> dict[str, Any]:
    """A root and a context that count."""

    def say(name: str) -> Any:
        asked[name] += 1
        return make()

    return {"root": Source(make, asked), "context": say}


@pytest.mark.parametrize("make", VALUES.values(), ids=list(VALUES))
async def test_every_resolver_is_asked_once(make: Callable[[], Any]) -> None:
    asked: Counter[str] = Counter()
    answer = await compiled(schema, DOCUMENT).execute(**asking(make, asked))
    with listening():
        expected = (await by_core(schema, DOCUMENT, **asking(make, Counter()))).data
        gc.collect()

    assert Counter({name: asked[name] for name in asked if name not in ATTRIBUTES}) == RESOLVERS
    assert all(1 <= asked[name] <= 2 for name in ATTRIBUTES)
    assert answer.data == expected


async def test_a_generator_that_is_kept_in_an_attribute_serves_once() -> None:
    """It is not asked again because the next field fails."""

    @strawberry.type
    class Kept:
        items: list[str]
        wrong: int | None
        more: list[str] | None

    @strawberry.type(name="Query")
    class Keeping:
        @strawberry.field
        def kept(parent: strawberry.Parent[Any]) -> Kept:  # noqa: N805
            return parent  # type: ignore[no-any-return]

    keeping = strawberry.Schema(Keeping)

    def root() -> Kept:
        items: Any = (text for text in ("a", "b"))
        return Kept(items=items, wrong="not a number", more=None)  # type: ignore[arg-type]

    answer = await same_answer(keeping, "{ kept { items wrong } }", root)
    assert answer.data == {"kept": {"items": ["a", "b"], "wrong": None}}

    twice = await same_answer(keeping, "{ kept { items again: items } }", root)
    assert twice.data == {"kept": {"items": ["a", "b"], "again": []}}
