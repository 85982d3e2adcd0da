"""Values of leaves: good ones, and such as only some executors would take."""

import enum
from datetime import UTC, date, datetime, time
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import strawberry
from graphql import Undefined

from tests.execution.kitchen.leaves import Colour, Shape, Size


class Word(str):
    """A text that is not quite a str."""

    __slots__ = ()


class Number(int):
    """A number that is not quite an int."""


class Other(enum.Enum):
    """A stranger among the enums."""

    RED = "r"


class Said:
    """Says something else as a text than it is."""

    def __str__(self) -> str:
        return "said"

    def __repr__(self) -> str:
        return "Said()"


class Unhashable:
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "Unhashable()"


ID = UUID("0192f0c1-2345-7000-8000-00000000000a")
NOON = datetime(2026, 2, 28, 12, tzinfo=UTC)
NAN, INFINITY = float("nan"), float("inf")

GOOD: dict[str, tuple[Any, ...]] = {
    "String": ("", "x", "two words", "法", '"\\'),
    "Int": (0, 1, -7, 2**31 - 1, -(2**31)),
    "Float": (0.0, 1.5, -2.25, 1e300, 3),
    "Boolean": (True, False),
    "ID": ("id", "", 7, ID),
    "Colour": tuple(Colour),
    "Shape": tuple(Shape),
    "SizeOfThings": tuple(Size),
    "DateTime": (NOON, NOON.replace(tzinfo=None, microsecond=5)),
    "Date": (date(2024, 2, 29), NOON),
    "Time": (time(23, 59), time(1, 2, 3, 4, UTC)),
    "Decimal": (Decimal("1.50"), Decimal("1E+3"), Decimal("NaN")),
    "UUID": (ID, str(ID)),
    "JSON": ({"b": 1, "a": [None, 1.5]}, [1, "x"], "x", 3, False, {}),
    "Stamp": ("fresh", "smeared", 3),
    "Hollow": ("full", 1, {"deep": ["x"]}),
    "Doubled": (4, "ha", 0.5),
}

STRANGE: tuple[Any, ...] = (
    True,
    False,
    0,
    1,
    2,
    -0.0,
    2.0,
    2.5,
    NAN,
    INFINITY,
    2**31,
    10**400,
    "",
    "1",
    "2.5",
    "r",
    "RED",
    "round",
    "AZURE",
    "b",
    b"bytes",
    Word("r"),
    Number(2),
    Decimal("2"),
    Decimal("2.5"),
    [],
    ["r"],
    {"k": "v"},
    ("x", "y"),
    Colour.RED,
    Shape.SQUARE,
    Size.LARGE,
    Other.RED,
    Said(),
    Unhashable(),
    NOON,
    "smudged",
    "none",
    "undefined",
    ID,
    Undefined,
    strawberry.UNSET,
)


# Strange values that come near: the last to be refused, or taken after all.
NEAR: dict[str, tuple[Any, ...]] = {
    "String": (Word("w"), Shape.ROUND, 7, 2.5, True, Said()),
    "Int": (2**31, -(2**31) - 1, Number(2), Size.LARGE, 2.0, 2.5, True, "2", NAN),
    "Float": (NAN, INFINITY, -INFINITY, 10**400, "2.5", "x", True, Number(2), Decimal("2.5")),
    "Boolean": (0, 1, 2.5, NAN, "true"),
    "ID": (Word("w"), 2.0, 2.5, True, Number(2)),
    "Colour": ("r", "RED", "AZURE", Other.RED, Shape.ROUND),
    "Shape": ("round", "ROUND", "SQUARE", Word("round"), Colour.RED),
    "SizeOfThings": (1, 2, 3, Number(1), 1.0, True, "SMALL"),
    "DateTime": (NOON.date(), NOON.timetz(), "2026-02-28", NOON.timestamp()),
    "Date": (NOON.timetz(), "2026-02-28"),
    "Stamp": ("smudged",),
    "Hollow": ("none", "undefined"),
}


def leaf(random: Random, name: str, strange: bool) -> Any:
    """A value for a field of the scalar or enum."""
    if not strange:
        return random.choice(GOOD[name])
    return random.choice(NEAR.get(name, STRANGE) if random.random() < 0.6 else STRANGE)
