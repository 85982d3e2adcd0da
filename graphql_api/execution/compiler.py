"""Plain parts of a plan as Python functions: one expression for an object and all it holds."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
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
# Of objects within objects: deeper ones get functions of their own, for Python bounds indentation.
MAX_DEPTH = 12


@dataclass(slots=True)
class Body:
    """The statements of one function, as far as they are written."""

    lines: list[str]
    indent: str = " "

    def add(self, line: str) -> None:
        """One more statement."""
        self.lines.append(self.indent + line)

    def within(self) -> "Body":
        """What belongs to the statement just written."""
        return Body(self.lines, self.indent + " ")


class Compiler:
    """
    Writes one module for a plan.

    Its functions know nothing of errors: they raise, whatever is wrong, and graphql-core does the
    same part again and says what it is. An object is written where it is part of another one or of
    a list; lists have functions of their own.
    """

    def __init__(self, native: frozenset[str] = frozenset()) -> None:
        self._native = native
        self._names: dict[str, Any] = {"as_list": _as_list, "leave": leave, "refuse": _refuse}
        self._lines: list[str] = []
        self._count = 0
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
        body = Body([])
        name = self._function("b", body, self._display(body, selection, "s"))
        self._wanted.append(lambda names: setattr(selection, "build", names[name]))

    def _finish(self, field: Field) -> None:
        body = Body([])
        name = self._function("f", body, self._value(body, field, field.definition.type, "s"))
        self._wanted.append(lambda names: setattr(field, "finish", names[name]))

    def _function(self, prefix: str, body: Body, answer: str) -> str:
        """Write a function of `s` whose body is complete."""
        name = self._new(prefix)
        self._lines += [f"def {name}(s):", *body.lines, f" return {answer}"]
        return name

    def _display(self, body: Body, selection: Selection, holder: str) -> str:
        """
        An expression for what is plain of an object; what it needs is written before.

        What several fields are attributes of is looked up once.
        """
        plain = [one for one in selection.fields if one.is_plain]
        paths = Counter(_holder_of(one) for one in plain)
        held = {path: self._new("h") for path, count in paths.items() if path and count > 1}
        for path, name in held.items():
            body.add(f"{name} = {holder}.{path}")
        values = {one.key: self._field(body, one, holder, held) for one in plain}
        values |= dict.fromkeys(selection.typenames, repr(selection.kind.name))
        parts = (f"{key!r}: {values.get(key, 'None')}" for key in selection.keys)
        return f"{{{', '.join(parts)}}}"

    def _field(self, body: Body, field: Field, holder: str, held: dict[str, str]) -> str:
        if field.source.kind is not Kind.ATTRIBUTE:
            call = self._constant("r", field.source.call)
            return self._value(body, field, field.definition.type, f"{call}({holder})")
        path = field.source.attribute
        above = _holder_of(field)
        value = f"{holder}.{path}" if path else holder
        if above in held:
            value = held[above] + path.removeprefix(above)
        return self._value(body, field, field.definition.type, value)

    def _value(self, body: Body, field: Field, kind: GraphQLOutputType, value: str) -> str:
        """An expression for a completed value; `value`, an expression too, is used once."""
        required = is_non_null_type(kind)
        inner = kind.of_type if is_non_null_type(kind) else kind
        if is_leaf_type(inner):
            is_native = inner.name in self._native
            names = self._names
            return leaf_source(inner, value, names, required=required, is_native=is_native)
        is_object = not is_list_type(inner) and not is_abstract_type(get_named_type(inner))
        if is_object and len(body.indent) < MAX_DEPTH:
            (selection,) = field.selections.values()
            return self._object(body, selection, value, required=required)
        function = self._holder(field, inner)
        if required:
            return f"{function}({value})"
        return f"(None if (v := {value}) is None else {function}(v))"

    def _object(self, body: Body, selection: Selection, value: str, *, required: bool) -> str:
        """An object in the middle of a function."""
        holder = value
        if not value.isidentifier():
            holder = self._new("s")
            body.add(f"{holder} = {value}")
        if required:
            self._look(body, selection, holder)
            return self._display(body, selection, holder)
        whole = self._new("o")
        body.add(f"if {holder} is None: {whole} = None")
        body.add("else:")
        inside = body.within()
        self._look(inside, selection, holder)
        display = self._display(inside, selection, holder)
        inside.add(f"{whole} = {display}")
        return whole

    def _holder(self, field: Field, kind: GraphQLOutputType) -> str:
        """The name of a function for what holds other values, a list or an object; not for null."""
        if is_list_type(kind):
            return self._list(field, kind.of_type)
        if is_abstract_type(get_named_type(kind)):
            return self._dispatch(field)
        (selection,) = field.selections.values()
        return self._object_function(selection)

    def _list(self, field: Field, item: GraphQLOutputType) -> str:
        body = Body([])
        body.add("if type(s) is not list: s = as_list(s)")
        body.add("done = []")
        body.add("try:")
        body.within().add("for i in s:")
        each = body.within().within()
        each.add(f"done.append({self._value(each, field, item, 'i')})")
        body.add("except Exception:")
        body.within().add("leave(s)")
        body.within().add("raise")
        return self._function("l", body, "done")

    def _object_function(self, selection: Selection) -> str:
        body = Body([])
        self._look(body, selection, "s")
        return self._function("o", body, self._display(body, selection, "s"))

    def _look(self, body: Body, selection: Selection, holder: str) -> None:
        """Whether an object needs a closer look."""
        accepted = self._constant("K", selection.accepted)
        test = f"type({holder}) not in {accepted}"
        if selection.python_class is not None:
            python_class = self._constant("C", selection.python_class)
            test = f"type({holder}) is not {python_class} and {test}"
        if selection.may_be_cast:
            test += f" or getattr({holder}, {TYPE_CAST_ATTRIBUTE!r}, None) is not None"
        body.add(f"if {test}: {self._constant('k', _look_at(selection))}({holder})")

    def _dispatch(self, field: Field) -> str:
        name = self._new("a")
        table = {
            one.python_class: self._object_function(one)
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
