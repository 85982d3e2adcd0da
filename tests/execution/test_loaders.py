"""
Ordinary resolvers with Strawberry's DataLoader load as much at once as under graphql-core.

That is so for fields of one level. Where levels of different branches come to their loads after
different numbers of turns of the loop, either executor may be the one that loads oftener.
"""

import asyncio
from dataclasses import dataclass, field
from itertools import chain

import pytest
import strawberry
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from tests.execution.both import by_core, compiled


@dataclass(slots=True)
class Shelf:
    """A loader, and what it was asked for at once."""

    loads: list[list[int]] = field(default_factory=list)
    names: DataLoader[int, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = DataLoader(load_fn=self._load)

    async def _load(self, keys: list[int]) -> list[str]:
        self.loads.append(sorted(keys))
        await asyncio.sleep(0)
        return [f"name {key}" for key in keys]


@strawberry.type
class Book:
    number: int

    @strawberry.field
    async def name(self, info: Info) -> str:
        return str(await info.context.names.load(self.number))

    @strawberry.field
    def handed_name(self, info: Info) -> str:
        return info.context.names.load(self.number + 100)  # type: ignore[no-any-return]

    @strawberry.field
    def next(self) -> "Book":
        return Book(number=self.number + 1)

    @strawberry.field
    async def later(self) -> "Book":
        return Book(number=self.number + 10)

    @strawberry.field
    async def after_its_name(self, info: Info) -> "Book":
        await info.context.names.load(self.number)
        return Book(number=self.number + 1000)


@strawberry.type
class Query:
    @strawberry.field
    def book(self, number: int) -> Book:
        return Book(number=number)

    @strawberry.field
    async def books(self) -> list[Book]:
        return [Book(number=number) for number in (1, 2, 3)]

    @strawberry.field
    async def name(self, info: Info, number: int) -> str:
        return str(await info.context.names.load(number))


schema = strawberry.Schema(Query)


@pytest.mark.parametrize(
    "document",
    [
        "{ a: name(number: 1) b: name(number: 2) c: name(number: 3) }",
        "{ a: book(number: 1) { name } b: book(number: 2) { next { name handedName } } }",
        "{ books { name handedName next { name } } }",
        "{ a: name(number: 9) books { name next { next { name } } } }",
        "{ books { later { name } } }",
        "{ books { afterItsName { name } } }",
        "{ a: book(number: 4) { later { name } } b: book(number: 5) { later { handedName } } }",
    ],
)
async def test_nothing_is_loaded_oftener_than_under_graphql_core(document: str) -> None:
    core, engine = Shelf(), Shelf()

    expected = await by_core(schema, document, context=core)
    got = await compiled(schema, document).execute(context=engine)

    assert got.data == expected.data
    assert got.errors is None
    assert sorted(chain(*engine.loads)) == sorted(chain(*core.loads))
    assert len(engine.loads) <= len(core.loads)
