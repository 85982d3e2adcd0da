"""Every value that a client may give for a variable, in every argument."""

from random import Random
from typing import Any

import pytest
import strawberry
from graphql import GraphQLObjectType, is_non_null_type, is_required_argument

from tests.execution.both import by_core, compiled, schema_of
from tests.execution.comparison import same_data, told
from tests.execution.generation.draft import Draft
from tests.execution.generation.given import GIVEN, WRONG
from tests.execution.generation.literals import literal
from tests.execution.kitchen.roots import Kitchen, core_schema, schema
from tests.execution.kitchen.world import world

MISSING = object()
OBJECTS = [
    {"x": 1, "y": None},
    {"x": 1, "called": "a"},
    {"x": 1, "y": 2, "called": None, "more": 3},
    {"colours": ["RED", "AZURE"], "sizes": [["SMALL", None], []], "around": {"x": 3}},
    {"colours": "RED", "sizes": "SMALL", "corners": {"x": 3}, "inner": {"shape": "ROUND"}},
    {"inner": {"inner": {"stamp": "#x", "since": "2024-02-29", "atMost": 3}}, "text": None},
    {"key": "a"},
    {"key": None},
    {"key": "a", "number": 3},
    {"point": {"x": 1}},
    [{"x": 1}, None],
    [{}],
    ["RED"],
    [["RED"]],
    [1, None, 2],
    [[1, None], None],
    "RED",
    "SMALL",
    "SQUARE",
]
VALUES = [MISSING, *OBJECTS, *WRONG, *(value for values in GIVEN.values() for value in values)]


def documents() -> dict[str, str]:
    """One for each argument of each field: a variable that fits, and one that may be null."""
    type_ = core_schema.type_map["Echoes"]
    assert isinstance(type_, GraphQLObjectType)
    found = {}
    for field_name, field in type_.fields.items():
        for name, argument in field.args.items():
            others = " ".join(
                f"{other}: {literal(Draft(Random(1), 0), its.type, constant=True)}"
                for other, its in field.args.items()
                if other != name and is_required_argument(its)
            )
            body = f"{{ echoes {{ label {field_name}({name}: $v {others}) }} }}"
            kind = str(argument.type)
            found[f"{field_name}-{name}"] = f"query($v: {kind}) {body}"
            if is_non_null_type(argument.type):
                default = literal(Draft(Random(2), 0), argument.type, constant=True)
                found[f"{field_name}-{name}-default"] = f"query($v: {kind[:-1]} = {default}) {body}"
    return found


@pytest.mark.parametrize("text", documents().values(), ids=list(documents()))
async def test_every_value_in_every_argument(text: str) -> None:
    answers = world(0).answers
    prepared = compiled(schema, text)

    for value in VALUES:
        given: dict[str, Any] = {
            "context": Kitchen(answers),
            "variables": {} if value is MISSING else {"v": value},
        }
        expected = await by_core(schema, text, **given)
        got = await prepared.execute(**given)
        assert same_data(got.data, expected.data), value
        assert [*map(told, got.errors or ())] == [*map(told, expected.errors or ())], value


@strawberry.input
class Basket:
    things: list[str] = strawberry.field(default_factory=lambda: ["default"])
    inner: "Basket | None" = None


async def test_a_resolver_may_change_what_it_is_given() -> None:
    """The next request, and the next field, get what the document says all the same."""

    class Root:
        @strawberry.field
        def grown(self, basket: Basket, names: list[str] = ["a"]) -> str:  # noqa: B006
            basket.things.append("x")
            names.append("y")
            if basket.inner is not None:
                basket.inner.things.append("z")
                basket.inner = None
            return f"{basket!r} {names!r}"

    text = """query($things: [String!]! = ["v"]) {
        grown(basket: {inner: {things: ["b"]}}) again: grown(basket: {}, names: ["n"])
        more: grown(basket: {things: $things}, names: $things)
    }"""
    schema = schema_of(Root)
    prepared = compiled(schema, text)
    expected = (await by_core(schema, text)).data

    for _ in range(3):
        assert (await prepared.execute()).data == expected
    assert expected is not None
    assert expected["again"] == "Basket(things=['default', 'x'], inner=None) ['n', 'y']"
