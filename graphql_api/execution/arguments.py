"""Arguments of a field, as its resolver takes them."""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    VariableNode,
    get_named_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.language import visit
from graphql.language.visitor import Visitor
from strawberry.types.arguments import convert_arguments

from graphql_api.execution.sources import Source

NO_VARIABLES = VariableValues({}, {})
# Their values cannot be changed by a resolver, so that requests may share them.
UNCHANGING = frozenset(
    {"Boolean", "Date", "DateTime", "Decimal", "Float", "ID", "Int", "String", "Time", "UUID"}
)


class Arguments:
    """
    What one field of a document is given.

    Literals are coerced once; leaf values that are whole variables are taken as they were coerced.
    For anything else graphql-core is asked in every request.
    """

    __slots__ = ("_constant", "_definition", "_node", "_schema", "_source", "_variables")

    def __init__(
        self, schema: strawberry.Schema, source: Source, definition: GraphQLField, node: FieldNode
    ) -> None:
        self._schema = schema
        self._source = source
        self._definition = definition
        self._node = node
        self._variables: dict[str, str] | None = {}
        self._constant: dict[str, Any] = {}
        given = {one.name.value: one.value for one in node.arguments or ()}
        if not all(_is_shared(one.type, ()) for one in definition.args.values()):
            self._variables = None
            return
        for name, value in given.items():
            if isinstance(value, VariableNode) and _is_leaf(definition.args[name]):
                self._variables[name] = value.name.value
            elif _has_variables(value):
                self._variables = None
                return
        self._coerce_literals(node)

    def of(self, coerced: Mapping[str, Any], values: Any, info: Any) -> dict[str, Any]:
        """
        The resolver's keyword arguments.

        :param values: gives graphql-core's VariableValues where they are needed
        :raises GraphQLError: if a value is missing or does not fit
        """
        raw = self._usual(coerced)
        if raw is None:
            raw = get_argument_values(self._definition, self._node, values())
        config = self._schema.config
        registry = self._schema.schema_converter.scalar_registry
        return convert_arguments(raw, list(self._source.arguments), registry, config, info)

    def _usual(self, coerced: Mapping[str, Any]) -> dict[str, Any] | None:
        if self._variables is None:
            return None
        raw = dict(self._constant)
        for name, variable in self._variables.items():
            value = coerced.get(variable)
            if value is None:
                return None
            raw[name] = value
        return raw

    def _coerce_literals(self, node: FieldNode) -> None:
        """Defaults and literals; what comes from a variable is put in its place later."""
        variables = self._variables or {}
        args = {name: arg for name, arg in self._definition.args.items() if name not in variables}
        literal = GraphQLField(self._definition.type, args=args)
        try:
            self._constant = get_argument_values(literal, node, NO_VARIABLES)
        except Exception:
            # graphql-core will say what is wrong, in every request.
            self._variables = None


def _is_leaf(argument: GraphQLArgument) -> bool:
    kind = argument.type.of_type if isinstance(argument.type, GraphQLNonNull) else argument.type
    return is_leaf_type(kind) and argument.out_name is None


def _is_shared(kind: Any, outer: tuple[str, ...]) -> bool:
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        inside = (*outer, named.name)
        return all(
            get_named_type(one.type).name in inside or _is_shared(one.type, inside)
            for one in named.fields.values()
        )
    return isinstance(named, GraphQLEnumType) or named.name in UNCHANGING


class _FindVariables(Visitor):
    found = False

    def enter_variable(self, *_: Any) -> None:
        self.found = True


def _has_variables(value: Any) -> bool:
    finder = _FindVariables()
    visit(value, finder)
    return finder.found
