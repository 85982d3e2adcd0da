"""Values that a client gives for variables: mostly good, sometimes wrong, null or not given."""

from collections.abc import Iterable
from random import Random
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)

from tests.execution.generation.draft import Variable, pick

GIVEN: dict[str, tuple[Any, ...]] = {
    "Int": (0, 7, -3, 2**31 - 1, 20),
    "Float": (1.5, 2, -1e3),
    "String": ("", "x", "法"),
    "Boolean": (True, False),
    "ID": ("id", 7, ""),
    "DateTime": ("2026-02-28T12:00:00Z",),
    "Date": ("2024-02-29",),
    "Time": ("23:59:00",),
    "Decimal": ("1.50", 2.5, 3),
    "UUID": ("0192f0c1-2345-7000-8000-00000000000a",),
    "JSON": ({"a": [1, None]}, [], True, "x", None),
    "Stamp": ("#fresh", "#"),
    "Doubled": (4, 5, -1),
}
WRONG: tuple[Any, ...] = (
    2**31,
    1.5,
    2.0,
    "x",
    "",
    True,
    None,
    [],
    ["x"],
    {},
    {"x": 1},
    {"x": "1", "z": 2},
    "NOT_ONE",
)


def given(random: Random, variables: Iterable[Variable]) -> dict[str, Any] | None:
    """What is given for the variables."""
    wrongness = pick(random, 0.0, 0.0, 0.0, 0.02, 0.2)
    values = {}
    for one in variables:
        may_lack = bool(one.default) or not is_non_null_type(one.type)
        if random.random() < (0.3 if may_lack else wrongness / 2):
            continue
        values[one.name] = _value(random, one.type, wrongness)
    return values if values or random.random() < 0.5 else None


def _value(random: Random, type_: GraphQLInputType, wrongness: float) -> Any:
    if random.random() < wrongness:
        return random.choice(WRONG)
    if is_non_null_type(type_):
        type_ = type_.of_type
    elif random.random() < 0.15:
        return None
    if is_list_type(type_):
        items = [_value(random, type_.of_type, wrongness) for _ in range(random.randrange(4))]
        return items[0] if items and random.random() < 0.15 else items
    if isinstance(type_, GraphQLInputObjectType):
        return _object(random, type_, wrongness)
    if is_enum_type(type_):
        return random.choice(list(type_.values))
    return random.choice(GIVEN[str(type_)])


def _object(random: Random, type_: GraphQLInputObjectType, wrongness: float) -> dict[str, Any]:
    fields = list(type_.fields.items())
    if type_.is_one_of:
        name, field = random.choice(fields)
        return {name: _value(random, field.type, wrongness)}
    return {
        name: _value(random, field.type, wrongness)
        for name, field in fields
        if random.random() < 0.3 or (is_required_input_field(field) and random.random() > wrongness)
    }
