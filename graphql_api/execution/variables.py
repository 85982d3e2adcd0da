"""Variables of a request: the usual ones without graphql-core's detour."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    type_from_ast,
)

MOST, LEAST = 2**31 - 1, -(2**31)


def _is_int(value: object) -> bool:
    return type(value) is int and LEAST <= value <= MOST


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_bool(value: object) -> bool:
    return type(value) is bool


# Values for which coercion changes nothing.
AS_THEY_ARE: dict[str, Callable[[object], bool]] = {
    "Int": _is_int,
    "String": _is_text,
    "ID": _is_text,
    "Boolean": _is_bool,
}


class Variables:
    """The variables that an operation declares."""

    __slots__ = ("_declared",)

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._declared: list[tuple[str, Callable[[object], bool] | None, bool, bool]] = []
        for one in operation.variable_definitions or ():
            kind = type_from_ast(schema, one.type)
            required = isinstance(kind, GraphQLNonNull)
            inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
            check = _check_of(inner)
            has_default = one.default_value is not None
            self._declared.append((one.variable.name.value, check, required, has_default))

    def coerced(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The coerced values; None if graphql-core has to look at them."""
        coerced = {}
        for name, check, required, has_default in self._declared:
            if name not in given:
                if required or has_default:
                    return None
                continue
            value = given[name]
            if check is None or not (check(value) or (value is None and not required)):
                return None
            coerced[name] = value
        return coerced


def _check_of(kind: GraphQLInputType | Any) -> Callable[[object], bool] | None:
    return AS_THEY_ARE.get(getattr(kind, "name", ""))
