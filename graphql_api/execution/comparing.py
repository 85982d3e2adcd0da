"""Two answers to the same request: where they are not the same."""

from datetime import date
from typing import Any

from graphql import ExecutionResult

# Names of fields on the way, with a star for every place in a list: nothing of whose data it is.
Place = tuple[str, ...]


def differences(one: ExecutionResult, other: ExecutionResult) -> set[Place]:
    """The places at which two answers differ; errors count where they are, by their words."""
    found: set[Place] = set()
    _compare(one.data, other.data, ("data",), found)
    for place in _errors(one) ^ _errors(other):
        found.add(("errors", *place[0]))
    return found


def _compare(one: Any, other: Any, place: Place, found: set[Place]) -> None:
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        for key in one:
            _compare(one[key], other[key], (*place, key), found)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for left, right in zip(one, other, strict=True):
            _compare(left, right, (*place, "*"), found)
    elif not _is_same(one, other):
        found.add(place)


def _is_same(one: Any, other: Any) -> bool:
    # A value that was left to the encoder of JSON.
    if isinstance(one, date):
        one = one.isoformat()
    if isinstance(other, date):
        other = other.isoformat()
    return type(one) is type(other) and bool(one == other)


def _errors(result: ExecutionResult) -> set[tuple[Place, str, int]]:
    """Each with its place and words, and which of several that are alike it is."""
    seen: dict[tuple[Place, str], int] = {}
    for error in result.errors or ():
        path = tuple("*" if isinstance(part, int) else part for part in error.path or ())
        seen[path, error.message] = seen.get((path, error.message), 0) + 1
    return {(*key, number) for key, count in seen.items() for number in range(count)}
