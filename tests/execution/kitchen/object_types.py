"""The kitchen's object types: their classes in Python, and which of their fields are attributes."""

from typing import Any

from graphql import GraphQLObjectType, GraphQLOutputType

from tests.execution.kitchen.roots import core_schema

OBJECTS = [
    one
    for one in core_schema.type_map.values()
    if isinstance(one, GraphQLObjectType)
    and not one.name.startswith("__")
    and one.name not in {"Query", "Mutation", "Subscription", "Done"}
]


def object_type(name: str) -> GraphQLObjectType:
    """An object type by its name."""
    type_ = core_schema.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    return type_


def definition(thing: Any) -> Any:
    """What Strawberry knows of a type or a field."""
    return thing.extensions["strawberry-definition"]


def origin(type_: GraphQLObjectType) -> Any:
    """The class of its objects."""
    return definition(type_).origin


def fields(
    type_: GraphQLObjectType, *, with_resolvers: bool
) -> list[tuple[str, GraphQLOutputType]]:
    """The names in Python and the types of its fields with resolvers, or of those without."""
    return [
        (definition(field).python_name, field.type)
        for field in type_.fields.values()
        if (definition(field).base_resolver is not None) is with_resolvers
    ]


def _short(one: Any) -> str:
    return f"<{type(one).__name__}>"


# Objects know each other, so that telling all of one would tell the world.
for _one in (*OBJECTS, object_type("Query")):
    setattr(origin(_one), "__repr__", _short)  # noqa: B010
