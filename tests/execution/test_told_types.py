"""How the type of an object is told where it may be one of several."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, Union

import pytest
import strawberry

from tests.execution.both import same_answer, schema_of


async def later(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


@strawberry.interface
class Shown:
    name: str

    @classmethod
    def resolve_type(cls, value: Any, info: Any, abstract: Any) -> Any:
        return {"wrong": "Nothing", "none": None, "number": 7, "other": "Other"}.get(
            value.name, value.kind
        )


@strawberry.type
class First(Shown):
    kind: strawberry.Private[str] = "First"
    size: int = 1


@strawberry.type
class Second(Shown):
    kind: strawberry.Private[str] = "Second"

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> Any:
        return later(value.name != "refused")


@strawberry.type
class Other:
    name: str = "other"


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    kind: str
    size: int = 3


RECORDS = [
    Record("a", "First"),
    Record("b", "Second"),
    First(name="c"),
    Second(name="d"),
    First(name="none"),
    First(name="other"),
    Second(name="wrong"),
    Second(name="refused"),
    Record("wrong", "First"),
    Record("none", "First"),
    Record("number", "First"),
    Record("other", "First"),
    Record("refused", "Second"),
    "no record",
]


@pytest.mark.parametrize("record", RECORDS, ids=repr)
async def test_types_that_are_told_by_functions(record: Any) -> None:
    class Root:
        @strawberry.field
        def shown(self) -> Shown | None:
            return record  # type: ignore[no-any-return]

        @strawberry.field
        async def shown_later(self) -> list[Shown | None]:
            return [record, None]

        @strawberry.field
        def second(self) -> Second | None:
            return record  # type: ignore[no-any-return]

    schema = schema_of(Root, types=[First, Second, Other])
    fields = "{ __typename name ... on First { size } ... on Second { kind: __typename } }"
    await same_answer(schema, f"{{ shown {fields} shownLater {fields} }}")
    await same_answer(schema, "{ second { name } }")


@strawberry.type
class Cat:
    name: str


@strawberry.type
class Kitten(Cat):
    age: int


class Child(Kitten):
    """No type of the schema."""


Either = Annotated[Union["Cat", "Kitten"], strawberry.union("Either")]


async def test_a_class_that_inherits_from_another_member_of_a_union() -> None:
    class Root:
        @strawberry.field
        def several(self) -> list["Either"]:
            return [Cat(name="a"), Kitten(name="b", age=1), Child(name="c", age=2)]

    fields = "{ __typename ... on Cat { name } ... on Kitten { name age } }"
    await same_answer(schema_of(Root), f"{{ several {fields} }}")


T = TypeVar("T")


@strawberry.type
class Holder(Generic[T]):
    held: T


Held = Annotated[Union["Holder[int]", "Holder[str]", "Cat"], strawberry.union("Held")]


async def test_generic_types_are_told_by_what_they_hold() -> None:
    class Root:
        @strawberry.field
        def several(self) -> list["Held | None"]:
            return [Holder(held=1), Holder(held="x"), Cat(name="a"), None]

        @strawberry.field
        def one(self) -> Holder[int]:
            return Holder(held=3)

    text = """{ one { __typename held } several { __typename ... on Cat { name }
        ... on IntHolder { number: held } ... on StrHolder { text: held } } }"""
    await same_answer(schema_of(Root), text)
