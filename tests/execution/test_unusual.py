"""What schemas and resolvers may do, and generated documents do not reach."""

import asyncio
import enum
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from tests.execution.both import compiled, same_answer, schema_of


async def later(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


def future(value: Any) -> Awaitable[Any]:
    return asyncio.ensure_future(later(value))


async def test_futures_and_tasks_are_awaited() -> None:
    class Root:
        @strawberry.field
        def number(self) -> int:
            return future(7)  # type: ignore[return-value]

        @strawberry.field
        def numbers(self) -> list[int | None]:
            return [1, future(2), later(3), future("x")]  # type: ignore[list-item]

    answer = await same_answer(schema_of(Root), "{ number numbers again: numbers }")

    assert answer.data == {
        "number": 7,
        "numbers": [1, 2, 3, None],
        "again": [1, 2, 3, None],
    }


async def test_a_default_resolver_of_the_schema() -> None:
    @strawberry.type
    class Item:
        name: str
        maybe: str | None

    class Root:
        @strawberry.field
        def items(self) -> list[Item]:
            return [{"name": "a", "maybe": None}, {"name": "b"}]  # type: ignore[list-item]

    config = StrawberryConfig(default_resolver=lambda one, name: one[name])
    answer = await same_answer(schema_of(Root, config=config), "{ items { name maybe } }")

    assert answer.data == {"items": [{"name": "a", "maybe": None}, {"name": "b", "maybe": None}]}


async def test_names_that_are_no_camel_case() -> None:
    class Root:
        some_name: str = "x"

        @strawberry.field
        def other_name(self, an_argument: int = 1) -> int:
            return an_argument

    schema = schema_of(Root, config=StrawberryConfig(auto_camel_case=False))

    answer = await same_answer(schema, "{ some_name other_name(an_argument: 3) }", Root)

    assert answer.data == {"some_name": "x", "other_name": 3}


class OtherInfo(Info[Any, Any]):
    @property
    def shouted(self) -> str:
        return self.field_name.upper()


async def test_an_info_of_ones_own() -> None:
    class Root:
        @strawberry.field
        def name(self, info: OtherInfo) -> str:
            return info.shouted

    schema = schema_of(Root, config=StrawberryConfig(info_class=OtherInfo))

    assert (await same_answer(schema, "{ name }")).data == {"name": "NAME"}


@strawberry.enum
class Level(enum.Enum):
    LOW = (1, "low")
    HIGH = (2, "high")


async def test_enums_of_anything() -> None:
    class Root:
        @strawberry.field
        def levels(self, least: Level = Level.LOW) -> list[Level | None]:
            return [least, Level.HIGH, (1, "low"), [1, "low"], "LOW", 1]  # type: ignore[list-item]

    await same_answer(schema_of(Root), "{ levels high: levels(least: HIGH) }")


@pytest.mark.parametrize(
    "raised",
    [StopIteration("x"), RecursionError("deep"), AssertionError(), MemoryError("much"), KeyError()],
    ids=repr,
)
async def test_whatever_is_raised(raised: Exception) -> None:
    def fail() -> Iterator[int]:
        raise raised

    class Root:
        @strawberry.field
        def at_once(self) -> list[int] | None:
            return fail()  # type: ignore[return-value]

        @strawberry.field
        async def later(self) -> list[int] | None:
            return fail()  # type: ignore[return-value]

        @strawberry.field
        def value(self) -> list[int | None] | None:
            return [1, raised]  # type: ignore[list-item]

    await same_answer(schema_of(Root), "{ atOnce later value }")


@strawberry.type
class Nested:
    name: str = "x"

    @strawberry.field
    def inner(self) -> "Nested":
        return Nested()

    @strawberry.field
    async def inner_later(self) -> "Nested":
        return Nested()


@pytest.mark.parametrize("name", ["inner", "innerLater"])
async def test_deep_selections(name: str) -> None:
    class Root:
        @strawberry.field
        def inner(self) -> Nested:
            return Nested()

    depth = 40
    text = f"{{ inner {f'{{ {name} ' * depth} {{ name }} {'}' * depth} }}"

    assert (await same_answer(schema_of(Root), text)).errors is None


def many(count: int) -> Callable[[], Any]:
    return lambda: [str(number) for number in range(count)]


async def test_a_long_list_is_one_list() -> None:
    class Root:
        numbers: list[str] = strawberry.field(resolver=many(20_000))

    answer = await compiled(schema_of(Root), "{ numbers }").execute()

    assert answer.data == {"numbers": many(20_000)()}
