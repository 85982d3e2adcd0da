"""Limits on a document, each linear in its size: depth, aliases, and one operation at a time."""

from collections.abc import Iterator

from graphql import (
    ASTValidationRule,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)
from graphql.validation import ASTValidationContext
from strawberry.extensions import SchemaExtension

MAX_TOKENS = 1000
MAX_DEPTH = 12
MAX_ALIASES = 30


class DocumentLimits(ASTValidationRule):
    """
    Refuse documents that nest or alias too much.

    A fragment counts at every place it is spread, but is measured once: following each spread anew
    takes time exponential in the number of fragments. Introspection may go as deep as it needs.
    """

    def __init__(self, context: ASTValidationContext) -> None:
        super().__init__(context)
        self._fragments = {
            one.name.value: one.selection_set
            for one in context.document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self._measured: dict[str, tuple[int, int]] = {}
        for operation in context.document.definitions:
            if isinstance(operation, OperationDefinitionNode):
                self._check(operation)

    def _check(self, operation: OperationDefinitionNode) -> None:
        depth, aliases = self._measure(operation.selection_set)
        # The fields of the operation itself have depth 0.
        if depth - 1 > MAX_DEPTH:
            self.report_error(
                GraphQLError(f"The document exceeds a depth of {MAX_DEPTH} levels.", operation)
            )
        if aliases > MAX_ALIASES:
            self.report_error(
                GraphQLError(f"The document has more than {MAX_ALIASES} aliases.", operation)
            )

    def _measure(self, selection_set: SelectionSetNode | None) -> tuple[int, int]:
        """Depth and number of aliases of a selection set."""
        if selection_set is None:
            return 0, 0
        if not selection_set.selections:
            # graphql-core's parser lets it pass (GraphQL, 2.8: a selection set has a selection).
            self.report_error(GraphQLError("Select at least one field.", selection_set))
        measured = [self._of_selection(one) for one in selection_set.selections]
        depth = max((depth for depth, _ in measured), default=0)
        return depth, sum(aliases for _, aliases in measured)

    def _of_selection(self, selection: SelectionNode) -> tuple[int, int]:
        if isinstance(selection, FragmentSpreadNode):
            return self._of_fragment(selection.name.value)
        if not isinstance(selection, FieldNode):
            return self._measure(getattr(selection, "selection_set", None))
        aliased = int(selection.alias is not None)
        if selection.name.value.startswith("__"):
            return 1, aliased
        depth, aliases = self._measure(selection.selection_set)
        return depth + 1, aliases + aliased

    def _of_fragment(self, name: str) -> tuple[int, int]:
        found = self._measured.get(name)
        if found is None:
            # A fragment that spreads itself is another rule's business: here it must only end.
            self._measured[name] = (0, 0)
            found = self._measured[name] = self._measure(self._fragments.get(name))
        return found


class OneOperation(SchemaExtension):
    """A document with several operations must say which one is meant (GraphQL, 6.1)."""

    def on_validate(self) -> Iterator[None]:
        """Look at the document once the cache has said what is wrong with it otherwise."""
        context = self.execution_context
        document = context.graphql_document
        # Its `operation_name` would be that of the first operation when none was given.
        named = context._provided_operation_name is not None
        if not context.pre_execution_errors and not named and document:
            kinds = [isinstance(one, OperationDefinitionNode) for one in document.definitions]
            if kinds.count(True) > 1:
                message = "The document has several operations: name one as operationName."
                context.pre_execution_errors = [GraphQLError(message)]
        yield
