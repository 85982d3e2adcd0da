"""Batched fields: once for all parents of a level, and each parent its own value or error."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import strawberry
from strawberry.types import Info

from graphql_api.execution import Batch, batched
from tests.execution.both import by_core, compiled, same_answer


@strawberry.interface
class Being:
    number: int

    @batched(description="How heavy.")
    async def weight(beings: Sequence["Being"], info: Info, unit: int = 1) -> Batch[int | None]:  # noqa: N805
        info.context.append(("weight", [one.number for one in beings], unit))
        return [one.number * 10 * unit for one in beings]


@strawberry.type
class Item(Being):
    @batched()
    async def children(items: Sequence["Item"], info: Info, count: int = 2) -> Batch[list["Item"]]:  # noqa: N805
        info.context.append(("children", [one.number for one in items], count))
        await asyncio.sleep(0)
        return [[Item(number=one.number * 10 + n) for n in range(count)] for one in items]

    @batched()
    def next(items: Sequence["Item"], info: Info) -> Batch["Item | None"]:  # noqa: N805
        info.context.append(("next", [one.number for one in items]))
        return [
            None
            if one.number % 3 == 0
            else ValueError(f"{one.number}!")
            if one.number % 3 == 1
            else Item(number=one.number + 1)
            for one in items
        ]

    @batched()
    async def fails(items: Sequence["Item"], info: Info) -> Batch[str | None]:  # noqa: N805
        raise ValueError("For everybody.")

    @batched()
    def fails_surely(items: Sequence["Item"], info: Info) -> Batch[str]:  # noqa: N805
        raise ValueError("At once, for everybody.")

    @batched()
    async def short(items: Sequence["Item"], info: Info) -> Batch[str | None]:  # noqa: N805
        return []

    @batched()
    async def long(items: Sequence["Item"], info: Info) -> Batch[str | None]:  # noqa: N805
        return ["x"] * (len(items) + 1)

    @batched()
    async def no_list(items: Sequence["Item"], info: Info) -> Batch[str | None]:  # noqa: N805
        return "xy"[: len(items)]


@strawberry.type
class Stone(Being):
    name: str = "stone"


@strawberry.type
class Query:
    @strawberry.field
    def items(self) -> list[Item]:
        return [Item(number=1), Item(number=2), Item(number=3)]

    @strawberry.field
    def maybe_items(self) -> list[Item | None] | None:
        return [Item(number=1), None, Item(number=2)]

    @strawberry.field
    async def beings(self) -> list[list[Being]]:
        return [[Item(number=1), Stone(number=2)], [], [Stone(number=3), Item(number=4)]]


schema = strawberry.Schema(Query, types=[Item, Stone])


async def calls(document: str) -> tuple[Any, list[Any]]:
    """The data and every call of a batched resolver, in order."""
    log: list[Any] = []
    answer = await compiled(schema, document).execute(context=log)
    assert answer.errors is None
    return answer.data, log


async def test_one_call_serves_all_parents_of_a_level() -> None:
    data, log = await calls("{ items { children { children(count: 1) { number weight } } } }")

    assert log == [
        ("children", [1, 2, 3], 2),
        ("children", [10, 11, 20, 21, 30, 31], 1),
        ("weight", [100, 110, 200, 210, 300, 310], 1),
    ]
    first = data["items"][0]["children"][0]["children"][0]
    assert first == {"number": 100, "weight": 1000}


async def test_parents_that_are_null_are_no_parents() -> None:
    data, log = await calls("{ maybeItems { children(count: 1) { number } } }")

    assert data == {
        "maybeItems": [{"children": [{"number": 10}]}, None, {"children": [{"number": 20}]}]
    }
    assert log == [("children", [1, 2], 1)]


async def test_aliases_and_other_arguments_are_calls_of_their_own() -> None:
    data, log = await calls("{ items { weight heavy: weight(unit: 2) weight } }")

    assert data["items"][0] == {"weight": 10, "heavy": 20}
    assert log == [("weight", [1, 2, 3], 1), ("weight", [1, 2, 3], 2)]


async def test_nobody_is_asked_when_there_are_no_parents() -> None:
    _, log = await calls("{ items { children(count: 0) { weight } } }")

    assert log == [("children", [1, 2, 3], 0)]


async def test_a_batch_of_an_interface_is_one_call_for_each_type_at_most() -> None:
    data, log = await calls("{ beings { __typename weight } }")

    assert data["beings"][2][1] == {"__typename": "Item", "weight": 40}
    assert sorted(number for _, numbers, _ in log for number in numbers) == [1, 2, 3, 4]
    assert len(log) <= 2


@pytest.mark.parametrize(
    "document",
    [
        "{ items { number next { number } } }",
        "{ items { next { next { number } } } }",
        "{ items { fails } }",
        "{ items { failsSurely } }",
        "{ maybeItems { number failsSurely } }",
        "{ items { short } }",
        "{ maybeItems { short } }",
        "{ items { long } }",
        "{ items { noList } }",
    ],
)
async def test_what_goes_wrong_is_what_goes_wrong_in_graphql_core(document: str) -> None:
    await same_answer(schema, document, context=[])


async def test_graphql_core_alone_asks_for_one_parent_at_a_time() -> None:
    log: list[Any] = []

    answer = await by_core(schema, "{ items { children(count: 1) { number } } }", context=log)

    assert answer.errors is None
    assert sorted(log) == [("children", [1], 1), ("children", [2], 1), ("children", [3], 1)]


async def test_graphql_core_inside_of_an_engine_asks_for_all_at_once() -> None:
    """Here because of the introspection, which is not compiled."""
    _, log = await calls("{ __schema { queryType { name } } items { children { weight } } }")

    assert [(name, numbers) for name, numbers, _ in log] == [
        ("children", [1, 2, 3]),
        ("weight", [10, 11, 20, 21, 30, 31]),
    ]
