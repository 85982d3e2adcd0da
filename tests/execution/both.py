"""For tests by hand: one document over a small schema, answered by graphql-core and the engine."""

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import ExecutionResult, execute, parse, validate

from graphql_api.execution import Engine, Prepared
from tests.execution.comparison import same_data, told
from tests.execution.listening import listening


def schema_of(query: type, **options: Any) -> strawberry.Schema:
    """A schema of one class, and the options of `strawberry.Schema`."""
    return strawberry.Schema(strawberry.type(query, name="Query"), **options)


def compiled(schema: strawberry.Schema, text: str) -> Prepared:
    """A valid document, prepared by an engine that compiles at the first use."""
    document = parse(text)
    assert validate(schema._schema, document) == []
    return Engine(schema, compile_after=0).prepare(document)


async def by_core(schema: strawberry.Schema, text: str, **given: Any) -> ExecutionResult:
    """graphql-core's answer; named as `Prepared.execute` names its arguments."""
    with listening():
        result = execute(
            schema._schema,
            parse(text),
            given.get("root"),
            given.get("context"),
            given.get("variables"),
            given.get("operation_name"),
            max_coercion_errors=given.get("max_coercion_errors", 50),
            hide_suggestions=given.get("hide_suggestions", False),
        )
        return result if isinstance(result, ExecutionResult) else await result


async def same_answer(
    schema: strawberry.Schema,
    text: str,
    make_root: Callable[[], Any] = lambda: None,
    **given: Any,
) -> ExecutionResult:
    """The answer of both, which must be the same in everything, the order of errors included."""
    expected = await by_core(schema, text, root=make_root(), **given)
    got = await compiled(schema, text).execute(root=make_root(), **given)
    assert same_data(got.data, expected.data), (got.data, expected.data)
    assert list(map(told, got.errors or ())) == list(map(told, expected.errors or ()))
    return got
