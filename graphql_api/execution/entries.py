"""A field of one object that has to wait."""

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any

from graphql_api.execution.plans import Field
from graphql_api.execution.spots import Spot


@dataclass(slots=True, eq=False)
class Entry:
    """A field of one object that has to wait; graphql-core's own work comes back `complete`."""

    field: Field
    spot: Spot
    awaitable: Awaitable[Any] | None = None
    is_complete: bool = False


def grouped(work: Iterable[Entry]) -> Iterable[list[Entry]]:
    """By field: each group is resolved at once."""
    groups: dict[tuple[Field, bool], list[Entry]] = {}
    for entry in work:
        groups.setdefault((entry.field, entry.is_complete), []).append(entry)
    return groups.values()
