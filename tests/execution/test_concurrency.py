"""Many executions of one document at once know nothing of each other."""

import asyncio
import gc
from typing import Any

from graphql import ExecutionResult, execute, parse, validate

from graphql_api.execution import Engine
from tests.execution.kitchen.roots import core_schema, schema
from tests.execution.kitchen.world import world
from tests.execution.listening import listening

DOCUMENT = """
query($first: Int! = 20, $yes: Boolean! = true) {
  echoList { label batchPage(first: $first) numbers(whole: $first) @include(if: $yes) }
  leaf { text laterText batchText batchColour @skip(if: $yes) }
  things { __typename id weight ... on Creature { friends { name weight parents { id } } } }
  boxes { grid laterRow batchThings { id twin { weight } } batchMaybeInner { row batchRow } }
}
"""
EXECUTIONS = 200
WORLDS = 25


async def test_executions_side_by_side_do_not_mix() -> None:
    document = parse(DOCUMENT)
    assert validate(core_schema, document) == []
    prepared = Engine(schema, compile_after=0).prepare(document)
    expected = {number: await _by_core(document, number) for number in range(WORLDS)}

    with listening():
        # What is left un-awaited is heard where executions are compared one by one.
        answers = await asyncio.gather(
            *(prepared.execute(**_given(number % WORLDS)) for number in range(EXECUTIONS))
        )

    texts = [repr(answer.data) for answer in answers]
    assert texts == [repr(expected[number % WORLDS].data) for number in range(EXECUTIONS)]
    assert len(set(texts)) > WORLDS // 2
    assert [bool(answer.errors) for answer in answers] == [
        bool(expected[number % WORLDS].errors) for number in range(EXECUTIONS)
    ]
    with listening():
        del answers, expected
        gc.collect()


def _given(number: int) -> dict[str, Any]:
    a_world = world(number)
    return {
        "root": a_world.root,
        "context": a_world.context(),
        "variables": {"first": number - 5, "yes": number % 3 > 0},
    }


async def _by_core(document: Any, number: int) -> ExecutionResult:
    given = _given(number)
    with listening():
        result = execute(core_schema, document, given["root"], given["context"], given["variables"])
        return result if isinstance(result, ExecutionResult) else await result
