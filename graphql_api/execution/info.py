"""What a resolver is told about its field."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, SelectionSetNode
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info


class CompiledInfo(Info[Any, Any]):
    """
    Strawberry's Info, of a compiled field.

    :param make_raw: makes graphql-core's own, if somebody looks at what only that has
    """

    def __init__(
        self,
        context: Any,
        field: StrawberryField,
        names_below: frozenset[str],
        make_raw: Callable[[], GraphQLResolveInfo[Any]],
    ) -> None:
        self.names_below = names_below
        self._field = field
        self._context = context
        self._make_raw = make_raw

    @property
    def context(self) -> Any:
        """The context of the request."""
        return self._context

    @cached_property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]
        return self._make_raw()


def names_below(info: Info[Any, Any]) -> frozenset[str]:
    """
    The names of all fields that a query selects anywhere beneath the one being resolved.

    Under graphql-core also those that @skip and @include leave out.
    """
    if isinstance(info, CompiledInfo):
        return info.names_below
    names: set[str] = set()
    spread: set[str] = set()
    waiting = [node.selection_set for node in info._raw_info.field_nodes]
    while waiting:
        _look_into(waiting.pop(), info._raw_info, names, spread, waiting)
    return frozenset(names)


def _look_into(
    selections: SelectionSetNode | None,
    raw: GraphQLResolveInfo[Any],
    names: set[str],
    spread: set[str],
    waiting: list[SelectionSetNode | None],
) -> None:
    for one in selections.selections if selections is not None else ():
        if isinstance(one, FragmentSpreadNode):
            fragment = one.name.value
            if fragment not in spread:
                spread.add(fragment)
                waiting.append(raw.fragments[fragment].selection_set)
            continue
        if isinstance(one, FieldNode) and not one.name.value.startswith("__"):
            names.add(one.name.value)
        waiting.append(one.selection_set)  # type: ignore[attr-defined]
