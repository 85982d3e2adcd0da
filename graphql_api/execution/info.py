"""What a resolver is told about its field."""

from typing import TYPE_CHECKING, Any, cast

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, SelectionSetNode
from strawberry.types.info import Info

if TYPE_CHECKING:
    from strawberry.types.field import StrawberryField

    from graphql_api.execution.plans import Field
    from graphql_api.execution.running import Run
    from graphql_api.execution.spots import Spot


class CompiledInfo(Info[Any, Any]):
    """Strawberry's Info; graphql-core's own is made only when somebody looks at it."""

    def __init__(self, run: "Run", field: "Field", spot: "Spot") -> None:
        self._run = run
        self._planned = field
        self._spot = spot
        self._raw: GraphQLResolveInfo[Any] | None = None
        # There is one: only fields of Strawberry have resolvers that are called with this.
        self._field = cast("StrawberryField", field.source.field)

    @property
    def context(self) -> Any:
        """The context of the request."""
        return self._run.context

    @property
    def names_below(self) -> frozenset[str]:
        """The names of all fields that are selected anywhere beneath this one."""
        return self._planned.names_below

    @property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]
        if self._raw is None:
            self._raw = self._run.raw_info(self._planned, self._spot)
        return self._raw


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
        if isinstance(one, FieldNode):
            names.add(one.name.value)
        waiting.append(one.selection_set)  # type: ignore[attr-defined]
