"""The comparison finds what it is there to find."""

from typing import Any

import pytest
from graphql import GraphQLError, OperationDefinitionNode, build_schema, parse

from tests.execution.comparison import Told, breach, same_data, told
from tests.execution.kitchen.leaves import Shape
from tests.execution.nullability import Nullability

SCHEMA = build_schema("""
type Query { maybe: Part sure: Part! parts: [Part!] }
type Part { a: Int! b: Int! c: Int part: Part! maybe: Part }
""")
TEXT = "{ maybe { ...All } parts { a b } sure { a } } fragment All on Part { a b c part { a b c } }"


def nullability() -> Nullability:
    document = parse(TEXT)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return Nullability(SCHEMA, document, operation)


def error(*path: str | int) -> Told:
    return told(GraphQLError("No.", path=list(path)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": "round"}, {"a": Shape.ROUND}),
        ({"a": []}, {"a": ()}),
        ({"a": None}, {}),
        ([1, 2], [1]),
    ],
)
def test_data_that_differ(one: Any, other: Any) -> None:
    assert not same_data(one, other)
    assert not same_data(other, one)


def test_data_that_are_the_same() -> None:
    data = {"a": [float("nan"), {"b": None, "c": -0.0}], "d": "x"}

    assert same_data(data, {"a": [float("nan"), {"b": None, "c": -0.0}], "d": "x"})
    assert not same_data(data, {"a": [float("nan"), {"b": None, "c": 0.0}], "d": "x"})


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("maybe", "c"), ("maybe", "c")),
        (("maybe", "a"), ("maybe",)),
        (("maybe", "part", "a"), ("maybe",)),
        (("maybe", "part", "c"), ("maybe", "part", "c")),
        (("parts", 1, "a"), ("parts",)),
        (("parts", 1), ("parts",)),
        (("sure", "a"), ()),
        ((), ()),
    ],
)
def test_the_place_that_an_error_nulls(path: Any, place: Any) -> None:
    assert nullability().nulled_by(path) == place


A, B, C, DEEP = (
    error("maybe", "a"),
    error("maybe", "b"),
    error("maybe", "c"),
    error("maybe", "part", "a"),
)
OTHER = error("parts", 0, "a")


@pytest.mark.parametrize("errors", [[A], [B], [DEEP], [A, C], [C, B]])
def test_any_cause_of_a_null_will_do_and_what_came_before_it_may_be_told(errors: Any) -> None:
    data: dict[str, Any] = {"maybe": None, "parts": [], "sure": {"a": 1}}

    assert breach(data, errors, [A, B, C, DEEP], nullability()) is None


@pytest.mark.parametrize(
    ("errors", "what"),
    [
        ([], "No error"),
        ([C], "No error"),
        ([A, B], "more than one"),
        ([A, DEEP], "more than one"),
        ([A, A], "no such error"),
        ([A, OTHER], "no such error"),
        ([error("maybe", "part", "b")], "no such error"),
    ],
)
def test_anything_else_will_not(errors: Any, what: str) -> None:
    data: dict[str, Any] = {"maybe": None, "parts": [], "sure": {"a": 1}}

    assert what in str(breach(data, errors, [A, B, C, DEEP], nullability()))


def test_every_place_needs_its_own_error() -> None:
    data: dict[str, Any] = {"maybe": None, "parts": None, "sure": {"a": 1}}

    assert breach(data, [B, OTHER], [A, B, OTHER], nullability()) is None
    assert "No error" in str(breach(data, [B], [A, B, OTHER], nullability()))
    assert "No error" in str(breach(data, [OTHER], [A, B, OTHER], nullability()))


def test_whatever_nulls_everything_is_told_once() -> None:
    sure = error("sure", "a")

    assert breach(None, [sure], [A, sure], nullability()) is None
    assert breach(None, [A, sure], [A, sure], nullability()) is None
    assert "No error" in str(breach(None, [A], [A, sure], nullability()))
