"""Arguments of a field, as its resolver takes them."""

from collections.abc import Callable, Mapping
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
from strawberry.types.base import StrawberryObjectDefinition, has_object_definition

from graphql_api.execution.sources import BACKREF, Source

NO_VARIABLES = VariableValues({}, {})
# Their values cannot be changed by a resolver, so that requests may share them.
UNCHANGING = frozenset(
    {"Boolean", "Date", "DateTime", "Decimal", "Float", "ID", "Int", "String", "Time", "UUID"}
)


class Arguments:
    """
    What one field of a document is given.

    Literals are coerced once, and copied where a resolver could change them; leaf values that are
    whole variables are taken as they were coerced. For anything else graphql-core is asked in every
    request.
    """

    __slots__ = (
        "_copied",
        "_definition",
        "_names",
        "_node",
        "_schema",
        "_shared",
        "_source",
        "_variables",
    )

    def __init__(
        self, schema: strawberry.Schema, source: Source, definition: GraphQLField, node: FieldNode
    ) -> None:
        self._schema = schema
        self._source = source
        self._definition = definition
        self._node = node
        name_of = schema.config.name_converter.from_argument
        self._names = {name_of(one): one.python_name for one in source.arguments}
        self._shared: dict[str, Any] = {}
        self._copied: list[tuple[str, Callable[[], Any]]] = []
        # By Python's name, the variable; None if graphql-core has to look each time.
        self._variables = self._whole_variables()
        if self._variables is not None:
            self._coerce_literals()

    def of(self, coerced: Mapping[str, Any], values: Any, info: Any) -> dict[str, Any]:
        """
        The resolver's keyword arguments.

        :param values: gives graphql-core's VariableValues where they are needed
        :raises GraphQLError: if a value is missing or does not fit
        """
        given = self._usual(coerced)
        if given is not None:
            return given
        raw = get_argument_values(self._definition, self._node, values())
        return self._converted(raw, info)

    def _usual(self, coerced: Mapping[str, Any]) -> dict[str, Any] | None:
        if self._variables is None:
            return None
        given = self._shared.copy()
        for name, copy in self._copied:
            given[name] = copy()
        for name, variable in self._variables.items():
            value = coerced.get(variable)
            if value is None:
                return None
            given[name] = value
        return given

    def _converted(self, raw: dict[str, Any], info: Any) -> dict[str, Any]:
        config, registry = self._schema.config, self._schema.schema_converter.scalar_registry
        return convert_arguments(raw, list(self._source.arguments), registry, config, info)

    def _whole_variables(self) -> dict[str, str] | None:
        """Where each leaf comes from that is a whole variable; None if there is more to it."""
        if not all(_is_shared(one.type, ()) for one in self._definition.args.values()):
            return None
        found = {}
        for one in self._node.arguments or ():
            name, value = one.name.value, one.value
            if isinstance(value, VariableNode) and _is_leaf(self._definition.args[name]):
                found[self._names[name]] = value.name.value
            elif _has_variables(value):
                return None
        return found

    def _coerce_literals(self) -> None:
        """Defaults and literals; what comes from a variable is put in its place later."""
        variables = self._variables or {}
        args = {
            name: arg
            for name, arg in self._definition.args.items()
            if self._names[name] not in variables
        }
        try:
            literal = GraphQLField(self._definition.type, args=args)
            raw = get_argument_values(literal, self._node, NO_VARIABLES)
            constant = self._converted(raw, None)
        except Exception:
            # graphql-core will say what is wrong, in every request.
            self._variables = None
            return
        for name, value in constant.items():
            copy = _copier(value)
            if copy is None:
                self._shared[name] = value
            else:
                self._copied.append((name, copy))


def _copier(value: Any) -> Callable[[], Any] | None:
    """
    Makes what a resolver may change without changing it for the next request; None where it cannot.

    What is inside of what is worked out once.
    """
    if isinstance(value, list):
        return _copier_of_list(value)
    if not has_object_definition(value):
        return None
    kind: Any = type(value)
    values = vars(value)
    inside = [(name, copy) for name, part in values.items() if (copy := _copier(part))]

    def copied() -> Any:
        mine = kind.__new__(kind)
        mine.__dict__.update(values)
        for name, copy in inside:
            mine.__dict__[name] = copy()
        return mine

    return copied


def _copier_of_list(values: list[Any]) -> Callable[[], Any]:
    parts = [_copier(one) for one in values]
    if not any(parts):
        return values.copy
    pairs = list(zip(parts, values, strict=True))
    return lambda: [one if copy is None else copy() for copy, one in pairs]


def _is_leaf(argument: GraphQLArgument) -> bool:
    kind = argument.type.of_type if isinstance(argument.type, GraphQLNonNull) else argument.type
    return is_leaf_type(kind) and argument.out_name is None


def _is_shared(kind: Any, outer: tuple[str, ...]) -> bool:
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        definition = named.extensions.get(BACKREF)
        if not isinstance(definition, StrawberryObjectDefinition) or _is_special(definition):
            return False
        inside = (*outer, named.name)
        return all(
            get_named_type(one.type).name in inside or _is_shared(one.type, inside)
            for one in named.fields.values()
        )
    return isinstance(named, GraphQLEnumType) or named.name in UNCHANGING


def _is_special(definition: StrawberryObjectDefinition) -> bool:
    """Whether such inputs are more than their fields: built in a way of their own, or slotted."""
    origin = definition.origin
    has_own_way = getattr(definition, "from_input", None) is not None
    return has_own_way or hasattr(origin, "__post_init__") or not origin.__dictoffset__


class _FindVariables(Visitor):
    found = False

    def enter_variable(self, *_: Any) -> None:
        self.found = True


def _has_variables(value: Any) -> bool:
    finder = _FindVariables()
    visit(value, finder)
    return finder.found
