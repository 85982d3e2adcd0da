"""What resolvers are told is what graphql-core tells them."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types import Info
from strawberry.types.nodes import SelectedField

from graphql_api.execution import Batch, batched, names_below
from tests.execution.both import compiled, same_answer

caller: ContextVar[str] = ContextVar("caller", default="nobody")


def described(info: Info) -> str:
    """All that an Info tells."""
    raw = info._raw_info
    return repr(
        {
            "path": info.path.as_list(),
            "typenames": _typenames(info.path),
            "field_name": info.field_name,
            "python_name": info.python_name,
            "selected_fields": [_selected(one) for one in info.selected_fields],
            "variable_values": info.variable_values,
            "raw_variable_values": raw.variable_values.coerced,
            "context": info.context,
            "root_value": info.root_value,
            "return_type": str(raw.return_type),
            "strawberry_type": str(info.return_type),
            "parent_type": raw.parent_type.name,
            "operation": info.operation.name and info.operation.name.value,
            "fragments": sorted(raw.fragments),
            "nodes": [(node.loc.start, node.loc.end) for node in raw.field_nodes if node.loc],
            "schema": info.schema is schema,
            "caller": caller.get(),
        }
    )


def _typenames(path: Any) -> list[str | None]:
    return [] if path is None else [*_typenames(path.prev), path.typename]


def _selected(one: Any) -> tuple[Any, ...]:
    below = [_selected(each) for each in one.selections]
    if not isinstance(one, SelectedField):
        return (type(one).__name__, one.type_condition, below)
    return (one.name, one.alias, one.arguments, one.directives, below)


@strawberry.type
class Told:
    me: str

    @strawberry.field
    def sync(self, info: Info, number: int = 3) -> "Told":
        return Told(me=described(info))

    @strawberry.field
    async def at_once(self, info: Info) -> list["Told | None"]:
        return [Told(me=described(info)), None, Told(me="second")]

    @strawberry.field
    async def after_a_while(self, about: Info, text: str | None = None) -> "Told":
        await asyncio.sleep(0)
        return Told(me=described(about))

    @batched()
    async def batch(tolds: Sequence["Told"], info: Info, number: int = 3) -> Batch["Told"]:  # noqa: N805
        return [Told(me=described(info)) for _ in tolds]

    @batched()
    def batch_at_once(tolds: Sequence["Told"], info: Info) -> Batch["Told | None"]:  # noqa: N805
        # Of a batch the info is the first one's.
        return [Told(me="second" if one.me == "second" else described(info)) for one in tolds]


@strawberry.type
class Query:
    @strawberry.field
    def told(self, info: Info) -> Told:
        return Told(me=described(info))

    @strawberry.field
    def told_by_root(parent: strawberry.Parent[Any], info: Info) -> Told:  # noqa: N805
        return Told(me=f"{parent!r} {described(info)}")


schema = strawberry.Schema(Query)


@dataclass(frozen=True, slots=True)
class Root:
    name: str


EVERYTHING = """
query Everything($number: Int! = 7, $text: String, $yes: Boolean! = true) {
  told { me ...Below alias: sync(number: $number) { me } }
  toldByRoot { me }
  told { atOnce { me sync { me @include(if: $yes) } } }
}
fragment Below on Told {
  sync { me afterAWhile(text: $text) { me batch(number: $number) { me } } }
  aWhile: afterAWhile { batch { ... { me } batchAtOnce { me } } }
  atOnce { ...Deeper }
}
fragment Deeper on Told {
  batchAtOnce { me }
  afterAWhile(text: "x") { me @skip(if: $yes) __typename }
}
"""


async def test_every_kind_of_resolver_is_told_the_same() -> None:
    token = caller.set("the test")
    answer = await same_answer(
        schema,
        EVERYTHING,
        make_root=lambda: Root("root"),
        context={"who": "me"},
        variables={"text": "given"},
    )
    caller.reset(token)

    assert answer.errors is None
    assert "the test" in str(answer.data)


async def test_the_names_below_are_those_that_graphql_core_would_find() -> None:
    async def resolve(info: Info) -> str:
        return " ".join(sorted(names_below(info)))

    @strawberry.type
    class Named:
        names: str = strawberry.field(resolver=resolve)
        told: Told | None

    @strawberry.type(name="Query")
    class Naming:
        @strawberry.field
        async def named(self, info: Info) -> Named:
            return Named(told=Told(me=" ".join(sorted(names_below(info)))))

    text = """
    { named { names told { me alias: sync { ...Deep } ... { aWhile: atOnce { me } } } } }
    fragment Deep on Told { afterAWhile { batch { me } } }
    """
    answer = await same_answer(strawberry.Schema(Naming), text)

    assert answer.data is not None
    assert answer.data["named"]["told"]["me"].split() == [
        "afterAWhile", "atOnce", "batch", "me", "names", "sync", "told"
    ]  # fmt: skip


async def test_what_a_resolver_sets_is_not_seen_by_others_of_the_same_execution() -> None:
    seen: list[str] = []

    async def resolve(number: int) -> int:
        caller.set(f"field {number}")
        await asyncio.sleep(0)
        seen.append(caller.get())
        return number

    @strawberry.type(name="Query")
    class Several:
        field: int = strawberry.field(resolver=resolve)

    several = strawberry.Schema(Several)
    answer = await compiled(several, "{ a: field(number: 1) b: field(number: 2) }").execute()

    assert answer.data == {"a": 1, "b": 2}
    assert sorted(seen) == ["field 1", "field 2"]
    assert caller.get() == "nobody"
