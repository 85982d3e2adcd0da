"""Lists of every kind, nested ones, generic types, and chains of fields that may not be null."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import strawberry
from strawberry.types import Info

from graphql_api.execution.batches import Batch, batched
from tests.execution.kitchen.answers import (
    Answer,
    handed,
    later,
    sync,
    tell_all,
    tell_all_later,
)
from tests.execution.kitchen.beings import Anything, Cat, Creature, Dog, Pet, Plain, Thing
from tests.execution.kitchen.leaves import Colour, Leaves

T = TypeVar("T")


@strawberry.type
class Page(Generic[T]):
    answers: strawberry.Private[dict[str, Answer]]
    total: int
    items: list[T]
    first: T | None
    later_items: list[T | None] | None = later("later_items")


@strawberry.type
class Boxes:
    answers: strawberry.Private[dict[str, Answer]]
    row: list[str]
    maybe_row: list[str | None] | None
    grid: list[list[int]]
    maybe_grid: list[list[int] | None] | None
    loose_grid: list[list[int | None]]
    cube: list[list[list[Colour]] | None]
    leaves: list[Leaves]
    things: list[Thing]
    maybe_things: list[Thing | None] | None
    pets: list[list[Pet]] | None
    inner: "Boxes"
    maybe_inner: "Boxes | None"
    dogs: Page[Dog]
    numbers: Page[int] | None
    sync_row: list[str | None] = sync("sync_row")
    sync_grid: list[list[float]] = sync("sync_grid")
    sync_leaves: list[Leaves | None] = sync("sync_leaves")
    sync_inner: "Boxes" = sync("sync_inner")
    later_row: list[Colour] | None = later("later_row")
    later_grid: list[list[str] | None] | None = later("later_grid")
    later_things: list[Thing] = later("later_things")
    later_plains: list[list[Plain | None]] = later("later_plains")
    later_inner: "Boxes" = later("later_inner")
    later_maybe_inner: "Boxes | None" = later("later_maybe_inner")
    handed_anything: list["Anything"] | None = handed("handed_anything")
    creatures: Page[Creature] | None = handed("creatures")

    @batched(description="For all boxes at once.")
    async def batch_row(boxes: Sequence["Boxes"], info: Info) -> Batch[list[int]]:  # noqa: N805
        return await tell_all_later(boxes, "batch_row")

    @batched(description="For all boxes at once.")
    async def batch_inner(boxes: Sequence["Boxes"], info: Info) -> Batch["Boxes"]:  # noqa: N805
        return await tell_all_later(boxes, "batch_inner")

    @batched(description="For all boxes at once, with nothing to wait for.")
    def batch_maybe_inner(boxes: Sequence["Boxes"], info: Info) -> Batch["Boxes | None"]:  # noqa: N805
        return tell_all(boxes, "batch_maybe_inner")

    @batched(description="For all boxes at once.")
    async def batch_things(boxes: Sequence["Boxes"], info: Info) -> Batch[list[list[Thing | None]]]:  # noqa: N805
        return await tell_all_later(boxes, "batch_things")

    @batched(description="For all boxes at once, with nothing to wait for.")
    def batch_cats(boxes: Sequence["Boxes"], info: Info) -> Batch[list[Cat] | None]:  # noqa: N805
        return tell_all(boxes, "batch_cats")
