"""Every value that there is, in every kind of field of leaves and of lists of leaves."""

from functools import partial
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from tests.execution.both import by_core, compiled
from tests.execution.comparison import same_data, told
from tests.execution.kitchen.answers import Answer
from tests.execution.kitchen.boxes import Boxes
from tests.execution.kitchen.leaves import Leaves
from tests.execution.kitchen.roots import Kitchen, core_schema, schema
from tests.execution.kitchen.values import GOOD, NEAR, STRANGE

GIVEN = [value for some in (GOOD, NEAR) for values in some.values() for value in values]
VALUES = {repr(one): one for one in (None, ValueError("As a value."), *STRANGE, *GIVEN)}


def leaf_fields(kind: str) -> dict[str, tuple[str, GraphQLOutputType]]:
    """The names of a type's fields of leaves or lists of them; their names in Python and types."""
    type_ = core_schema.type_map[kind]
    assert isinstance(type_, GraphQLObjectType)
    return {
        name: (field.extensions["strawberry-definition"].python_name, field.type)
        for name, field in type_.fields.items()
        if is_leaf_type(get_named_type(field.type))
    }


def document(root: str, kind: str) -> str:
    """What may be null together; what may not, each in an object of its own."""
    fields = leaf_fields(kind)
    together = [name for name, (_, type_) in fields.items() if not is_non_null_type(type_)]
    alone = [f"{name}: {root} {{ {name} }}" for name in fields if name not in together]
    return f"{{ {root} {{ {' '.join(together)} }} {' '.join(alone)} }}"


def shaped(type_: GraphQLOutputType, value: Any) -> Any:
    """The value, in as many lists as the type has."""
    if is_non_null_type(type_):
        return shaped(type_.of_type, value)
    return [shaped(type_.of_type, value)] if is_list_type(type_) else value


def answers(kind: str, value: Any) -> dict[str, Answer]:
    """Every field says the value."""
    return {
        name: Answer(partial(shaped, type_, value)) for name, type_ in leaf_fields(kind).values()
    }


def saying(cls: type, value: Any) -> Any:
    """An object of a Strawberry type whose fields all say the value."""
    one: Any = object.__new__(cls)
    one.answers = answers(cls.__name__, value)
    for name, answer in one.answers.items():
        setattr(one, name, answer.make())
    return one


@pytest.mark.parametrize(("root", "cls"), [("leaf", Leaves), ("box", Boxes)])
async def test_every_value_in_every_field(root: str, cls: type) -> None:
    text = document(root, cls.__name__)
    prepared = compiled(schema, text)

    for value in VALUES.values():
        context = Kitchen({root: Answer(partial(saying, cls, value))})
        expected = await by_core(schema, text, context=context)
        got = await prepared.execute(context=context)
        assert same_data(got.data, expected.data), repr(value)
        # Every error has its own place, so that all are told, whatever runs first.
        assert sorted(repr(told(error)) for error in got.errors or ()) == sorted(
            repr(told(error)) for error in expected.errors or ()
        ), repr(value)
