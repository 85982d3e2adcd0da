"""Limits on a document, checked before anything that takes longer than the document is long."""

from collections.abc import Sequence

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    Token,
    TokenKind,
)

from domain.failures import BadRequest
from graphql_api.expansion import Expansion, Level, OverLimit, too_many

MAX_TOKENS = 1000
MAX_OPERATIONS = 20
MAX_FRAGMENTS = 50
MAX_VARIABLES = 50
MAX_DIRECTIVES = 50
MAX_ROOT_FIELDS = 10


def check_limits(document: DocumentNode) -> list[Level]:
    """
    Count what the document has; the root fields of its operations come back, in their order.

    :raises OverLimit: at the first thing of which there is too much
    """
    operations = operations_of(document)
    fragments = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
    variables = [one for operation in operations for one in operation.variable_definitions or ()]
    _at_most(MAX_OPERATIONS, "operations", operations)
    _at_most(MAX_FRAGMENTS, "fragments", fragments)
    _at_most(MAX_VARIABLES, "variables", variables)
    if _count_directives(document) > MAX_DIRECTIVES:
        raise too_many("directives", MAX_DIRECTIVES, None)
    expansion = Expansion({one.name.value: one.selection_set for one in fragments})
    roots = [expansion.expand(one.selection_set) for one in operations]
    for operation, root in zip(operations, roots, strict=True):
        _check_root(operation, root)
    for fragment in fragments:
        # Nothing executes it, but the validation compares its fields too.
        if fragment.name.value not in expansion.spread:
            expansion.expand(fragment.selection_set)
    return roots


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    """The operations among the definitions."""
    return [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]


def _at_most(limit: int, what: str, nodes: Sequence[Node]) -> None:
    if len(nodes) > limit:
        raise too_many(what, limit, nodes[limit])


def _count_directives(document: DocumentNode) -> int:
    """Every @ is a directive: strings and comments are single tokens."""
    count = 0
    token: Token | None = document.loc.start_token if document.loc else None
    while token is not None:
        count += token.kind is TokenKind.AT
        token = token.next
    return count


def _check_root(operation: OperationDefinitionNode, root: Level) -> None:
    if len(root) > MAX_ROOT_FIELDS:
        raise too_many("root fields", MAX_ROOT_FIELDS, operation)
    changes = [name for name, same in root.items() if same[0].name.value != "__typename"]
    if operation.operation is OperationType.MUTATION and len(changes) > 1:
        raise OverLimit(BadRequest("one_mutation"), operation)
