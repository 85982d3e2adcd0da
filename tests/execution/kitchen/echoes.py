"""Fields that say which arguments they were given."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON
from strawberry.types import Info

from graphql_api.execution.batches import Batch, batched
from tests.execution.kitchen.answers import Answer, Trouble, tell_all_later
from tests.execution.kitchen.inputs import Choice, Point, Search
from tests.execution.kitchen.leaves import Colour, Doubled, Shape, Size, Stamp

Renamed = Annotated[int, strawberry.argument(name="theNumber", deprecation_reason="Old.")]


def _said(**arguments: Any) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


@strawberry.type
class Echoes:
    answers: strawberry.Private[dict[str, Answer]]
    label: str | None

    @strawberry.field
    def numbers(self, whole: int, real: float = 1.5, truth: bool | None = None) -> str:
        return _said(whole=whole, real=real, truth=truth)

    @strawberry.field
    def texts(self, text: str | None = strawberry.UNSET, key: strawberry.ID | None = None) -> str:
        return _said(text=text, key=key)

    @strawberry.field
    async def enums(
        self, info: Info, colour: Colour = Colour.GREEN, shapes: list[Shape] | None = None
    ) -> str | None:
        await asyncio.sleep(0)
        return _said(field=info.field_name, colour=colour, shapes=shapes)

    @strawberry.field
    def lists(
        self,
        row: list[int] | None = None,
        grid: list[list[int | None]] | None = strawberry.UNSET,
        names: list[str] = ["x"],  # noqa: B006
    ) -> str:
        return _said(row=row, grid=grid, names=names)

    @strawberry.field
    def scalars(
        self,
        at: datetime | None = None,
        uuid: UUID | None = None,
        stamp: Stamp | None = None,
        doubled: Doubled | None = None,
        anything: JSON | None = None,
    ) -> str:
        return _said(at=at, uuid=uuid, stamp=stamp, doubled=doubled, anything=anything)

    @strawberry.field
    async def search(self, search: Search, limit: int | None = 10) -> str:
        return _said(search=search, limit=limit)

    @strawberry.field
    def searches(self, searches: list[Search | None] | None = None, info: Info = None) -> str:  # type: ignore[assignment]
        return _said(searches=searches, field=info.python_name)

    @strawberry.field
    def point(self, point: Point | None = None, the: Renamed = 7) -> str:
        return _said(point=point, the=the)

    @strawberry.field
    def choice(self, choice: Choice) -> str | None:
        return _said(choice=choice)

    @strawberry.field
    def picky(root: strawberry.Parent["Echoes"], number: int) -> int:  # noqa: N805
        """Raises for odd numbers; nothing it says may be null."""
        if number % 2:
            raise Trouble(f"{number} is odd.")
        return number

    @strawberry.field
    async def sized(self, size: Size = Size.LARGE) -> Size:
        return size

    @batched(description="One page for each, or nothing for any.")
    async def batch_page(
        echoes: Sequence["Echoes"],  # noqa: N805
        info: Info,
        first: int = 20,
        point: Point | None = None,
    ) -> Batch[str | None]:
        if first < 0:
            raise Trouble(f"First must be positive, not {first}.")
        said = _said(field=info.field_name, first=first, point=point)
        labels = await tell_all_later(echoes, "batch_page")
        return [label if isinstance(label, Exception) else f"{label}: {said}" for label in labels]

    @batched(description="The same with nothing to wait for.")
    def batch_colours(
        echoes: Sequence["Echoes"],  # noqa: N805
        info: Info,
        colours: list[Colour],
        search: Search | None = None,
    ) -> Batch[list[Colour]]:
        if search is not None and search.inner is None:
            return [Trouble("Nothing inside.") for _ in echoes]
        return [colours for _ in echoes]
