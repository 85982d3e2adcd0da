"""Inputs: nested, with defaults, lists, enums, and fields that may be left out."""

from datetime import date
from decimal import Decimal

import strawberry

from tests.execution.kitchen.leaves import Colour, Shape, Size, Stamp


@strawberry.input
class Point:
    x: int
    y: int = 0
    name: str | None = strawberry.field(name="called", default=None)


@strawberry.input
class Search:
    text: str | None = strawberry.UNSET
    colours: list[Colour] | None = None
    shape: Shape = Shape.ROUND
    sizes: list[list[Size | None]] = strawberry.field(default_factory=lambda: [[Size.SMALL]])
    around: Point | None = None
    corners: list[Point] | None = strawberry.UNSET
    since: date | None = None
    at_most: Decimal | None = None
    stamp: Stamp | None = None
    inner: "Search | None" = None


@strawberry.input(one_of=True)
class Choice:
    key: strawberry.ID | None = strawberry.UNSET
    point: Point | None = strawberry.UNSET
    number: int | None = strawberry.UNSET
