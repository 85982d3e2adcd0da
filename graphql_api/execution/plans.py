"""A document as a plan: which fields of which types, where each value comes from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.union import StrawberryUnion

from graphql_api.execution.arguments import Arguments
from graphql_api.execution.reasons import Reason, Unsupported
from graphql_api.execution.sources import BACKREF, Kind, Source, source_of

MAX_FIELDS = 3000
TYPENAME = "__typename"


@dataclass(frozen=True, slots=True)
class Shape:
    """A type without its name: may it be null, and what are the items of a list like."""

    required: bool
    item: "Shape | None"

    @classmethod
    def of(cls, kind: GraphQLOutputType) -> "Shape":
        """The shape of a field's type."""
        required = is_non_null_type(kind)
        inner: Any = kind.of_type if is_non_null_type(kind) else kind
        return cls(required, cls.of(inner.of_type) if is_list_type(inner) else None)


@dataclass(slots=True, eq=False)
class Field:
    """One response key of one object type."""

    key: str
    name: str
    parent_type: GraphQLObjectType
    definition: GraphQLField
    details: FieldDetailsList
    source: Source
    shape: Shape
    arguments: Arguments | None
    selections: dict[str, "Selection"]
    # Whether its resolver has to be waited for.
    waits: bool = field(init=False)
    # Whether a value is complete as soon as it is there, and whether that is as soon as its parent.
    can_finish: bool = field(init=False)
    is_plain: bool = field(init=False)
    by_class: dict[type, "Selection"] = field(init=False)
    names_below: frozenset[str] = field(init=False)
    # Compiled completion of a whole value, if it can be finished at once.
    finish: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        beneath = self.selections.values()
        self.can_finish = all(one.is_plain for one in beneath)
        self.waits = self.source.kind in (Kind.ASYNC, Kind.BATCH)
        self.is_plain = self.source.is_simple and self.can_finish
        self.by_class = {one.python_class: one for one in beneath if one.python_class is not None}
        below = [one for each in beneath for one in each.fields]
        names = [{one.name} | one.names_below for one in below]
        self.names_below = frozenset().union(*names)

    @property
    def nodes(self) -> list[FieldNode]:
        """The nodes of the document that ask for it."""
        return [one.node for one in self.details]


@dataclass(slots=True, eq=False)
class Selection:
    """What is asked of one object type. `python_class` is what Strawberry makes such objects of."""

    kind: GraphQLObjectType
    python_class: type | None
    is_dispatched: bool
    fields: list[Field]
    typenames: list[str]
    keys: list[str]
    # What is not plain, in order.
    others: list[Field] = field(init=False)
    is_plain: bool = field(init=False)
    # Whether an object could say that it is something else (`strawberry.cast`).
    may_be_cast: bool = field(init=False)
    # Classes of objects that need no closer look.
    accepted: set[type] = field(init=False)
    # Compiled: everything that is plain, the rest still None.
    build: Callable[[Any], dict[str, Any]] | None = None

    def __post_init__(self) -> None:
        self.others = [one for one in self.fields if not one.is_plain]
        self.is_plain = not self.others
        matters = self.is_dispatched or self.kind.is_type_of is not None
        self.may_be_cast = matters and bool(getattr(self.python_class, "__dictoffset__", 1))
        self.accepted = {self.python_class} if self.python_class is not None else set()


@dataclass(slots=True)
class Planner:
    """Makes the plan of one operation, for one set of conditions."""

    schema: strawberry.Schema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    values: VariableValues
    sources: dict[tuple[str, str], Source]
    _count: int = 0

    def plan(self) -> Selection:
        """
        The plan, from the root.

        :raises Unsupported: if graphql-core has to do it
        """
        core = self._core
        root = core.query_type
        if root is None:
            raise Unsupported(Reason.CONDITION)
        try:
            found = collect_fields(core, self.fragments, self.values, root, self.operation)
            return self._selection(root, found.grouped_field_set)
        except GraphQLError:
            raise Unsupported(Reason.CONDITION) from None
        except RecursionError:
            raise Unsupported(Reason.SIZE) from None

    @property
    def _core(self) -> GraphQLSchema:
        return self.schema._schema

    def _selection(
        self,
        kind: GraphQLObjectType,
        grouped: GroupedFieldSet,
        asked: GraphQLAbstractType | None = None,
    ) -> Selection:
        """:param asked: the interface or union that the field is declared to be, if it is one"""
        fields, typenames = [], []
        for key, details in grouped.items():
            name = details[0].node.name.value
            if name == TYPENAME:
                typenames.append(key)
            else:
                fields.append(self._field(kind, key, name, details))
        # A type that is told by functions of its own is a question for graphql-core.
        python_class = _class_of(kind) if asked is None or _is_told_by_class(asked) else None
        return Selection(kind, python_class, asked is not None, fields, typenames, list(grouped))

    def _field(
        self, parent: GraphQLObjectType, key: str, name: str, details: FieldDetailsList
    ) -> Field:
        self._count += 1
        if self._count > MAX_FIELDS:
            raise Unsupported(Reason.SIZE)
        definition = parent.fields.get(name)
        if definition is None:
            raise Unsupported(Reason.INTROSPECTION)
        source = self._source(parent, name, definition)
        node = details[0].node
        arguments = None
        if source.arguments:
            arguments = Arguments(self.schema, source, definition, node)
        selections = self._selections(get_named_type(definition.type), details)
        shape = Shape.of(definition.type)
        return Field(key, name, parent, definition, details, source, shape, arguments, selections)

    def _selections(
        self, declared: GraphQLNamedType, details: FieldDetailsList
    ) -> dict[str, Selection]:
        """What is asked of each type that an object of the declared one can be; none of a leaf."""
        if is_object_type(declared):
            return {declared.name: self._sub_selection(declared, details, None)}
        if not is_abstract_type(declared):
            return {}
        possible = self._core.get_possible_types(declared)
        return {one.name: self._sub_selection(one, details, declared) for one in possible}

    def _sub_selection(
        self,
        kind: GraphQLObjectType,
        details: FieldDetailsList,
        asked: GraphQLAbstractType | None,
    ) -> Selection:
        found = collect_subfields(
            self._core, self.fragments, self.values, self.operation, kind, details
        )
        return self._selection(kind, found.grouped_field_set, asked)

    def _source(self, parent: GraphQLObjectType, name: str, definition: GraphQLField) -> Source:
        known = self.sources.get((parent.name, name))
        if known is None:
            known = self.sources[parent.name, name] = source_of(self.schema, definition)
        return known


def _is_told_by_class(kind: GraphQLAbstractType) -> bool:
    """Whether Strawberry tells what an object is by its class."""
    definition = kind.extensions.get(BACKREF)
    if isinstance(definition, StrawberryObjectDefinition):
        return definition.resolve_type is None
    return isinstance(definition, StrawberryUnion) and (
        type(definition).get_type_resolver is StrawberryUnion.get_type_resolver
    )


def _class_of(kind: GraphQLObjectType) -> type | None:
    """The Python class that stands for this type alone; None for generic and unknown ones."""
    definition = kind.extensions.get(BACKREF)
    if not isinstance(definition, StrawberryObjectDefinition):
        return None
    if definition.concrete_of is not None or definition.is_graphql_generic:
        return None
    origin = definition.origin
    # graphql-core awaits the one and raises the other.
    is_odd = hasattr(origin, "__await__") or issubclass(origin, Exception)
    return None if is_odd or definition.is_type_of is not None else origin


def fragments_of(document: DocumentNode) -> dict[str, FragmentDetails]:
    """
    The fragments of a document.

    :raises Unsupported: if one has variables of its own
    """
    found = {}
    for one in document.definitions:
        if isinstance(one, FragmentDefinitionNode):
            if one.variable_definitions:
                raise Unsupported(Reason.FRAGMENT_VARIABLES)
            found[one.name.value] = FragmentDetails(one)
    return found
