"""Where the value of a field comes from, as far as it can be told before anything is executed."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter
from typing import Any, cast

import strawberry
from graphql import GraphQLField
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.info import Info

from graphql_api.execution.batches import BATCH, COMPUTED, PROJECTED, Resolve

BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF


class Kind(Enum):
    """Of the parent: ATTRIBUTE, COMPUTED. A resolver: CALL, ASYNC. BATCH: of all. CORE: unusual."""

    ATTRIBUTE = auto()
    COMPUTED = auto()
    CALL = auto()
    ASYNC = auto()
    BATCH = auto()
    CORE = auto()


@dataclass(slots=True, eq=False)
class Source:
    """
    How to get at a value; the names are those of the resolver's parameters.

    `attribute`: as a path from the parent, empty for the parent itself. `call` gets it, too.
    """

    kind: Kind
    attribute: str = ""
    call: Callable[..., Any] | None = None
    takes_parent: bool = False
    parent_names: tuple[str, ...] = ()
    info_name: str | None = None
    arguments: tuple[StrawberryArgument, ...] = ()
    batch: Resolve | None = None
    field: StrawberryField | None = None
    # Whether the parent is all that is needed, and may be asked twice.
    is_simple: bool = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.is_simple = self.kind in (Kind.ATTRIBUTE, Kind.COMPUTED)

    def value(self, parent: Any, info: Any, arguments: dict[str, Any]) -> Any:
        """
        The value, or an awaitable of it: what Strawberry would call, without its layers.

        The arguments are added to.
        """
        if self.info_name is not None:
            arguments[self.info_name] = info
        for name in self.parent_names:
            arguments[name] = parent
        call: Any = self.call
        return call(parent, **arguments) if self.takes_parent else call(**arguments)


LEFT_TO_CORE = Source(Kind.CORE)


def source_of(schema: strawberry.Schema, definition: GraphQLField) -> Source:
    """The source of a field. CORE for what has extensions or permissions, or is unknown."""
    field = definition.extensions.get(BACKREF)
    if not isinstance(field, StrawberryField) or not _is_ordinary(schema, field):
        return LEFT_TO_CORE
    resolver = field.base_resolver
    if resolver is None:
        name = field.python_name
        is_plain = field.default_resolver is getattr and name.isidentifier()
        return _attribute(name, field) if is_plain else LEFT_TO_CORE
    if resolver.info_parameter is not None and schema.config.info_class is not Info:
        return LEFT_TO_CORE
    parents = (resolver.parent_parameter, resolver.root_parameter)
    path = getattr(resolver.wrapped_func, PROJECTED, None)
    if path is not None:
        return _attribute(path, field)
    batch = getattr(resolver.wrapped_func, BATCH, None)
    return Source(
        _kind(field, resolver),
        # Strawberry has bound static and class methods by now.
        call=cast("Callable[..., Any]", resolver.wrapped_func),
        takes_parent=resolver.self_parameter is not None,
        parent_names=tuple(one.name for one in parents if one is not None),
        info_name=resolver.info_parameter.name if resolver.info_parameter else None,
        arguments=tuple(field.arguments),
        batch=batch,
        field=field,
    )


def _attribute(path: str, field: StrawberryField) -> Source:
    look_up = attrgetter(path) if path else _itself
    return Source(Kind.ATTRIBUTE, attribute=path, call=look_up, takes_parent=True, field=field)


def _itself(parent: Any) -> Any:
    return parent


def _kind(field: StrawberryField, resolver: StrawberryResolver[Any]) -> Kind:
    function = resolver.wrapped_func
    if hasattr(function, BATCH):
        return Kind.BATCH
    if field.is_async:
        return Kind.ASYNC
    takes_self_alone = (
        resolver.self_parameter is not None and len(resolver.signature.parameters) == 1
    )
    return Kind.COMPUTED if hasattr(function, COMPUTED) and takes_self_alone else Kind.CALL


def _is_ordinary(schema: strawberry.Schema, field: StrawberryField) -> bool:
    return (
        type(field).get_result is StrawberryField.get_result
        and not field.extensions
        and not field.is_subscription
        and not schema.schema_converter._get_field_exception_handlers(field)
    )
