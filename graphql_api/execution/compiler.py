"""Plain parts of a plan as Python functions: one expression for an object and all it holds."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLOutputType,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

from graphql_api.execution.awaiting import is_awaitable, leave
from graphql_api.execution.leaves import leaf_source
from graphql_api.execution.plans import Field, Selection
from graphql_api.execution.reasons import Unusual
from graphql_api.execution.sources import Kind

MAX_ACCEPTED = 16


class Compiler:
    """
    Writes one module for a plan.

    Its functions know nothing of errors: they raise, whatever is wrong, and graphql-core does the
    same part again and says what it is.
    """

    def __init__(self, native: frozenset[str] = frozenset()) -> None:
        self._native = native
        self._names: dict[str, Any] = {"as_list": _as_list, "leave": leave, "refuse": _refuse}
        self._lines: list[str] = []
        self._count = 0
        self._objects: dict[int, str] = {}
        self._wanted: list[Callable[[dict[str, Any]], None]] = []

    def compile(self, root: Selection) -> None:
        """Compile everything beneath; the functions are put into the plan."""
        self._walk(root)
        exec(compile("\n".join(self._lines), "<graphql plan>", "exec"), self._names)  # noqa: S102
        for settle in self._wanted:
            settle(self._names)

    def _walk(self, selection: Selection) -> None:
        """Functions for what is plain in an object that is not, and for values that come later."""
        self._build(selection)
        for one in selection.others:
            if one.can_finish:
                self._finish(one)
            else:
                for beneath in one.selections.values():
                    self._walk(beneath)

    def _build(self, selection: Selection) -> None:
        name = self._new("b")
        holders, parts = self._parts(selection)
        self._lines += [f"def {name}(s):", *holders, f" return {{{parts}}}"]
        self._wanted.append(lambda names: setattr(selection, "build", names[name]))

    def _finish(self, field: Field) -> None:
        name = self._new("f")
        value = self._value(field, field.definition.type, "s")
        self._lines.append(f"def {name}(s): return {value}")
        self._wanted.append(lambda names: setattr(field, "finish", names[name]))

    def _parts(self, selection: Selection) -> tuple[list[str], str]:
        """What several fields are attributes of, once; and the plain entries of the object."""
        plain = [one for one in selection.fields if one.is_plain]
        paths = Counter(_holder_of(one) for one in plain)
        held = [path for path, count in paths.items() if path and count > 1]
        names = {path: f"h{number}" for number, path in enumerate(held)}
        values = {one.key: self._field(one, names) for one in plain}
        values |= dict.fromkeys(selection.typenames, repr(selection.kind.name))
        parts = (f"{key!r}: {values.get(key, 'None')}" for key in selection.keys)
        return [f" {name} = s.{path}" for path, name in names.items()], ", ".join(parts)

    def _field(self, field: Field, names: dict[str, str]) -> str:
        if field.source.kind is Kind.ATTRIBUTE:
            path = field.source.attribute
            holder, last = _holder_of(field), path.rpartition(".")[2]
            whole = f"s.{path}" if path else "s"
            value = f"{names[holder]}.{last}" if holder in names else whole
            return self._value(field, field.definition.type, value)
        call = self._constant("r", field.source.call)
        return self._value(field, field.definition.type, f"{call}(s)")

    def _value(self, field: Field, kind: GraphQLOutputType, value: str) -> str:
        """An expression for a completed value; `value` is used once."""
        required = is_non_null_type(kind)
        inner = kind.of_type if is_non_null_type(kind) else kind
        if is_leaf_type(inner):
            is_native = inner.name in self._native
            names = self._names
            return leaf_source(inner, value, names, required=required, is_native=is_native)
        holder = self._holder(field, inner)
        return (
            f"{holder}({value})"
            if required
            else f"(None if (v := {value}) is None else {holder}(v))"
        )

    def _holder(self, field: Field, kind: GraphQLOutputType) -> str:
        """The name of a function for what holds other values, a list or an object; not for null."""
        if is_list_type(kind):
            return self._list(field, kind.of_type)
        if is_abstract_type(get_named_type(kind)):
            return self._dispatch(field)
        (selection,) = field.selections.values()
        return self._object(selection)

    def _list(self, field: Field, item: GraphQLOutputType) -> str:
        name = self._new("l")
        each = self._value(field, item, "i")
        self._lines += [
            f"def {name}(s):",
            " if type(s) is not list: s = as_list(s)",
            f" try: return [{each} for i in s]",
            " except Exception:",
            "  leave(s)",
            "  raise",
        ]
        return name

    def _object(self, selection: Selection) -> str:
        known = self._objects.get(id(selection))
        if known is None:
            known = self._objects[id(selection)] = self._new("o")
            holders, parts = self._parts(selection)
            self._lines += [
                f"def {known}(s):",
                f" if {self._is_new(selection)}: {self._constant('k', _look_at(selection))}(s)",
                *holders,
                f" return {{{parts}}}",
            ]
        return known

    def _is_new(self, selection: Selection) -> str:
        """Whether an object needs a closer look."""
        accepted = self._constant("K", selection.accepted)
        test = f"type(s) not in {accepted}"
        if selection.python_class is not None:
            test = f"type(s) is not {self._constant('C', selection.python_class)} and {test}"
        if selection.may_be_cast:
            test += f" or getattr(s, {TYPE_CAST_ATTRIBUTE!r}, None) is not None"
        return test

    def _dispatch(self, field: Field) -> str:
        name = self._new("a")
        table = {
            one.python_class: self._object(one)
            for one in field.selections.values()
            if one.python_class is not None
        }
        by_class: dict[type, Any] = {}
        functions = self._constant("D", by_class)
        self._wanted.append(
            lambda names: by_class.update({kind: names[name] for kind, name in table.items()})
        )
        self._lines += [
            f"def {name}(s):",
            f" if type(s) not in {functions}: refuse(s)",
            f" return {functions}[type(s)](s)",
        ]
        return name

    def _constant(self, prefix: str, value: Any) -> str:
        name = self._new(prefix)
        self._names[name] = value
        return name

    def _new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count}"


def _holder_of(field: Field) -> str:
    """What a field is an attribute of, as a path from its parent; empty if that is the parent."""
    return field.source.attribute.rpartition(".")[0]


def _refuse(value: Any) -> None:
    leave(value)
    raise Unusual


def _as_list(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        _refuse(value)
    return value


def _look_at(selection: Selection) -> Callable[[Any], None]:
    def look(value: Any) -> None:
        try:
            accept(selection, value)
        except Unusual:
            _refuse(value)

    return look


def accept(selection: Selection, value: Any) -> None:
    """
    Take objects of this class from now on.

    :raises Unusual: if only graphql-core can tell
    """
    is_a_question = selection.is_dispatched or selection.kind.is_type_of is not None
    if value is None or value is Undefined or is_a_question:
        raise Unusual
    if isinstance(value, Exception) or is_awaitable(value):
        raise Unusual
    if len(selection.accepted) < MAX_ACCEPTED:
        selection.accepted.add(type(value))
