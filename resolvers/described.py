"""GraphQL enums made from the domain's, every value with a description."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

import strawberry

Values = TypeVar("Values", bound=StrEnum)


def describe_enum(
    values: type[Values], *, name: str, description: str, texts: Mapping[Values, str]
) -> None:
    """
    Make a closed list of the domain a GraphQL enum, under its own member names.

    The class itself can then be used in annotations of resolvers.

    :raises KeyError: if a member has no text
    """
    shown = strawberry.enum(values, name=name, description=description)
    definition = shown.__strawberry_definition__  # type: ignore[attr-defined]
    for value, member in zip(definition.values, values, strict=True):
        value.description = texts[member]
