"""The root types and the schema."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from tests.execution.kitchen.answers import Answer, Trouble, tell, tell_later
from tests.execution.kitchen.beings import (
    Anything,
    Cat,
    Creature,
    Dog,
    Ghost,
    Pet,
    Plain,
    Rock,
    Thing,
)
from tests.execution.kitchen.boxes import Boxes
from tests.execution.kitchen.echoes import Echoes
from tests.execution.kitchen.gates import Gate, ShowRefused
from tests.execution.kitchen.leaves import SCALARS, Leaves


@dataclass(slots=True)
class Kitchen:
    """The context of an execution: what the root fields say, and what has been done."""

    answers: dict[str, Answer]
    done: list[str] = field(default_factory=list)


def told(name: str) -> Any:
    def resolve(info: Info) -> Any:
        return tell(info.context, name)

    return strawberry.field(resolver=resolve)


def told_later(name: str) -> Any:
    async def resolve(info: Info) -> Any:
        return await tell_later(info.context, name)

    return strawberry.field(resolver=resolve)


@strawberry.type
class Query:
    # Of the root value, which is often nothing.
    motto: str | None
    oath: str
    leaves: Leaves = told("leaves")
    leaf: Leaves | None = told_later("leaf")
    boxes: Boxes = told("boxes")
    box: Boxes | None = told_later("box")
    echoes: Echoes = told("echoes")
    echo_list: list[Echoes] = told_later("echo_list")
    gate: Gate | None = told("gate")
    gates: list[Gate | None] = told_later("gates")
    thing: Thing | None = told("thing")
    things: list[Thing | None] = told_later("things")
    creature: Creature = told_later("creature")
    pet: Pet | None = told("pet")
    pets: list[Pet] | None = told_later("pets")
    anything: list[list[Anything | None]] | None = told("anything")
    plain: Plain = told("plain")
    dog: Dog | None = told_later("dog")

    @strawberry.field
    def answer(self, to: str, info: Info) -> int:
        return len(to) + len(info.context.done)


@strawberry.type
class Done:
    so_far: list[str]
    query: Query | None = None


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def append(self, info: Info, text: str) -> Done:
        so_far = [*info.context.done, text]
        await tell_later(info.context, "append")
        info.context.done[:] = so_far
        return Done(so_far=so_far)

    @strawberry.mutation
    def clear(self, info: Info, really: bool = True) -> Done | None:
        if not really:
            raise Trouble("Nothing was cleared.")
        info.context.done.clear()
        return Done(so_far=[])

    @strawberry.mutation
    async def fail(self, info: Info) -> int:
        info.context.done.append("failed")
        raise Trouble("It failed.")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self, until: int = 3) -> AsyncIterator[int]:
        for tick in range(until):
            yield tick


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    types=[Dog, Cat, Rock, Ghost],
    config=StrawberryConfig(scalar_map=SCALARS),
    exception_handlers=[ShowRefused()],
)
core_schema = schema._schema
