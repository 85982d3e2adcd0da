"""
What it means that two answers are the same.

**Data** is the same when every key is in the same order and every leaf has the same value and the
same Python type.

**Errors** are the same when message, path, locations, extensions and the type of the original error
are. When graphql-core needed no event loop for an execution, and no error comes from a field with
an asynchronous resolver, the two lists must be equal, order included. Otherwise fields run side by
side, and two freedoms are left, no more:

1. Order. Errors come in any order.

2. Causes. A position is *nulled* by an error: its own, if it may be null, or else the nearest one
   above that may be (the whole data, if there is none). Where several errors would null one
   position, the first to happen does, and the others are not told; and an error below a nulled
   position is told only if it came before. So an answer is right if
   - each of its errors is among *all* the errors that there are: those that graphql-core tells when
     nothing is propagated and no error hides another. Each field is then executed and fails alone,
     so that every cause is shown to exist,
   - no two of them null the same position, and
   - every position that is null in the data because of errors is nulled by exactly one of them.
   Positions with one possible cause thus leave no choice at all.

The rule is applied to the answer of graphql-core too: if it does not hold there, the rule is wrong.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from graphql import GraphQLError

from tests.execution.nullability import Nullability

Path = tuple[str | int, ...]
Told = tuple[str, Path | None, tuple[Any, ...], str, str]


def same_data(one: Any, other: Any) -> bool:
    """Whether two values are the same in every key, order, value and type."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same_data(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same_data, one, other))
    return repr(one) == repr(other)


def told(error: GraphQLError) -> Told:
    """All that is compared of an error."""
    return (
        error.message,
        None if error.path is None else tuple(error.path),
        tuple((at.line, at.column) for at in error.locations or ()),
        repr(error.extensions),
        type(error.original_error).__name__,
    )


def breach(
    data: Any, errors: Sequence[Told], possible: Iterable[Told], nullability: Nullability
) -> str | None:
    """What is wrong with the errors of an answer, if anything."""
    known = Counter(possible)
    strangers = Counter(errors) - known
    if strangers:
        return f"There is no such error: {next(iter(strangers))}"
    nulled = Counter(nullability.nulled_by(_path(error)) for error in errors)
    twice = [place for place, times in nulled.items() if times > 1]
    if twice:
        return f"Nulled by more than one error: {twice[0]}"
    seen = {
        place
        for place in (nullability.nulled_by(_path(error)) for error in known)
        if _is_seen(data, place)
    }
    missing = [place for place in seen if place not in nulled]
    return f"No error for what is null: {missing[0]}" if missing else None


def _path(error: Told) -> Path:
    return error[1] or ()


def _is_seen(data: Any, place: Path) -> bool:
    """Whether there is a null at this place of the data, and not already above it."""
    for key in place:
        if data is None:
            return False
        data = data[key]
    return data is None
