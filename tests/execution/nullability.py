"""What a document says of the places of its answer: may they be null, must they be waited for."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_non_null_type,
)

Path = tuple[str | int, ...]
BACKREF = "strawberry-definition"


class Nullability:
    """
    Of the positions of one operation's answer.

    A valid document gives all fields of one response key the same nullability, whatever the types
    of their parents, so that the first that is found tells it.
    """

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self.nulled_by = cache(self._nulled_by)

    def _nulled_by(self, path: Path) -> Path:
        """The position that becomes null through an error at this path; () for the whole data."""
        may_be_null = self._along(path)
        for length in range(len(path), 0, -1):
            if may_be_null[length - 1]:
                return path[:length]
        return ()

    def any_waits(self, errors: Iterable[tuple[Any, ...]]) -> bool:
        """Whether any of these errors, with paths as their second parts, is of an async field."""
        return any(self._waits(error[1] or ()) for error in errors)

    def _waits(self, path: Path) -> bool:
        names = tuple(key for key in path if isinstance(key, str))
        return any(
            definition.extensions[BACKREF].is_async
            for definition, _ in self._at(names)
            if BACKREF in definition.extensions
        )

    def _along(self, path: Path) -> list[bool]:
        answers: list[bool] = []
        names: Path = ()
        type_: Any = None
        for key in path:
            if isinstance(key, int):
                type_ = (type_.of_type if is_non_null_type(type_) else type_).of_type
            else:
                names = (*names, key)
                type_ = self._at(names)[0][0].type
            answers.append(not is_non_null_type(type_))
        return answers

    def _at(self, names: Path) -> list[tuple[GraphQLField, FieldNode]]:
        """The fields at a path of response keys."""
        root = self._schema.get_root_type(self._operation.operation)
        below: list[tuple[Any, SelectionSetNode]] = [(root, self._operation.selection_set)]
        found: list[tuple[GraphQLField, FieldNode]] = []
        for name in names:
            found = [pair for one, of in below for pair in self._fields(one, of, name)]
            below = [
                (get_named_type(of.type), node.selection_set)
                for of, node in found
                if node.selection_set
            ]
        return found

    def _fields(
        self, type_: Any, selection_set: SelectionSetNode, key: str | int
    ) -> Iterable[tuple[GraphQLField, FieldNode]]:
        for one in selection_set.selections:
            if isinstance(one, FieldNode):
                if (one.alias or one.name).value == key:
                    definition = self._schema.get_field(type_, one.name.value)
                    assert definition is not None
                    yield definition, one
                continue
            fragment: Any = (
                self._fragments[one.name.value] if isinstance(one, FragmentSpreadNode) else one
            )
            condition = fragment.type_condition
            inner = self._schema.type_map[condition.name.value] if condition else type_
            yield from self._fields(inner, fragment.selection_set, key)
