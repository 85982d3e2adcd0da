"""Python source that serialises leaf values, as graphql-core would."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Flag
from typing import Any
from uuid import UUID

from graphql import GraphQLEnumType, GraphQLLeafType, Undefined
from graphql.execution.executor import Executor

from graphql_api.execution.awaiting import is_awaitable, leave
from graphql_api.execution.reasons import Unusual

# Of which no value is an exception or can be awaited.
ORDINARY = frozenset(
    {bool, date, datetime, Decimal, dict, float, int, list, str, time, tuple, UUID}
)
BUILT_IN = {
    "String": "v if type(v) is str",
    "ID": "v if type(v) is str",
    "Boolean": "v if type(v) is bool",
    "Int": "v if type(v) is int and -2147483648 <= v <= 2147483647",
    "Float": "v if type(v) is float and v - v == 0.0",
}

Names = dict[str, Any]


def leaf_source(
    kind: GraphQLLeafType, value: str, names: Names, *, required: bool, is_native: bool
) -> str:
    """
    An expression for the serialised `value`, itself an expression.

    :param names: where constants are put that the expression needs
    :param is_native: whether dates and instants are left to the encoder of JSON
    """
    number = len(names)
    look = f"L{number}"
    names[look] = _closer_look(kind, required=required)
    test = _native_test(kind, names) if is_native else _test(kind, names, number)
    if required:
        return f"({test.replace('type(v)', f'type(v := {value})', 1)} else {look}(v))"
    return f"(None if (v := {value}) is None else {test} else {look}(v))"


def _test(kind: GraphQLLeafType, names: Names, number: int) -> str:
    """What to take at once, and when: the start of a conditional expression over `v`."""
    if isinstance(kind, GraphQLEnumType):
        return _enum_test(kind, names, number)
    if kind.name in BUILT_IN:
        return BUILT_IN[kind.name]
    serialize = kind.coerce_output_value
    if serialize is int or serialize is str:
        return f"v if type(v) is {serialize.__name__}"
    names |= {f"S{number}": serialize, "ORDINARY": ORDINARY, "Undefined": Undefined}
    return f"w if type(v) in ORDINARY and (w := S{number}(v)) is not None and w is not Undefined"


def _native_test(kind: GraphQLLeafType, names: Names) -> str:
    names |= {"date": date, "datetime": datetime, "UTC": UTC}
    if kind.name == "Date":
        return "v if type(v) is date"
    return "v if type(v) is datetime and v.tzinfo is UTC"


def _enum_test(kind: GraphQLEnumType, names: Names, number: int) -> str:
    members = getattr(kind, "wrapped_cls", None)
    shown = {}
    for member in members or ():
        # A member that the schema does not show is not in the table either.
        with suppress(Exception):
            shown[member.name] = kind.coerce_output_value(member)
    names |= {f"N{number}": shown, f"E{number}": members}
    # What is not in the table raises, and so is looked at again.
    same = all(name == text for name, text in shown.items()) and len(shown) == len(members or ())
    output = "v._name_" if same and not _is_flag(members) else f"N{number}[v._name_]"
    return f"{output} if type(v) is E{number}"


def _is_flag(members: Any) -> bool:
    return isinstance(members, type) and issubclass(members, Flag)


def _closer_look(kind: GraphQLLeafType, *, required: bool) -> Callable[[Any], Any]:
    def look(value: Any) -> Any:
        if value is None or value is Undefined:
            if required:
                raise Unusual
            return None
        if isinstance(value, Exception) or is_awaitable(value):
            leave(value)
            raise Unusual
        return Executor.complete_leaf_value(kind, value)

    return look
