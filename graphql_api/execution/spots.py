"""Places in an answer that is being put together, and what went wrong at them."""

from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from graphql.pyutils import Path

if TYPE_CHECKING:
    from graphql_api.execution.plans import Field


class Spot:
    """An object of the answer: the field and the places in its lists where it sits, its parts."""

    __slots__ = ("field", "index", "out", "parent", "source")

    def __init__(
        self, parent: "Spot | None", field: "Field | None", index: tuple[int, ...], source: Any
    ) -> None:
        self.parent = parent
        self.field = field
        self.index = index
        self.source = source
        self.out: dict[str, Any] = {}

    def path(self) -> Path | None:
        """Where it is; None for the root."""
        if self.parent is None or self.field is None:
            return None
        return path_of(self.field, self.parent, self.index)


def path_of(field: "Field", spot: Spot, index: tuple[int, ...] = ()) -> Path:
    """Where a field of an object is, or a place in its lists."""
    path = Path(spot.path(), field.key, field.parent_type.name)
    for place in index:
        path = path.add_key(place, None)
    return path


class Errors:
    """
    graphql-core's CollectedErrors, which can also be taken back to an earlier state.

    Below a place that has become null nothing is noted any more.
    """

    __slots__ = ("_nulled", "_places", "errors")

    def __init__(self) -> None:
        self.errors: list[GraphQLError] = []
        # In the order of the errors, and the same again to look them up.
        self._places: list[Path | None] = []
        self._nulled: set[Path | None] = set()

    def add(self, error: GraphQLError, path: Path | None) -> None:
        """Note the error that made the place at `path` null."""
        if not self.has_nulled_position(path):
            self._places.append(path)
            self._nulled.add(path)
            self.errors.append(error)

    def has_nulled_position(self, path: Path | None) -> bool:
        """Whether this place, or one that holds it, has become null by an error."""
        if not self._nulled:
            return False
        while path is not None:
            if path in self._nulled:
                return True
            path = path.prev
        return None in self._nulled

    def go_back(self, count: int) -> None:
        """Forget all but the first errors."""
        del self.errors[count:], self._places[count:]
        self._nulled = set(self._places)
