"""One document in one world, answered by graphql-core and by the engine."""

import asyncio
import copy
import gc
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, ExecutionResult, execute
from graphql.execution.executor import CollectedErrors, Executor

from graphql_api.execution import Prepared
from tests.execution.comparison import Told, told
from tests.execution.kitchen.roots import core_schema
from tests.execution.kitchen.world import world
from tests.execution.listening import listening

MAX_COERCION_ERRORS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """What a client sends, and the seed of the world it is answered from."""

    text: str
    variables: dict[str, Any] | None
    operation_name: str | None
    world: int
    hide_suggestions: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """
    An answer.

    `errors` is None where the result has no list of them. `at_once`: without the event loop.
    `noticed` are the warnings, as of coroutines that nobody awaited.
    """

    data: Any
    errors: tuple[Told, ...] | None
    at_once: bool = False
    noticed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.data!r}" + "".join(f"\n    {error}" for error in self.errors or ())


async def by_core(
    case: Case, document: DocumentNode, executor: type[Executor[Any]] | None = None
) -> Answer:
    """graphql-core's answer."""
    a_world = world(case.world)
    with listening() as noticed:
        result = execute(
            core_schema,
            document,
            a_world.root,
            a_world.context(),
            case.variables,
            case.operation_name,
            max_coercion_errors=MAX_COERCION_ERRORS,
            hide_suggestions=case.hide_suggestions,
            executor_class=executor,
        )
        at_once = isinstance(result, ExecutionResult)
        answer = _answer(result if isinstance(result, ExecutionResult) else await result)
        del result
        a_world.forget()
        await _settle(find_garbage=bool(answer[1]) and not at_once)
    return Answer(*answer, at_once=at_once, noticed=tuple(noticed))


async def by_engine(case: Case, prepared: Prepared, *, find_garbage: bool) -> Answer:
    """The engine's answer; `find_garbage`, which takes time, if there may be coroutines in it."""
    a_world = world(case.world)
    with listening() as noticed:
        try:
            answer = _answer(
                await prepared.execute(
                    context=a_world.context(),
                    root=a_world.root,
                    variables=copy.deepcopy(case.variables),
                    operation_name=case.operation_name,
                    max_coercion_errors=MAX_COERCION_ERRORS,
                    hide_suggestions=case.hide_suggestions,
                )
            )
        except Exception as escaped:
            return Answer(f"escaped: {escaped!r}", None)
        a_world.forget()
        await _settle(find_garbage=find_garbage)
    if _is_cancelled():
        noticed.append("The task that asked has been cancelled.")
    return Answer(*answer, noticed=tuple(noticed))


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _EveryError(CollectedErrors):
    """Keeps the errors below others too."""

    def has_nulled_position(self, start_path: Any) -> bool:
        return False


class Unpropagating(Executor[Any]):
    """graphql-core with errors that null nothing but their own positions, and are all kept."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.error_propagation = False
        self.collected_errors = _EveryError()


def _answer(result: ExecutionResult) -> tuple[Any, tuple[Told, ...] | None]:
    errors = result.errors
    return result.data, None if errors is None else tuple(told(error) for error in errors)


async def _settle(*, find_garbage: bool) -> None:
    """Let what still runs come to its end, and what is garbage be found."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
    if find_garbage:
        # Exceptions hold frames that hold coroutines; only what is young needs to be looked at.
        gc.collect(0)
