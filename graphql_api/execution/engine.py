"""Executes documents over a Strawberry schema: compiled where possible, else by graphql-core."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    execute,
    get_operation_ast,
)
from graphql.execution.executor import Executor as CoreExecutor
from graphql.execution.values import VariableValues
from graphql.language import visit
from graphql.language.visitor import Visitor

from graphql_api.execution.awaiting import LEFT_BEHIND, is_awaitable
from graphql_api.execution.batches import GATHERING, Gathering
from graphql_api.execution.comparing import Place, differences
from graphql_api.execution.compiler import Compiler
from graphql_api.execution.plans import Planner, Selection, fragments_of
from graphql_api.execution.reasons import Reason, Unsupported
from graphql_api.execution.running import Run
from graphql_api.execution.sources import Source
from graphql_api.execution.variables import Variables

MAX_PLANS = 8
CONDITIONS = ("skip", "include")


@dataclass(slots=True)
class Counts:
    """How many executions were compiled, and how many were left to graphql-core, by reason."""

    compiled: int = 0
    core: Counter[Reason] = field(default_factory=Counter)
    # Of executions that were done both ways: how many, and how many of them differed.
    compared: int = 0
    different: int = 0


class Engine:
    """
    Executes documents.

    :param compile_after: how many times graphql-core executes a document before it is compiled;
        what is sent once is not worth it
    :param native: those of the scalars Date and DateTime whose values stay `date` and `datetime`
        (in UTC) in the answer, for an encoder of JSON that writes them as Strawberry does
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        compile_after: int = 1,
        native: Collection[str] = (),
    ) -> None:
        self.schema = schema
        self.native = frozenset(native)
        self.counts = Counts()
        self.compile_after = compile_after
        self.sources: dict[tuple[str, str], Source] = {}

    @property
    def core_schema(self) -> GraphQLSchema:
        """The schema as graphql-core has it."""
        return self.schema._schema

    def prepare(self, document: DocumentNode) -> "Prepared":
        """A document that has been validated, ready to be executed again and again."""
        return Prepared(self, document)


@dataclass(slots=True)
class Request:
    """What an operation is executed with."""

    context: Any = None
    root: Any = None
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    max_coercion_errors: int = 50
    hide_suggestions: bool = False


class Prepared:
    """A document with its plans; whoever holds it decides how long they live."""

    def __init__(self, engine: Engine, document: DocumentNode) -> None:
        self._engine = engine
        self._document = document
        self._uses = 0
        self._operations: dict[str | None, Operation] = {}

    async def execute(
        self,
        *,
        context: Any = None,
        root: Any = None,
        variables: Mapping[str, Any] | None = None,
        operation_name: str | None = None,
        max_coercion_errors: int = 50,
        hide_suggestions: bool = False,
    ) -> ExecutionResult:
        """Execute one operation. Everything that goes wrong is in the result's errors."""
        request = Request(
            context, root, variables, operation_name, max_coercion_errors, hide_suggestions
        )
        tokens = GATHERING.set(Gathering()), LEFT_BEHIND.set([])
        try:
            return await self._execute(request)
        except Unsupported as unsupported:
            self._engine.counts.core[unsupported.reason] += 1
            return await execute_by_core(self._engine.core_schema, self._document, request)
        finally:
            GATHERING.reset(tokens[0])
            LEFT_BEHIND.reset(tokens[1])

    async def compare(
        self, make_context: Callable[[], Any], **given: Any
    ) -> tuple[ExecutionResult, set[Place]]:
        """
        graphql-core's answer, and where the compiled one differs from it.

        Each execution has a context of its own. What differs between two compiled ones as well,
        such as an instant, is no difference. Only for queries: everything is done up to three
        times.
        """
        compiled = await self.execute(context=make_context(), **given)
        request = Request(make_context(), **given)
        expected = await execute_by_core(self._engine.core_schema, self._document, request)
        found = differences(compiled, expected)
        if found:
            again = await self.execute(context=make_context(), **given)
            found -= differences(compiled, again)
        self._engine.counts.compared += 1
        self._engine.counts.different += bool(found)
        return expected, found

    async def _execute(self, request: Request) -> ExecutionResult:
        operation = self._operation(request.operation_name)
        coerced, core = operation.variables.coerced(request.variables or {}), None
        if coerced is None:
            core = self._core(request)
            if isinstance(core, list):
                return ExecutionResult(None, core)
            coerced = core.variable_values.coerced
        selection = operation.selection(coerced)
        self._engine.counts.compiled += 1
        run = Run(request.context, coerced, lambda: core or self._core(request))
        return await run.execute(selection, request.root)

    def _operation(self, name: str | None) -> "Operation":
        self._uses += 1
        if self._uses <= self._engine.compile_after:
            raise Unsupported(Reason.FIRST_USE)
        known = self._operations.get(name)
        if known is None:
            node = get_operation_ast(self._document, name)
            if node is None:
                raise Unsupported(Reason.NO_OPERATION)
            known = self._operations[name] = Operation(self._engine, self._document, node)
        if known.unsupported is not None:
            raise Unsupported(known.unsupported)
        return known

    def _core(self, request: Request) -> Any:
        """A graphql-core executor, or the errors of the variables."""
        return CoreExecutor.build(
            self._engine.core_schema,
            self._document,
            request.root,
            request.context,
            dict(request.variables or {}),
            request.operation_name,
            max_coercion_errors=request.max_coercion_errors,
            is_awaitable=is_awaitable,
            hide_suggestions=request.hide_suggestions,
        )


class Operation:
    """One operation of a document, with a plan for each of the first sets of conditions."""

    def __init__(
        self, engine: Engine, document: DocumentNode, node: OperationDefinitionNode
    ) -> None:
        self.variables = Variables(engine.core_schema, node)
        self._engine = engine
        self._document = document
        self._node = node
        self._plans: dict[tuple[Any, ...], Selection] = {}
        look = _Look()
        visit(document, look)
        self._conditions = sorted(look.conditions)
        self.unsupported: Reason | None = _KINDS.get(node.operation) or look.unsupported

    def selection(self, coerced: Mapping[str, Any]) -> Selection:
        """
        The compiled plan.

        :raises Unsupported: if graphql-core has to do it
        """
        key = tuple([coerced.get(name) for name in self._conditions])
        known = self._plans.get(key)
        if known is not None:
            return known
        # Whoever turns conditions on and off would have us compile for ever.
        if len(self._plans) >= MAX_PLANS:
            raise Unsupported(Reason.CONDITION)
        try:
            made = self._plans[key] = self._compile(coerced)
        except Unsupported as unsupported:
            if unsupported.reason is not Reason.CONDITION:
                self.unsupported = unsupported.reason
            raise
        return made

    def _compile(self, coerced: Mapping[str, Any]) -> Selection:
        values = VariableValues({}, dict(coerced))
        engine, fragments = self._engine, fragments_of(self._document)
        planner = Planner(engine.schema, self._node, fragments, values, engine.sources)
        selection = planner.plan()
        Compiler(self._engine.native).compile(selection)
        return selection


_KINDS = {
    OperationType.MUTATION: Reason.MUTATION,
    OperationType.SUBSCRIPTION: Reason.SUBSCRIPTION,
}


class _Look(Visitor):
    """Finds the variables of conditions, and directives that we know nothing of."""

    def __init__(self) -> None:
        super().__init__()
        self.conditions: set[str] = set()
        self.unsupported: Reason | None = None

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value not in CONDITIONS:
            self.unsupported = Reason.DIRECTIVE
            return
        for one in node.arguments or ():
            if isinstance(one.value, VariableNode):
                self.conditions.add(one.value.name.value)


async def execute_by_core(
    schema: GraphQLSchema, document: DocumentNode, request: Request
) -> ExecutionResult:
    """What graphql-core answers; it has batches of its own."""
    token = GATHERING.set(Gathering())
    try:
        return await _execute_by_core(schema, document, request)
    finally:
        GATHERING.reset(token)


async def _execute_by_core(
    schema: GraphQLSchema, document: DocumentNode, request: Request
) -> ExecutionResult:
    result = execute(
        schema,
        document,
        request.root,
        request.context,
        dict(request.variables or {}),
        request.operation_name,
        max_coercion_errors=request.max_coercion_errors,
        is_awaitable=is_awaitable,
        hide_suggestions=request.hide_suggestions,
    )
    return result if isinstance(result, ExecutionResult) else await result
