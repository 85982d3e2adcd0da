"""Executing a document that has been found good."""

from graphql import DocumentNode, ExecutionResult, execute
from strawberry.execution import optimized_is_awaitable

from graphql_api.requests import GraphQLRequest
from graphql_api.schema import core_schema
from resolvers.context import Context

MAX_COERCION_ERRORS = 5


async def execute_document(
    document: DocumentNode, request: GraphQLRequest, context: Context, *, open_schema: bool
) -> ExecutionResult:
    """Execute the operation that the request names; what goes wrong is told in the result."""
    result = execute(
        core_schema,
        document,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
        max_coercion_errors=MAX_COERCION_ERRORS,
        # A quicker test of the same thing; its author left out that it narrows types.
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
        hide_suggestions=not open_schema,
    )
    return result if isinstance(result, ExecutionResult) else await result
