"""Enums and scalars of every kind, and a type with fields of each."""

import enum
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NewType
from uuid import UUID

import strawberry
from graphql import Undefined
from strawberry.scalars import JSON
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


@strawberry.enum
class Colour(enum.Enum):
    RED = "r"
    GREEN = "g"
    BLUE = strawberry.enum_value("b", name="AZURE", deprecation_reason="Out of fashion.")


@strawberry.enum
class Shape(enum.StrEnum):
    ROUND = "round"
    SQUARE = "SQUARE"


@strawberry.enum(name="SizeOfThings")
class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


Stamp = NewType("Stamp", str)
Hollow = NewType("Hollow", str)
Doubled = NewType("Doubled", int)


def _stamped(value: Any) -> str:
    if value == "smudged":
        raise ValueError("The stamp is smudged.")
    return f"#{value}"


def _stamp_of(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("#"):
        raise ValueError(f"{value!r} is no stamp.")
    return value[1:]


def _nothing(value: Any) -> Any:
    return {"none": None, "undefined": Undefined}.get(value, value)


SCALARS: dict[object, Any] = {
    Stamp: strawberry.scalar(name="Stamp", serialize=_stamped, parse_value=_stamp_of),
    Hollow: strawberry.scalar(name="Hollow", serialize=_nothing, parse_value=_nothing),
    Doubled: strawberry.scalar(
        name="Doubled", serialize=lambda value: value * 2, parse_value=lambda value: value // 2
    ),
}


@strawberry.type
class Leaves:
    answers: strawberry.Private[dict[str, Answer]]
    text: str
    maybe_text: str | None
    whole: int
    maybe_whole: int | None
    real: float
    maybe_real: float | None
    truth: bool
    maybe_truth: bool | None
    key: strawberry.ID
    maybe_key: strawberry.ID | None
    colour: Colour
    maybe_colour: Colour | None
    shape: Shape
    maybe_shape: Shape | None
    size: Size
    maybe_size: Size | None
    at: datetime
    maybe_at: datetime | None
    day: date
    maybe_day: date | None
    hour: time | None
    amount: Decimal
    maybe_amount: Decimal | None
    uuid: UUID
    maybe_uuid: UUID | None
    anything: JSON
    maybe_anything: JSON | None
    stamp: Stamp
    maybe_stamp: Stamp | None
    hollow: Hollow
    maybe_hollow: Hollow | None
    doubled: Doubled | None
    inner_name: str | None = strawberry.field(name="theName", default="the default")
    old_text: str | None = strawberry.field(deprecation_reason="Use text.")
    sync_text: str = sync("sync_text")
    sync_maybe_text: str | None = sync("sync_maybe_text")
    sync_whole: int | None = sync("sync_whole")
    sync_colour: Colour = sync("sync_colour")
    sync_at: datetime | None = sync("sync_at")
    sync_stamp: Stamp | None = sync("sync_stamp")
    later_text: str = later("later_text")
    later_maybe_text: str | None = later("later_maybe_text")
    later_whole: int = later("later_whole")
    later_shape: Shape | None = later("later_shape")
    later_size: Size | None = later("later_size", name="laterSizeOf")
    later_anything: JSON | None = later("later_anything")
    handed_text: str = handed("handed_text")
    handed_real: float | None = handed("handed_real")

    @batched(description="For all parents at once.")
    async def batch_text(leaves: Sequence["Leaves"], info: Info) -> Batch[str]:  # noqa: N805
        return await tell_all_later(leaves, "batch_text")

    @batched(description="For all parents at once, with nothing to wait for.")
    def batch_maybe_text(leaves: Sequence["Leaves"], info: Info) -> Batch[str | None]:  # noqa: N805
        return tell_all(leaves, "batch_maybe_text")

    @batched(description="For all parents at once.")
    async def batch_colour(leaves: Sequence["Leaves"], info: Info) -> Batch[Colour | None]:  # noqa: N805
        return await tell_all_later(leaves, "batch_colour")

    @batched(description="For all parents at once.")
    async def batch_day(leaves: Sequence["Leaves"], info: Info) -> Batch[date]:  # noqa: N805
        return await tell_all_later(leaves, "batch_day")
