"""Interfaces of two levels, objects of each, and unions with members that have no interface."""

from collections.abc import Sequence
from typing import Annotated, Any, Union

import strawberry
from strawberry.types import Info

from graphql_api.execution.batches import Batch, batched
from tests.execution.kitchen.answers import (
    Answer,
    Row,
    handed,
    later,
    sync,
    tell_all,
    tell_all_later,
)
from tests.execution.kitchen.leaves import Colour, Leaves


@strawberry.interface
class Thing:
    answers: strawberry.Private[dict[str, Answer]]
    id: strawberry.ID
    label: str | None
    twin: "Thing | None"
    leaves: Leaves
    colour: Colour | None = sync("colour")
    later_twin: "Thing" = later("later_twin")

    @batched(description="Of all things at once, whatever they are.")
    async def weight(things: Sequence["Thing"], info: Info) -> Batch[float | None]:  # noqa: N805
        return await tell_all_later(things, "weight")


@strawberry.interface
class Creature(Thing):
    name: str
    enemy: "Creature | None"
    friends: list["Creature"] = later("friends")

    @batched(description="Of all creatures at once.")
    def parents(creatures: Sequence["Creature"], info: Info) -> Batch[list["Creature | None"]]:  # noqa: N805
        return tell_all(creatures, "parents")


@strawberry.type
class Dog(Creature):
    tricks: list[str]
    bone: "Rock | None" = sync("bone")
    master: "Dog" = later("master")
    chases: "Pet | None" = handed("chases")


@strawberry.type
class Cat(Creature):
    lives: int
    # Said by resolvers where the interface has attributes, and narrower than the interface says.
    name: str = later("name")
    enemy: "Dog | None" = sync("enemy")
    prey: list["Anything"] = sync("prey")


@strawberry.type
class Rock(Thing):
    hardness: float
    under: list[list["Anything | None"]] = sync("under")


@strawberry.type
class Ghost(Creature):
    """Nobody has seen one: it is told by what it is not."""

    haunts: "Anything | None" = later("haunts")

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, Ghost) or (isinstance(value, Row) and value.kind == "Ghost")


@strawberry.type
class Plain:
    """Implements nothing: any object with its attributes will do."""

    answers: strawberry.Private[dict[str, Answer]]
    label: str | None
    lives: int
    inner: "Plain | None"
    sure: "Plain"
    thing: Thing = sync("thing")

    @batched(description="Of all at once.")
    async def pets(plains: Sequence["Plain"], info: Info) -> Batch[list["Pet"] | None]:  # noqa: N805
        return await tell_all_later(plains, "pets")


Pet = Annotated[Union["Dog", "Cat"], strawberry.union("Pet")]
Anything = Annotated[Union["Plain", "Dog", "Rock", "Ghost"], strawberry.union("Anything")]
